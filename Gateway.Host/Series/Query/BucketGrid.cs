using Gateway.Protocols.Readings;

namespace Gateway.Host.Series.Query;

/// <summary>The buckets of a query: their starts and the part of each that lies within the range. Times are Unix milliseconds. Immutable.</summary>
internal readonly struct BucketGrid
{
    private readonly long _from;
    private readonly long _to;
    private readonly long _first;

    /// <summary>Lays the grid of a query that has a step and a range that is not empty.</summary>
    public BucketGrid(SeriesQuery query)
    {
        Step = (long)query.Step!.Value.TotalMilliseconds;
        _from = query.From.UnixMilliseconds;
        _to = query.To.UnixMilliseconds;
        _first = FloorDivide(_from, Step);
        Count = FloorDivide(_to - 1, Step) - _first + 1;
    }

    /// <summary>Width of a bucket, milliseconds.</summary>
    public long Step { get; }

    /// <summary>Buckets that touch the range.</summary>
    public long Count { get; }

    /// <summary>The bucket that holds a time within the range.</summary>
    public int IndexOf(long time) => (int)(FloorDivide(time, Step) - _first);

    /// <summary>Where a bucket starts.</summary>
    public EventTime StartOf(int index) => EventTime.Max(new EventTime((_first + index) * Step), EventTime.MinValue);

    /// <summary>Where a bucket ends and the next starts.</summary>
    public long EndOf(int index) => (_first + index + 1) * Step;

    /// <summary>Milliseconds of a bucket that lie within the range.</summary>
    public long CoveredOf(int index) => Math.Min(EndOf(index), _to) - Math.Max(EndOf(index) - Step, _from);

    // Rounds down before 1970 too, where the remainder is negative.
    private static long FloorDivide(long value, long by) => (value / by) - (value % by < 0 ? 1 : 0);
}
