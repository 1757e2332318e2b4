using System.Globalization;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Series.Query;

/// <summary>
/// Computes answers from pages, whatever store they come from. Memory is that of the answer, and of the samples where a percentile is asked for.
/// </summary>
internal static class SeriesQueryEngine
{
    /// <summary>Answers a query.</summary>
    /// <param name="query">The question.</param>
    /// <param name="catalog">Gives the reporting intervals.</param>
    /// <param name="limits">What the answer may cost.</param>
    /// <param name="keys">All selected series in key order, also those without a sample in the range.</param>
    /// <param name="pages">Their samples within the range, series in key order; read only when the query is sound.</param>
    public static SeriesAnswer Run(SeriesQuery query, SeriesCatalog catalog, SeriesLimits limits, IReadOnlyList<SeriesKey> keys, IEnumerable<SeriesPage> pages)
    {
        if (Check(query, limits, keys.Count) is { } refused)
        {
            return refused;
        }

        return query.Step is null ? Points(limits, keys, pages)
            : query.Grouping == SeriesGrouping.Series ? BucketsBySeries(query, catalog, limits, keys, pages)
            : BucketsOfAll(query, catalog, limits, keys, pages);
    }

    private static SeriesAnswer? Check(SeriesQuery query, SeriesLimits limits, int series)
    {
        if (query.To <= query.From)
        {
            return SeriesAnswer.Failed(SeriesQueryFault.EmptyRange, "the range is empty: to must be later than from");
        }

        if (query.Step is { } step && step < TimeSpan.FromMilliseconds(1))
        {
            return SeriesAnswer.Failed(SeriesQueryFault.BadStep, "a step is at least a millisecond");
        }

        if (query.Step is null && query.Grouping == SeriesGrouping.Merged)
        {
            return SeriesAnswer.Failed(SeriesQueryFault.MergedNeedsStep, "points of several series cannot be merged into one: add a step, or group by series");
        }

        if (series > limits.MaximumSeries)
        {
            return SeriesAnswer.Failed(
                SeriesQueryFault.TooManySeries,
                string.Create(CultureInfo.InvariantCulture, $"{series} series are selected, {limits.MaximumSeries} at most are allowed: narrow by device, area or kind"));
        }

        if (query.Step is not null)
        {
            decimal buckets = new BucketGrid(query).Count * (decimal)(query.Grouping == SeriesGrouping.Merged ? 1 : Math.Max(1, series));
            if (buckets > limits.MaximumPoints)
            {
                return TooManyPoints(limits, $"{buckets.ToString(CultureInfo.InvariantCulture)} buckets", "take a longer step, a shorter range or fewer series");
            }
        }

        return null;
    }

    private static SeriesAnswer TooManyPoints(SeriesLimits limits, string what, string advice) =>
        SeriesAnswer.Failed(
            SeriesQueryFault.TooManyPoints,
            string.Create(CultureInfo.InvariantCulture, $"the answer would hold {what}, {limits.MaximumPoints} at most are allowed: {advice}, or use the export"));

    private static SeriesAnswer Points(SeriesLimits limits, IReadOnlyList<SeriesKey> keys, IEnumerable<SeriesPage> pages)
    {
        List<SeriesResult> results = new(keys.Count);
        List<Sample> samples = [];
        int total = 0;
        using IEnumerator<SeriesPage> page = pages.GetEnumerator();
        bool more = page.MoveNext();
        foreach (SeriesKey key in keys)
        {
            samples.Clear();
            for (; more && page.Current.Key == key; more = page.MoveNext())
            {
                total += page.Current.Count;
                if (total > limits.MaximumPoints)
                {
                    return TooManyPoints(limits, "more points", "add a step, take a shorter range or fewer series");
                }

                for (int i = 0; i < page.Current.Count; i++)
                {
                    samples.Add(page.Current[i]);
                }
            }

            results.Add(new SeriesResult { Key = key, SeriesCount = 1, Points = samples.ToArray() });
        }

        return new SeriesAnswer { Results = results };
    }

    private static SeriesAnswer BucketsBySeries(SeriesQuery query, SeriesCatalog catalog, SeriesLimits limits, IReadOnlyList<SeriesKey> keys, IEnumerable<SeriesPage> pages)
    {
        List<SeriesResult> results = new(keys.Count);
        BucketGrid grid = new(query);
        BucketFill fill = new(query, grid, limits);
        using IEnumerator<SeriesPage> page = pages.GetEnumerator();
        bool more = page.MoveNext();
        foreach (SeriesKey key in keys)
        {
            fill.Clear();
            for (; more && page.Current.Key == key; more = page.MoveNext())
            {
                if (!fill.TryAdd(page.Current))
                {
                    return PercentileTooLarge(limits);
                }
            }

            double? rate = RatePerMillisecond(catalog, key);
            results.Add(new SeriesResult { Key = key, SeriesCount = 1, Buckets = fill.Buckets(rate) });
        }

        return new SeriesAnswer { Results = results };
    }

    private static SeriesAnswer BucketsOfAll(SeriesQuery query, SeriesCatalog catalog, SeriesLimits limits, IReadOnlyList<SeriesKey> keys, IEnumerable<SeriesPage> pages)
    {
        BucketFill fill = new(query, new BucketGrid(query), limits);
        foreach (SeriesPage page in pages)
        {
            if (!fill.TryAdd(page))
            {
                return PercentileTooLarge(limits);
            }
        }

        double? rate = 0;
        foreach (SeriesKey key in keys)
        {
            rate += RatePerMillisecond(catalog, key);
        }

        return new SeriesAnswer { Results = [new SeriesResult { SeriesCount = keys.Count, Buckets = fill.Buckets(rate) }] };
    }

    private static SeriesAnswer PercentileTooLarge(SeriesLimits limits) =>
        SeriesAnswer.Failed(
            SeriesQueryFault.TooManyPoints,
            string.Create(CultureInfo.InvariantCulture, $"p95 is exact and would sort more than {limits.MaximumPercentileSamples} samples: take a shorter range or fewer series"));

    private static double? RatePerMillisecond(SeriesCatalog catalog, SeriesKey key) => 1 / catalog.IntervalOf(key.DeviceId)?.TotalMilliseconds;
}
