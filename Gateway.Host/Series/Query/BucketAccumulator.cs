namespace Gateway.Host.Series.Query;

/// <summary>Running figures of one bucket; the default value is an empty bucket. Samples of one series come in time order, series in key order.</summary>
internal struct BucketAccumulator
{
    private double _sum;
    private double _minimum;
    private double _maximum;
    private long _firstTime;
    private double _first;
    private long _lastTime;
    private double _last;
    private List<double>? _values;

    /// <summary>Samples so far.</summary>
    public long Count { get; private set; }

    /// <summary>Takes samples of one series, ascending in time, at least one.</summary>
    /// <param name="times">Unix milliseconds.</param>
    /// <param name="values">One value a time.</param>
    /// <param name="keepValues">Whether the values themselves are kept, for a percentile.</param>
    public void Add(ReadOnlySpan<long> times, ReadOnlySpan<double> values, bool keepValues)
    {
        double sum = _sum;
        double minimum = Count == 0 ? values[0] : _minimum;
        double maximum = Count == 0 ? values[0] : _maximum;
        foreach (double value in values)
        {
            sum += value;

            // Plain comparisons: no value is NaN, which is what Math.Min would spend its time on.
            minimum = value < minimum ? value : minimum;
            maximum = value > maximum ? value : maximum;
        }

        _sum = sum;
        _minimum = minimum;
        _maximum = maximum;
        if (Count == 0 || times[0] < _firstTime)
        {
            (_firstTime, _first) = (times[0], values[0]);
        }

        if (Count == 0 || times[^1] >= _lastTime)
        {
            (_lastTime, _last) = (times[^1], values[^1]);
        }

        if (keepValues)
        {
            (_values ??= []).AddRange(values);
        }

        Count += values.Length;
    }

    /// <summary>The aggregate; null when there is no sample and the aggregate of none is not a number.</summary>
    public readonly double? Value(SeriesAggregate aggregate) => aggregate switch
    {
        SeriesAggregate.Count => Count,
        SeriesAggregate.Sum => _sum,
        _ when Count == 0 => null,
        SeriesAggregate.Avg => _sum / Count,
        SeriesAggregate.Min => _minimum,
        SeriesAggregate.Max => _maximum,
        SeriesAggregate.First => _first,
        SeriesAggregate.Last => _last,
        SeriesAggregate.P95 => NearestRank(_values!),
        _ => null,
    };

    private static double NearestRank(List<double> values)
    {
        values.Sort();

        // In whole numbers: 0.95 is no double, and 0.95 * 20 must be 19.
        long rank = ((values.Count * 95L) + 99) / 100;
        return values[(int)rank - 1];
    }
}
