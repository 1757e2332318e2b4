using Gateway.Protocols.Readings;

namespace Gateway.Host.Series.Embedded;

/// <summary>First, last and count of a series. Segments that are apart in time are counted from the index; only where they overlap are they read.</summary>
internal static class SeriesExtent
{
    /// <summary>The extent of a series; null when it turns out empty.</summary>
    /// <param name="key">The series.</param>
    /// <param name="segments">Ascending by first time.</param>
    /// <param name="merge">Reads what overlaps.</param>
    public static SeriesInfo? Of(SeriesKey key, List<SampleSegment> segments, SampleMerge merge)
    {
        if (segments.Count == 0)
        {
            return null;
        }

        bool apart = true;
        long count = 0;
        for (int i = 0; i < segments.Count; i++)
        {
            apart &= i == 0 || segments[i].FirstTime > segments[i - 1].LastTime;
            count += segments[i].Times?.Length ?? segments[i].Chunk.Count;
        }

        if (apart)
        {
            return new SeriesInfo(key, new EventTime(segments[0].FirstTime), new EventTime(segments[^1].LastTime), count);
        }

        count = 0;
        long first = 0;
        long last = 0;
        merge.Begin(segments, long.MinValue, long.MaxValue);
        while (merge.TryNext(out ReadOnlyMemory<long> times, out _))
        {
            first = count == 0 ? times.Span[0] : first;
            last = times.Span[^1];
            count += times.Length;
        }

        return count == 0 ? null : new SeriesInfo(key, new EventTime(first), new EventTime(last), count);
    }
}
