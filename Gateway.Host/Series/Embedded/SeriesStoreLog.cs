namespace Gateway.Host.Series.Embedded;

/// <summary>Counts and reports damage. Safe for any number of threads.</summary>
internal sealed partial class SeriesStoreLog
{
    private readonly ILogger? _logger;
    private long _quarantinedBlocks;
    private string _lastDamage = "";

    /// <summary>Creates a log; <paramref name="logger"/> may be null.</summary>
    public SeriesStoreLog(ILogger? logger) => _logger = logger;

    /// <summary>Files set aside so far.</summary>
    public long QuarantinedBlocks => Volatile.Read(ref _quarantinedBlocks);

    /// <summary>The last file set aside and why.</summary>
    public string LastDamage => Volatile.Read(ref _lastDamage);

    /// <summary>Records that a file was set aside.</summary>
    public void Damaged(string path, BlockFault fault)
    {
        Interlocked.Increment(ref _quarantinedBlocks);
        Volatile.Write(ref _lastDamage, $"{Path.GetFileName(path)}: {fault}");
        if (_logger is not null)
        {
            LogDamaged(_logger, path, fault);
        }
    }

    [LoggerMessage(EventId = 7001, Level = LogLevel.Error, Message = "Series block {Path} is damaged ({Fault}) and was set aside; the rest is served")]
    private static partial void LogDamaged(ILogger logger, string path, BlockFault fault);
}
