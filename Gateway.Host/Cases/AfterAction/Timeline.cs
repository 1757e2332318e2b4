using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Compilation;
using Gateway.Rules.Evaluation;

namespace Gateway.Host.Cases.AfterAction;

/// <summary>
/// What led up to a case, what was done and what came after 事后复盘: everything that its JSON and its picture show. Made by <see cref="TimelineBuilder"/>
/// of what the stores have; immutable.
/// </summary>
internal sealed record Timeline
{
    /// <summary>The case as it stands.</summary>
    public required Case Case { get; init; }

    /// <summary>The log's time it was made at.</summary>
    public required EventTime Now { get; init; }

    /// <summary>What it covers.</summary>
    public required TimelineWindow Window { get; init; }

    /// <summary>Stretches of it in which nothing happens to the case.</summary>
    public IReadOnlyList<TimeStretch> Quiet { get; init; } = [];

    /// <summary>Names of units and parties, and the city's time zone.</summary>
    public required TimelineNames Names { get; init; }

    /// <summary>Who had it in which status, in order and without gaps.</summary>
    public required IReadOnlyList<CaseStretch> Stages { get; init; }

    /// <summary>Who had it how long.</summary>
    public required IReadOnlyList<CaseSpan> TimeSpent { get; init; }

    /// <summary>Its clocks, in the order they started, at most <see cref="TimelineBuilder.ClockLimit"/>, the latest.</summary>
    public required IReadOnlyList<CaseClockRun> Clocks { get; init; }

    /// <summary>Earlier clocks that are left out.</summary>
    public int ClocksLeftOut { get; init; }

    /// <summary>What happened, in order, folded to at most <see cref="TimelineFold.Limit"/> entries.</summary>
    public required IReadOnlyList<TimelineEntry> Entries { get; init; }

    /// <summary>What the devices measured.</summary>
    public required TimelineReadings Readings { get; init; }

    /// <summary>Other cases of the device, the grid, the storm or a merger that were open within the window, in the order they were opened.</summary>
    public required IReadOnlyList<RelatedCase> Related { get; init; }

    /// <summary>Related cases that are left out of <see cref="Related"/>.</summary>
    public int RelatedLeftOut { get; init; }

    /// <summary>Of a storm: when cases joined it and when those were over.</summary>
    public IReadOnlyList<TimeStretch> Children { get; init; } = [];

    /// <summary>What warned ahead of it, the earliest first.</summary>
    public required IReadOnlyList<Forewarning> Warnings { get; init; }
}

/// <summary>What a timeline covers.</summary>
/// <param name="From">From when, inclusive.</param>
/// <param name="To">Until when; never later than the log's present.</param>
/// <param name="Breach">Observation time of the first breaching reading, of a storm in any of its parts; null where only people reported.</param>
internal sealed record TimelineWindow(EventTime From, EventTime To, EventTime? Breach)
{
    /// <summary>How long before and after a timeline looks where nothing else is asked for.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromHours(1);

    /// <summary>How long before and after it looks at most.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    // A condition may hold for as long as this before it fires; what people saw before that is not looked for.
    private static readonly TimeSpan LongestBeginning = TimeSpan.FromDays(31);

    /// <summary>Whether a time lies within it.</summary>
    public bool Has(EventTime time) => time >= From && time <= To;

    /// <summary>The window of a case.</summary>
    /// <param name="c">The case as it stands.</param>
    /// <param name="history">Its events.</param>
    /// <param name="children">Of a storm: its parts.</param>
    /// <param name="before">How far ahead of the first breaching reading it begins; of the opening where there is none.</param>
    /// <param name="after">How far behind the end of the case it ends.</param>
    /// <param name="now">The log's time.</param>
    public static TimelineWindow Of(Case c, IReadOnlyList<CaseEvent> history, IReadOnlyList<Case> children, TimeSpan before, TimeSpan after, EventTime now)
    {
        // A storm is opened by the case that was one too many: what went before that stands in its parts. When people saw something is no reading.
        EventTime[] breaches =
        [
            .. history.SelectMany(Occurrences).Select(o => o.OccurredAt),
            .. children.Where(p => p.Facts.Rule is not null || p.IsStorm).Select(p => p.Facts.OccurredAt),
            .. c.IsStorm && children.Count == 0 ? new[] { c.Facts.OccurredAt } : [],
        ];
        EventTime? breach = breaches.Length > 0 ? breaches.Min() : null;
        EventTime begin = EventTime.Max(EventTime.Min(breach ?? c.Facts.OccurredAt, c.OpenedAt), c.OpenedAt - LongestBeginning);
        return new TimelineWindow(begin - before, EndOf(c, after, now), breach);
    }

    /// <summary>When the window of a case ends.</summary>
    /// <param name="c">The case as it stands.</param>
    /// <param name="after">How far behind the end of the case.</param>
    /// <param name="now">The log's time.</param>
    public static EventTime EndOf(Case c, TimeSpan after, EventTime now)
    {
        EventTime present = EventTime.Max(now, c.OpenedAt);
        EventTime end = c is { IsOpen: false, ClosedAt: { } closed } ? EventTime.Min(closed + after, present) : present;
        return EventTime.Max(end, c.OpenedAt);
    }

