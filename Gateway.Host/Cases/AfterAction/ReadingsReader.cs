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
/// <param name="quiet">Stretches of it that are read coarsely.</param>
internal sealed class ReadingsReader(ISeriesStore store, SeriesCatalog catalog, TimelineWindow window, IReadOnlyList<TimeStretch> quiet)
{
    /// <summary>Buckets of a series at most.</summary>
    public const int BucketLimit = 600;

    /// <summary>Silences of a series that are told at most.</summary>
    public const int SilenceLimit = 200;

    private const int QuietBuckets = 60;

    /// <summary>Samples read at most, of all devices together.</summary>
    public const long SampleLimit = 5_000_000;

    /// <summary>Values looked at again for alerts of rules without a case, of all devices together.</summary>
    public const int RecallLimit = 200_000;

    /// <summary>A device is silent after so many intervals without a reading.</summary>
    private const int SilentIntervals = 3;

    private static readonly int[] StepsSeconds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400];

    private long _samples;

    /// <summary>Whether there was more than is read.</summary>
    public bool IsCutShort { get; private set; }

    /// <summary>One series in buckets; null where the device has never measured it.</summary>
    public DeviceReadings? Read(SeriesKey key, IReadOnlyList<TimelineLimit> limits, CancellationToken cancellation)
    {
        SeriesSelection selection = new() { DeviceId = key.DeviceId, Metric = key.Metric };
        bool isOlder = FirstIn(selection, EventTime.MinValue, window.From, cancellation) is not null;
        EventTime? begun = isOlder ? window.From : FirstIn(selection, window.From, EventTime.MaxValue, cancellation);
        if (begun is not { } first)
        {
            return null;
        }

        TimeSpan? interval = catalog.IntervalOf(key.DeviceId);
        List<ReadingBucket> buckets = [];
        List<TimeStretch> silences = [];
        EventTime? heard = isOlder ? window.From : null; // what it has not yet begun is no silence
        bool isWhole = true;
        foreach ((TimeStretch part, bool isQuiet) in QuietTime.Parts(window, quiet))
        {
            // A window includes its last moment.
            EventTime end = part.To == window.To ? new EventTime(part.To.UnixMilliseconds + 1) : part.To;
            int most = isQuiet ? QuietBuckets : Math.Max(QuietBuckets, (int)((BucketLimit - (quiet.Count * QuietBuckets)) * Share(part)));
            SeriesQuery query = new() { Metric = key.Metric, DeviceId = key.DeviceId, From = part.From, To = end, Step = StepOf(end - part.From, most) };
            if (isWhole && end > part.From)
            {
                isWhole = Fill(query, first, interval, buckets, silences, ref heard, cancellation);
            }
        }

        if (isWhole)
        {
            Silence(heard, window.To, interval, silences);
        }

        return new DeviceReadings(
            key,
            catalog.UnitOf(key.DeviceId, key.Metric),
            interval,
            buckets,
            [.. silences.OrderByDescending(s => s.To - s.From).Take(SilenceLimit).OrderBy(s => s.From)],
            Math.Max(0, silences.Count - SilenceLimit),
            limits);
    }

    /// <summary>All values of devices from some time ahead of the window until a time, and whether that is all: devices with more than is looked at are left out.</summary>
    public (IReadOnlyList<RecalledValue> Values, bool IsWhole) Recall(IReadOnlyList<Device> devices, TimeSpan lookBack, EventTime until, CancellationToken cancellation)
    {
        List<RecalledValue> values = [];
        bool isWhole = true;
        foreach (Device device in devices)
        {
            int before = values.Count;
            foreach (SeriesPage page in store.Scan(new SeriesSelection { DeviceId = device.Id }, window.From - lookBack, until, cancellation))
            {
                if (values.Count + page.Count > RecallLimit)
                {
                    values.RemoveRange(before, values.Count - before);
                    (isWhole, IsCutShort) = (false, true);
                    break;
                }

                for (int i = 0; i < page.Count; i++)
                {
                    values.Add(new RecalledValue(device.Id, page[i].Time, page.Key.Metric, page[i].Value));
                }
            }
        }

        return (values, isWhole);
    }

    /// <summary>Width of a bucket: the narrowest round one that gives few enough.</summary>
    /// <param name="length">How long what is cut into buckets is.</param>
    /// <param name="most">How many at most.</param>
    public static TimeSpan StepOf(TimeSpan length, int most)
    {
        double least = length.TotalSeconds / (most - 2); // the first and the last may lie across its ends
        foreach (int seconds in StepsSeconds)
        {
            if (seconds >= least)
            {
                return TimeSpan.FromSeconds(seconds);
            }
        }

        return TimeSpan.FromDays(Math.Ceiling(least / 86_400));
    }

    // Of what is not quiet each part gets buckets by its length.
    private double Share(TimeStretch part)
    {
        double busy = (window.To - window.From - TimeSpan.FromTicks(quiet.Sum(q => (q.To - q.From).Ticks))).TotalMilliseconds;
        return busy > 0 ? (part.To - part.From).TotalMilliseconds / busy : 1;
    }

    // The first sample of a while; nothing behind it is read. What is listed of a series may take all of its life to tell.
    private EventTime? FirstIn(SeriesSelection selection, EventTime from, EventTime to, CancellationToken cancellation)
    {
        foreach (SeriesPage page in store.Scan(selection, from, to, cancellation))
        {
            return page[0].Time;
        }

        return null;
    }

    // False where not all of it is read: its buckets end with the last sample that is.
    private bool Fill(SeriesQuery query, EventTime first, TimeSpan? interval, List<ReadingBucket> buckets, List<TimeStretch> silences, ref EventTime? heard, CancellationToken cancellation)
    {
        BucketFill fill = new(query, new BucketGrid(query), new SeriesLimits());
        EventTime read = query.From;
        bool isWhole = true;
        foreach (SeriesPage page in store.Scan(new SeriesSelection { DeviceId = query.DeviceId, Metric = query.Metric }, query.From, query.To, cancellation))
        {
            _samples += page.Count;
            if (_samples > SampleLimit)
            {
                (isWhole, IsCutShort) = (false, true);
                break;
            }

            fill.TryAdd(page);
            read = new EventTime(page.Times.Span[^1]);
            foreach (long time in page.Times.Span)
            {
                heard = Silence(heard, new EventTime(time), interval, silences);
            }
        }

        double? rate = 1 / interval?.TotalMilliseconds;
        SeriesBucket[] low = fill.Buckets(rate, SeriesAggregate.Min), high = fill.Buckets(rate, SeriesAggregate.Max), last = fill.Buckets(rate, SeriesAggregate.Last);
        for (int i = 0; i < low.Length && (isWhole || (low[i].Start <= read && read > query.From)); i++)
        {
            // Buckets lie on round times; the first and the last are cut at the ends of the part.
            EventTime from = EventTime.Max(low[i].Start, query.From), to = EventTime.Min(low[i].Start + query.Step!.Value, query.To);
            buckets.Add(new ReadingBucket(from, to - from, low[i].Value, high[i].Value, last[i].Value, low[i].Received, to > first ? low[i].Expected : null));
        }

        return isWhole;
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
