using Gateway.Host.Workers;

namespace Gateway.Host.IngestLog;

/// <summary>Which messages the log still takes.</summary>
internal enum LogPressure : byte
{
    /// <summary>All.</summary>
    None = 0,

    /// <summary>Those of life-safety kinds: what is left is kept for them.</summary>
    LifeSafetyOnly = 1,

    /// <summary>None.</summary>
    Full = 2,
}

/// <summary>
/// Keeps the log within its part of the disk. A store that stands still never holds up intake until the backlog has grown to its limit; then
/// plain telemetry is refused first and life-safety kinds last, and both are told so, which is better than a full disk that refuses whoever
/// comes next. The pressure is looked at by every message, so it is worked out apart, some times a second.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="processedOffset">First offset the pipeline has not worked off.</param>
/// <param name="options">The limits.</param>
/// <param name="disk">Free bytes and size of the disk the log is on.</param>
/// <param name="time">When to look.</param>
/// <param name="logger">Hears when the pressure changes.</param>
internal sealed partial class LogQuota(SegmentLog log, Func<long> processedOffset, IngestLogOptions options, Func<(long FreeBytes, long SizeBytes)> disk, TimeProvider time, ILogger logger) : Worker("quota", time, logger, isVital: true)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    private volatile LogPressure _pressure;
    private long _backlogBytes;
    private long _freeBytes = long.MaxValue;

    /// <summary>Which messages are taken.</summary>
    public LogPressure Pressure => _pressure;

    /// <summary>Bytes of the log that the pipeline has not worked off, rounded up to whole segments but for the one it is in.</summary>
    public long BacklogBytes => Volatile.Read(ref _backlogBytes);

    /// <summary>Free bytes of the disk.</summary>
    public long FreeBytes => Volatile.Read(ref _freeBytes);

    /// <summary>What is refused and why, for people; null while nothing is.</summary>
    public string? Problem => Pressure switch
    {
        LogPressure.None => null,
        LogPressure.LifeSafetyOnly => $"only messages of life-safety kinds are taken: {Reason()}",
        _ => $"messages are refused: {Reason()}",
    };

    /// <summary>Whether a message of such a kind is refused.</summary>
    public bool Refuses(bool isLifeSafety) => _pressure != LogPressure.None && (!isLifeSafety || _pressure == LogPressure.Full);

    /// <summary>Looks once.</summary>
    public void Look()
    {
        long processed = processedOffset();
        long backlog = log.Segments.Where(s => s.EndOffset > processed).Sum(s => s.CommittedLengthBytes);
        (long free, long size) = disk();
        Volatile.Write(ref _backlogBytes, processed >= log.CommittedEndOffset ? 0 : backlog);
        Volatile.Write(ref _freeBytes, free);
        LogPressure pressure = Judge(BacklogBytes, free, size);
        if (pressure != _pressure)
        {
            _pressure = pressure;
            if (Problem is { } problem)
            {
                LogRefuses(Logger, problem);
            }
            else
            {
                LogTakesAll(Logger);
            }
        }
    }

    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken stop)
    {
        using PeriodicTimer timer = new(LookInterval, Time);
        do
        {
            Look();
        }
        while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false));
    }

    private LogPressure Judge(long backlogBytes, long freeBytes, long sizeBytes)
    {
        bool isLimited = options.BacklogLimitBytes > 0;
        if (isLimited && backlogBytes >= options.BacklogLimitBytes)
        {
            return LogPressure.Full;
        }

        // On a small disk, or with a low limit, the reserve is a part of it and not all of it.
        bool isLow = freeBytes < Math.Min(options.LifeSafetyReserveBytes, sizeBytes / 20);
        bool isLong = isLimited && backlogBytes >= options.BacklogLimitBytes - Math.Min(options.LifeSafetyReserveBytes, options.BacklogLimitBytes / 4);
        return isLow || isLong ? LogPressure.LifeSafetyOnly : LogPressure.None;
    }

    private string Reason() => FormattableString.Invariant(
        $"the pipeline is {BacklogBytes >> 20} MiB behind (Gateway:Log:BacklogLimitBytes is {options.BacklogLimitBytes >> 20} MiB) and the disk has {FreeBytes >> 20} MiB left; see what a store waits for in /readyz, or make room");

    [LoggerMessage(EventId = 1010, Level = LogLevel.Error, Message = "log: {Problem}")]
    private static partial void LogRefuses(ILogger logger, string problem);

    [LoggerMessage(EventId = 1011, Level = LogLevel.Warning, Message = "log: messages of all kinds are taken again")]
    private static partial void LogTakesAll(ILogger logger);
}
