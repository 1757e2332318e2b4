using Gateway.Host.Workers;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Series;

/// <summary>Merges and retires blocks of the series store, once a minute.</summary>
internal sealed partial class SeriesKeeper(ISeriesStore store, Func<EventTime> now, TimeProvider time, ILogger<SeriesKeeper> logger) : Worker("series", time, logger)
{
    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken stop)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMinutes(1), Time);
        while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
        {
            try
            {
                store.Maintain(now());
            }
            catch (IOException e)
            {
                LogFailed(Logger, e);
            }
        }
    }

    [LoggerMessage(EventId = 1401, Level = LogLevel.Error, Message = "series: blocks could not be merged; nothing is lost and it is tried again in a minute")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
