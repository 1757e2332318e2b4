namespace Gateway.Host.Series.Embedded;

/// <summary>Searches ascending times.</summary>
internal static class SortedTimes
{
    /// <summary>The first place whose time is not before <paramref name="time"/>; the length when there is none.</summary>
    public static int LowerBound(ReadOnlySpan<long> times, long time)
    {
        int place = times.BinarySearch(time);
        return place < 0 ? ~place : place;
    }
}
