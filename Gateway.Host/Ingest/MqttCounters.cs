using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Host.Ingest;

/// <summary>How connections ended and what was refused, since start. Safe for threads.</summary>
internal sealed class MqttCounters
{
    private readonly long[] _closed = new long[byte.MaxValue + 1];
    private long _turnedAway;
    private long _subscriptionsRefused;

    /// <summary>Connections closed before a word because there were too many.</summary>
    public long ConnectionsTurnedAway => Interlocked.Read(ref _turnedAway);

    /// <summary>Topic filters of SUBSCRIBE packets that were refused: not allowed, too deep, too many.</summary>
    public long SubscriptionsRefused => Interlocked.Read(ref _subscriptionsRefused);

    /// <summary>Connections that ended, by reason: the client's own, or the gateway's.</summary>
    public IEnumerable<(ReasonCode Reason, long Count)> ConnectionsClosed
    {
        get
        {
            for (int i = 0; i < _closed.Length; i++)
            {
                if (Interlocked.Read(ref _closed[i]) is > 0 and var count)
                {
                    yield return ((ReasonCode)i, count);
                }
            }
        }
    }

    /// <summary>Counts a connection that was closed before a word.</summary>
    public void TurnedAway() => Interlocked.Increment(ref _turnedAway);

    /// <summary>Counts a connection that ended.</summary>
    public void Closed(ReasonCode reason) => Interlocked.Increment(ref _closed[(byte)reason]);

    /// <summary>Counts topic filters that were refused.</summary>
    public void RefuseSubscriptions(int filters) => Interlocked.Add(ref _subscriptionsRefused, filters);
}
