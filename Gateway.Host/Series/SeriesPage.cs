using Gateway.Protocols.Readings;

namespace Gateway.Host.Series;

/// <summary>
/// Some samples of one series in time order. A series is one or more pages in a row. The memory belongs to the scan and is overwritten when
/// the next page is asked for.
/// </summary>
/// <param name="Key">The series.</param>
/// <param name="Times">Unix milliseconds, ascending, each once.</param>
/// <param name="Values">One value a time, never NaN.</param>
internal readonly record struct SeriesPage(SeriesKey Key, ReadOnlyMemory<long> Times, ReadOnlyMemory<double> Values)
{
    /// <summary>Samples on the page, at least 1.</summary>
    public int Count => Times.Length;

    /// <summary>One sample of the page.</summary>
    public Sample this[int index] => new(new EventTime(Times.Span[index]), Values.Span[index]);
}
