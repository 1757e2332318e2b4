namespace Gateway.Host.Cli.Simulate.Publishing;

/// <summary>What has become of the messages. Safe for any number of threads.</summary>
internal sealed class RunStatistics
{
    /// <summary>So many different troubles are kept to be shown; all are counted.</summary>
    public const int TroubleLimit = 5;

    private readonly List<string> _troubles = [];
    private long _published;
    private long _acknowledged;
    private long _refused;
    private long _lost;

    /// <summary>Messages sent.</summary>
    public long Published => Volatile.Read(ref _published);

    /// <summary>Messages the gateway has acknowledged.</summary>
    public long Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Messages the gateway has refused with a reason code.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Messages on connections that broke before an answer came, or that could not be sent.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>From sending to the acknowledgement.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>The first troubles, a line each.</summary>
    public IReadOnlyList<string> Troubles
    {
        get
        {
            lock (_troubles)
            {
                return [.. _troubles];
            }
        }
    }

    /// <summary>Counts a message sent.</summary>
    public void CountPublished() => Interlocked.Increment(ref _published);

    /// <summary>Counts an acknowledgement.</summary>
    public void CountAcknowledged(TimeSpan latency)
    {
        Latency.Add(latency);
        Interlocked.Increment(ref _acknowledged);
    }

    /// <summary>Counts a refusal.</summary>
    public void CountRefused(string trouble)
    {
        Interlocked.Increment(ref _refused);
        Note(trouble);
    }

    /// <summary>Counts messages whose fate will not be known.</summary>
    public void CountLost(long messages) => Interlocked.Add(ref _lost, messages);

    /// <summary>Keeps a trouble to be shown, unless there are enough.</summary>
    public void Note(string trouble)
    {
        lock (_troubles)
        {
            if (_troubles.Count < TroubleLimit && !_troubles.Contains(trouble))
            {
                _troubles.Add(trouble);
            }
        }
    }
}
