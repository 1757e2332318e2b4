namespace Gateway.Host.Series.Query;

/// <summary>Sorts pages into the buckets of a query. Reused from series to series; serves one thread.</summary>
internal sealed class BucketFill
{
    private readonly SeriesAggregate _aggregate;
    private readonly BucketGrid _grid;
    private readonly SeriesLimits _limits;
    private readonly BucketAccumulator[] _buckets;
    private long _samples;

    /// <summary>Creates empty buckets; the grid was checked to be within the limits.</summary>
    public BucketFill(SeriesQuery query, BucketGrid grid, SeriesLimits limits)
    {
        _aggregate = query.Aggregate;
        _grid = grid;
        _limits = limits;
        _buckets = new BucketAccumulator[grid.Count];
    }

    /// <summary>Empties the buckets.</summary>
    public void Clear()
    {
        Array.Clear(_buckets);
        _samples = 0;
    }

    /// <summary>Takes a page whose times are within the range; false when a percentile would need more samples than allowed.</summary>
    public bool TryAdd(SeriesPage page)
    {
        bool keepValues = _aggregate == SeriesAggregate.P95;
        _samples += page.Count;
        if (keepValues && _samples > _limits.MaximumPercentileSamples)
        {
            return false;
        }

        ReadOnlySpan<long> times = page.Times.Span;
        ReadOnlySpan<double> values = page.Values.Span;
        while (!times.IsEmpty)
        {
            int index = _grid.IndexOf(times[0]);
            long end = _grid.EndOf(index);
            int count = 1;
            while (count < times.Length && times[count] < end)
            {
                count++;
            }

            _buckets[index].Add(times[..count], values[..count], keepValues);
            times = times[count..];
            values = values[count..];
        }

        return true;
    }

    /// <summary>The buckets as an answer shows them.</summary>
    /// <param name="ratePerMillisecond">Samples a millisecond that all series together should send; null when unknown.</param>
    public SeriesBucket[] Buckets(double? ratePerMillisecond) => Buckets(ratePerMillisecond, _aggregate);

    /// <summary>The buckets with another aggregate than the query's; what is no percentile can be had of any fill.</summary>
    public SeriesBucket[] Buckets(double? ratePerMillisecond, SeriesAggregate aggregate)
    {
        SeriesBucket[] buckets = new SeriesBucket[_buckets.Length];
        for (int i = 0; i < buckets.Length; i++)
        {
            // Rounded, because sums of 1 / interval are not exact and 5.999999 would look like a missing sample.
            double? expected = ratePerMillisecond is { } rate ? Math.Round(_grid.CoveredOf(i) * rate, 6) : null;
            buckets[i] = new SeriesBucket(_grid.StartOf(i), _buckets[i].Value(aggregate), _buckets[i].Count, expected);
        }

        return buckets;
    }
}