    /// <summary>The breaches that an event tells of.</summary>
    public static IEnumerable<AlertOccurrence> Occurrences(CaseEvent next) => next switch
    {
        CaseCollected { First: { } first } => [first],
        OccurrenceAdded added => [added.Occurrence],
        _ => [],
    };
}

/// <summary>What devices of the case measured within the window.</summary>
/// <param name="Series">One a device and field.</param>
/// <param name="DevicesLeftOut">Devices of the case beyond the first <see cref="TimelineReader.DeviceLimit"/>.</param>
/// <param name="IsCutShort">Whether there were more samples than are read.</param>
internal sealed record TimelineReadings(IReadOnlyList<DeviceReadings> Series, int DevicesLeftOut, bool IsCutShort)
{
    /// <summary>Nothing was measured.</summary>
    public static TimelineReadings None { get; } = new([], 0, false);
}

/// <summary>One series, in buckets.</summary>
/// <param name="Key">Device and field.</param>
/// <param name="Unit">Unit of the field; empty for none.</param>
/// <param name="Interval">How often the device should report; null for one that only sends events.</param>
/// <param name="Buckets">Every bucket of the window, empty ones too, as far as it was read.</param>
/// <param name="Silences">When nothing came for more than three intervals; the longest ones, at most <see cref="ReadingsReader.SilenceLimit"/>.</param>
/// <param name="SilencesLeftOut">Shorter ones that are left out.</param>
/// <param name="Limits">Limits of the rules that fired on the device in this case.</param>
internal sealed record DeviceReadings(
    SeriesKey Key, string Unit, TimeSpan? Interval, IReadOnlyList<ReadingBucket> Buckets, IReadOnlyList<TimeStretch> Silences, int SilencesLeftOut, IReadOnlyList<TimelineLimit> Limits);

/// <summary>The samples of a while.</summary>
/// <param name="Start">Its start.</param>
/// <param name="Width">How long it is; longer where nothing happened to the case.</param>
/// <param name="Minimum">Smallest value; null for none.</param>
/// <param name="Maximum">Largest value.</param>
/// <param name="Last">Latest value.</param>
/// <param name="Received">Samples in it.</param>
/// <param name="Expected">Samples a healthy device sends in that time; null for one that only sends events, and before the first sample that is kept.</param>
internal readonly record struct ReadingBucket(EventTime Start, TimeSpan Width, double? Minimum, double? Maximum, double? Last, long Received, double? Expected);

/// <summary>A limit of a rule, drawn as a line.</summary>
/// <param name="Rule">The rule's name.</param>
/// <param name="IsOfThen">Whether it is the limit of the day of the case; false where only today's rule could be had.</param>
/// <param name="Limit">The limit.</param>
internal sealed record TimelineLimit(string Rule, bool IsOfThen, RuleLimit Limit);

/// <summary>What another case has to do with this one.</summary>
internal enum CaseRelation : byte
{
    /// <summary>The storm it is part of.</summary>
    Storm,

    /// <summary>A part of it, which is a storm.</summary>
    Child,

    /// <summary>It was merged into this one 并案.</summary>
    Member,

    /// <summary>This one was merged into it.</summary>
    MergedInto,

    /// <summary>It is about the same device.</summary>
    SameDevice,

    /// <summary>It is about the same grid, or the lowest unit there is.</summary>
    SameArea,
}

/// <summary>Another case that was open within the window.</summary>
/// <param name="Case">The case as it stands.</param>
/// <param name="Relation">What it has to do with this one.</param>
internal sealed record RelatedCase(Case Case, CaseRelation Relation);

/// <summary>What warned ahead of a breach.</summary>
internal enum ForewarningSource : byte
{
    /// <summary>Another case.</summary>
    Case,

    /// <summary>An alert of a rule that files no case, worked out anew from the stored readings.</summary>
    Alert,

    /// <summary>This case itself, before it became worse.</summary>
    Severity,
}

/// <summary>A warning that was there before the breach it warned of.</summary>
/// <param name="Source">What warned.</param>
/// <param name="Rule">Name of the rule; empty where people reported.</param>
/// <param name="CaseNo">The case that warned; empty for an alert.</param>
/// <param name="DeviceId">The device; empty for none.</param>
/// <param name="Severity">How bad it was when it warned.</param>
/// <param name="Ahead">How bad what it warned of was.</param>
/// <param name="At">When it warned.</param>
/// <param name="Breach">When what it warned of began.</param>
/// <param name="Cause">Why it warned.</param>
/// <param name="IsOfThen">Whether the rule is known to be the one of that day.</param>
internal sealed record Forewarning(
    ForewarningSource Source, string Rule, string CaseNo, string DeviceId, AlertSeverity Severity, AlertSeverity Ahead, EventTime At, EventTime Breach, string Cause, bool IsOfThen)
{
    /// <summary>How long before.</summary>
    public TimeSpan Lead => Breach - At;
}
