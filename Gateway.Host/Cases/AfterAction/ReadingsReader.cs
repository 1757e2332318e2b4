using Gateway.Host.Series;
using Gateway.Host.Series.Query;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;

namespace Gateway.Host.Cases.AfterAction;

/// <summary>Reads what devices measured within a window, in few enough buckets to be drawn. Serves one timeline.</summary>
/// <param name="store">The series.</param>
/// <param name="catalog">Units and intervals.</param>
/// <param name="window">The window.</param>
internal sealed class ReadingsReader(ISeriesStore store, SeriesCatalog catalog, TimelineWindow window)
{
    /// <summary>Buckets of a series at most.</summary>
    public const int BucketLimit = 600;

    /// <summary>Samples read at most, of all devices together.</summary>
    public const long SampleLimit = 5_000_000;

    /// <summary>Values looked at again for alerts of rules without a case, of all devices together.</summary>
    public const int RecallLimit = 200_000;

    /// <summary>A device is silent after so many intervals without a reading.</summary>
    private const int SilentIntervals = 3;

    private static readonly int[] StepsSeconds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400];

    private long _samples;
    private long _recalled;

    /// <summary>Whether there was more than is read.</summary>
    public bool IsCutShort { get; private set; }

    /// <summary>One series in buckets; null where the device has never measured it.</summary>
    public DeviceReadings? Read(SeriesKey key, IReadOnlyList<TimelineLimit> limits, CancellationToken cancellation)
    {
        SeriesSelection selection = new() { DeviceId = key.DeviceId, Metric = key.Metric };
        if (store.List(selection, cancellation) is not [var info])
        {
            return null;
        }

        EventTime end = new(window.To.UnixMilliseconds + 1); // a window includes its last moment
        SeriesQuery query = new() { Metric = key.Metric, DeviceId = key.DeviceId, From = window.From, To = end, Step = StepOf(window) };
        BucketFill fill = new(query, new BucketGrid(query), new SeriesLimits());
        TimeSpan? interval = catalog.IntervalOf(key.DeviceId);
        List<TimeStretch> silences = [];
        EventTime? heard = info.First < window.From ? window.From : null; // what it has not yet begun is no silence
        foreach (SeriesPage page in store.Scan(selection, window.From, end, cancellation))
        {
            _samples += page.Count;
            if (_samples > SampleLimit)
            {
                IsCutShort = true;
                break;
            }

            fill.TryAdd(page);
            foreach (long time in page.Times.Span)
            {
                heard = Silence(heard, new EventTime(time), interval, silences);
            }
        }

        if (!IsCutShort)
        {
            Silence(heard, window.To, interval, silences);
        }

        double? rate = 1 / interval?.TotalMilliseconds;
        SeriesBucket[] low = fill.Buckets(rate, SeriesAggregate.Min), high = fill.Buckets(rate, SeriesAggregate.Max), last = fill.Buckets(rate, SeriesAggregate.Last);
        return new DeviceReadings(
            key,
            catalog.UnitOf(key.DeviceId, key.Metric),
            query.Step.Value,
            interval,
            [.. low.Select((b, i) => new ReadingBucket(b.Start, b.Value, high[i].Value, last[i].Value, b.Received, b.Expected))],
            silences,
            limits);
    }

    /// <summary>All values of a device from some time ahead of the window until a time; null where they are too many.</summary>
    public IReadOnlyList<RecalledValue>? Recall(Device device, TimeSpan lookBack, EventTime until, CancellationToken cancellation)
    {
        List<RecalledValue> values = [];
        foreach (SeriesPage page in store.Scan(new SeriesSelection { DeviceId = device.Id }, window.From - lookBack, until, cancellation))
        {
            _recalled += page.Count;
            if (_recalled > RecallLimit)
            {
                IsCutShort = true;
                return null;
            }

            for (int i = 0; i < page.Count; i++)
            {
                values.Add(new RecalledValue(page[i].Time, page.Key.Metric, page[i].Value));
            }
        }

        return values;
    }

    /// <summary>Width of a bucket: the narrowest round one that gives few enough.</summary>
    public static TimeSpan StepOf(TimelineWindow window)
    {
        double least = (window.To - window.From).TotalSeconds / (BucketLimit - 2); // the first and the last may lie across its ends
        foreach (int seconds in StepsSeconds)
        {
            if (seconds >= least)
            {
                return TimeSpan.FromSeconds(seconds);
            }
        }

        return TimeSpan.FromDays(Math.Ceiling(least / 86_400));
    }

    private static EventTime Silence(EventTime? heard, EventTime now, TimeSpan? interval, List<TimeStretch> silences)
    {
        if (heard is { } since && interval is { } usual && now - since > SilentIntervals * usual)
        {
            silences.Add(new TimeStretch(since, now));
        }

        return now;
    }
}
