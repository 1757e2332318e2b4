using System.Text.Json;
using Gateway.Host.Ingest;
using Gateway.Host.IngestLog;
using Gateway.Host.Workers;

namespace Gateway.Host.Pipeline;

/// <summary>
/// Compares the gateway's clock with the system's. While they differ device times are judged by both, since nobody knows which is right
/// and an alarm must not be lost over it; how far they differ goes into the log, so that a replay judges alike.
/// </summary>
internal sealed partial class ClockKeeper(SegmentLog log, GatewayClock clock, TimeProvider time, ILogger<ClockKeeper> logger) : Worker("clock", time, logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>A change of the difference that is worth a record: far less than the tolerances of device times.</summary>
    private static readonly TimeSpan WorthNoting = TimeSpan.FromSeconds(1);

    /// <summary>A difference that a person is told of.</summary>
    private static readonly TimeSpan WorthTelling = TimeSpan.FromSeconds(5);

    private StartedPayload _noted = StartedPayload.Of(clock);
    private bool _told;

    /// <summary>What is wrong with the clock, for people; null when nothing is.</summary>
    public string? Problem =>
        !clock.IsSystemPlausible ? "the system's clock is not set; the gateway goes on from the last time in its log: set the clock"
        : clock.Ahead.Duration() > WorthTelling ? $"the gateway's clock is {(clock.Ahead > TimeSpan.Zero ? "ahead of" : "behind")} the system's by {clock.Ahead.Duration():d\\.hh\\:mm\\:ss} and comes back by six minutes an hour; device times are believed when they agree with either"
        : null;

    /// <summary>Looks once.</summary>
    public async Task LookAsync()
    {
        clock.Compare();
        StartedPayload now = StartedPayload.Of(clock);
        if (now != _noted && (now.AheadMilliseconds == 0 || (now.Ahead - _noted.Ahead).Duration() >= WorthNoting)
            && await log.AppendAsync(LogRecordKind.ClockCompared, default, default, JsonSerializer.SerializeToUtf8Bytes(now, PipelineJson.Default.StartedPayload)).ConfigureAwait(false))
        {
            _noted = now;
        }

        if (Problem is { } problem && !_told)
        {
            LogDiffers(Logger, problem);
        }

        _told = Problem is not null;
    }

    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken stop)
    {
        using PeriodicTimer timer = new(Interval, Time);
        do
        {
            await LookAsync().ConfigureAwait(false);
        }
        while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false));
    }

    [LoggerMessage(EventId = 1105, Level = LogLevel.Warning, Message = "clock: {Problem}")]
    private static partial void LogDiffers(ILogger logger, string problem);
}
