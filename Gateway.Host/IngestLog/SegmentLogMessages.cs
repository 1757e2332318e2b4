namespace Gateway.Host.IngestLog;

/// <summary>What the log tells its operator.</summary>
internal static partial class SegmentLogMessages
{
    [LoggerMessage(EventId = 1001, Level = LogLevel.Warning, Message = "log: cut {TornBytes} bytes of an unfinished commit; the log goes on at offset {Offset}")]
    public static partial void TornTail(this ILogger logger, long tornBytes, long offset);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Error, Message = "log: {Count} damaged regions inside the last segment were skipped; later records are kept")]
    public static partial void TailDamage(this ILogger logger, int count);

    [LoggerMessage(EventId = 1003, Level = LogLevel.Error, Message = "log: a commit of {Records} records failed; publishers are refused until the disk takes writes again")]
    public static partial void CommitFailed(this ILogger logger, Exception exception, int records);

    [LoggerMessage(EventId = 1004, Level = LogLevel.Information, Message = "log: the disk takes writes again, at offset {Offset}")]
    public static partial void CommitsAgain(this ILogger logger, long offset);

    [LoggerMessage(EventId = 1005, Level = LogLevel.Information, Message = "log: retired {Path}, records below offset {Offset}")]
    public static partial void SegmentRetired(this ILogger logger, string path, long offset);

    [LoggerMessage(EventId = 1006, Level = LogLevel.Error, Message = "log: {Directory} ends at offset {EndOffset}, but records up to offset {ConsumedOffset} were processed before: {Records} records were moved away, cut or replaced by an older log. Their cases and readings up to the last checkpoint are kept; rule state after it, and replay of them, are lost. The log goes on behind the hole")]
    public static partial void Hole(this ILogger logger, string directory, long endOffset, long consumedOffset, long records);

    [LoggerMessage(EventId = 1007, Level = LogLevel.Warning, Message = "log: the room that the last segment does not need could not be given back")]
    public static partial void NotCut(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 1008, Level = LogLevel.Warning, Message = "log: what a failed commit has left on the disk could not be cut; if the gateway dies before the disk takes writes again, a message it has refused may be found stored")]
    public static partial void NotDiscarded(this ILogger logger, Exception exception);
}
