namespace Gateway.Host.Cases.AfterAction;

/// <summary>
/// Makes many entries few: what is of one type and close together becomes one entry that says how many it is. Few entries stay as they are; of many,
/// the wider the while within which they are folded. Nothing is dropped: the counts add up. Pure.
/// </summary>
internal static class TimelineFold
{
    /// <summary>Entries at most.</summary>
    public const int Limit = 400;

    private const int FinestParts = 128;

    // What lasts is left apart up to this many: one bar over two silences would tell of a third.
    private const int SpanLimit = 100;

    /// <summary>The entries, folded as far as needed, in order.</summary>
    public static IReadOnlyList<TimelineEntry> Fold(IReadOnlyList<TimelineEntry> entries, TimelineWindow window)
    {
        TimelineEntry[] ordered = [.. entries.OrderBy(e => e.At)];
        IReadOnlyList<TimelineEntry> folded = ordered;
        bool keepsSpans = ordered.Count(e => e.IsSpan) <= SpanLimit;
        for (int parts = FinestParts; folded.Count > Limit && parts >= 1; parts /= 2)
        {
            long width = Math.Max(1, ((window.To - window.From) / parts).Ticks / TimeSpan.TicksPerMillisecond);
            folded = [.. ordered.GroupBy(e => (e.Type, e.Lane, e.IsAfter, Span: keepsSpans && e.IsSpan ? e : null, Part: parts == 1 ? 0 : (e.At - window.From).Ticks / TimeSpan.TicksPerMillisecond / width)).Select(g => One([.. g])).OrderBy(e => e.At)];
        }

        return folded;
    }

    /// <summary>Several entries of one type as one.</summary>
    public static TimelineEntry One(IReadOnlyList<TimelineEntry> same) => same is [var alone] ? alone : same[0] with
    {
        Until = same.Max(e => e.Until),
        Count = same.Sum(e => e.Count),
        Clock = same.All(e => e.Clock == same[0].Clock) ? same[0].Clock : null,
        Actor = same.All(e => e.Actor == same[0].Actor) ? same[0].Actor : "",
    };
}
