using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;

namespace Gateway.Host.Cases.AfterAction;

/// <summary>
/// Days of a case in which nothing happens to it, as in a deferral. They are read coarsely and drawn narrow, so that the hours that matter keep their
/// detail. What was asked for before and after the case is left as it is: a rise of the water is no event of the case. Pure.
/// </summary>
internal static class QuietTime
{
    /// <summary>So many at most.</summary>
    public const int Limit = 3;

    private const double LeastShare = 0.2;
    private const double MarginShare = 0.05;
    private static readonly TimeSpan Least = TimeSpan.FromDays(1);
    private static readonly TimeSpan LeastMargin = TimeSpan.FromMinutes(10);

    /// <summary>The quiet stretches of a window, the longest ones, in order; each leaves a margin around what happens.</summary>
    public static IReadOnlyList<TimeStretch> Of(Case c, IReadOnlyList<CaseEvent> history, IReadOnlyList<CaseClockRun> clocks, TimelineWindow window)
    {
        EventTime end = c is { IsOpen: false, ClosedAt: { } closed } ? closed : window.To;
        EventTime[] moments =
        [
            .. history.Select(e => e.At)
                .Concat(clocks.SelectMany(k => new[] { k.Clock.StartedAt, k.Clock.DueAt, k.EndedAt ?? k.Clock.StartedAt }))
                .Append(end)
                .Where(t => t >= c.OpenedAt && t <= end)
                .Distinct()
                .Order(),
        ];
        TimeSpan whole = window.To - window.From;
        TimeSpan least = Longer(Least, whole * LeastShare);
        TimeStretch[] found = [.. moments.Zip(moments.Skip(1), (a, b) => new TimeStretch(a, b)).Where(s => s.To - s.From > least).OrderByDescending(s => s.To - s.From).Take(Limit).OrderBy(s => s.From)];
        TimeSpan margin = Longer(LeastMargin, (whole - TimeSpan.FromTicks(found.Sum(s => (s.To - s.From).Ticks))) * MarginShare);
        return [.. found.Where(s => s.To - s.From > 4 * margin).Select(s => new TimeStretch(s.From + margin, s.To - margin))];
    }

    /// <summary>The window cut where quiet begins and ends.</summary>
    public static IEnumerable<(TimeStretch Stretch, bool IsQuiet)> Parts(TimelineWindow window, IReadOnlyList<TimeStretch> quiet)
    {
        EventTime at = window.From;
        foreach (TimeStretch stretch in quiet)
        {
            yield return (new TimeStretch(at, stretch.From), false);
            yield return (stretch, true);
            at = stretch.To;
        }

        yield return (new TimeStretch(at, window.To), false);
    }

    /// <summary>What all of some lists of stretches have in common; each is in order and without overlaps.</summary>
    public static IReadOnlyList<TimeStretch> Common(IEnumerable<IReadOnlyList<TimeStretch>> lists) =>
        lists.Aggregate((IReadOnlyList<TimeStretch>?)null, (common, next) => common is null ? next : Common(common, next)) ?? [];

    private static List<TimeStretch> Common(IReadOnlyList<TimeStretch> a, IReadOnlyList<TimeStretch> b)
    {
        List<TimeStretch> common = [];
        for (int i = 0, j = 0; i < a.Count && j < b.Count;)
        {
            EventTime from = EventTime.Max(a[i].From, b[j].From), to = EventTime.Min(a[i].To, b[j].To);
            if (from < to)
            {
                common.Add(new TimeStretch(from, to));
            }

            (i, j) = a[i].To < b[j].To ? (i + 1, j) : (i, j + 1);
        }

        return common;
    }

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
