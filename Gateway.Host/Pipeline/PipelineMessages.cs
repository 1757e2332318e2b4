namespace Gateway.Host.Pipeline;

/// <summary>What the pipeline tells its operator.</summary>
internal static partial class PipelineMessages
{
    [LoggerMessage(EventId = 1102, Level = LogLevel.Error, Message = "pipeline: waits for the {Store}, which fails; the log keeps everything and the pipeline goes on when it works again")]
    public static partial void StoreFailed(this ILogger logger, Exception exception, string store);

    [LoggerMessage(EventId = 1103, Level = LogLevel.Error, Message = "pipeline: damage in the log; {Records} records before offset {Offset} could not be read and are passed over")]
    public static partial void DamagePassedOver(this ILogger logger, long records, long offset);

    [LoggerMessage(EventId = 1104, Level = LogLevel.Error, Message = "pipeline: old segments of the log could not be deleted; the next checkpoint tries again")]
    public static partial void RetireFailed(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 1101, Level = LogLevel.Critical, Message = "pipeline: stopped at log offset {Offset}; messages are still taken and kept, but no rule runs until the gateway is restarted")]
    public static partial void PipelineStopped(this ILogger logger, Exception exception, long offset);
}
