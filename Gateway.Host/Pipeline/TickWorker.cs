using Gateway.Host.Ingest;
using Gateway.Host.IngestLog;
using Gateway.Host.Workers;

namespace Gateway.Host.Pipeline;

/// <summary>
/// Lets the log's time pass when no message does it: when something is due and the pipeline has caught up, one tick record is appended.
/// No timer armed, no ticks; a timer due in an hour, one tick in an hour.
/// </summary>
internal sealed class TickWorker(SegmentLog log, PipelineWorker pipeline, GatewayClock clock, TimeProvider time, ILogger<TickWorker> logger) : Worker("ticks", time, logger, isVital: true)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken stop)
    {
        using PeriodicTimer timer = new(LookInterval, Time);
        while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
        {
            if (IsDue)
            {
                await log.AppendAsync(LogRecordKind.Tick, default, default, default).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Whether a record must be written for something to happen.</summary>
    internal bool IsDue => pipeline.NextDue <= clock.Now && pipeline.ProcessedOffset >= log.CommittedEndOffset;
}
