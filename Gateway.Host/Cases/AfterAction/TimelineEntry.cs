using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;

namespace Gateway.Host.Cases.AfterAction;

/// <summary>What kind of thing happened; each kind has a lane of its own in the picture.</summary>
internal enum TimelineLane : byte
{
    /// <summary>感知: alerts and what people reported.</summary>
    Sensing,

    /// <summary>处置: who did what.</summary>
    Work,

    /// <summary>督办: reminders, limits that passed, supervision, whistles.</summary>
    Supervision,

    /// <summary>环境: mergers, storms, modes, silences, evidence, ratings.</summary>
    Surroundings,
}

/// <summary>One thing that happened, or many of one type folded into one entry. Immutable.</summary>
/// <param name="At">When; of many the first.</param>
/// <param name="Until">When it ended; of many the last. The same as <paramref name="At"/> for what happens at once.</param>
/// <param name="Type">As the case API names events (<c>accepted</c>), or <c>alertFiring</c>, <c>alertResolved</c>, <c>silence</c>, <c>modeSwitch</c>.</param>
/// <param name="Lane">What kind of thing.</param>
/// <param name="Actor">Who did it; of many only where all have the same.</param>
/// <param name="Text">One line for people; of many the first one's.</param>
internal sealed record TimelineEntry(EventTime At, EventTime Until, string Type, TimelineLane Lane, string Actor, string Text)
{
    /// <summary>How many it stands for.</summary>
    public int Count { get; init; } = 1;

    /// <summary>The clock it is about; null for none.</summary>
    public ClockKind? Clock { get; init; }

    /// <summary>Whether it happened behind the window: an evaluation, a rating, a re-opening.</summary>
    public bool IsAfter { get; init; }

    /// <summary>Whether it lasts.</summary>
    public bool IsSpan => Type is SilenceType;

    /// <summary>Type of a silence that covered a device of the case.</summary>
    public const string SilenceType = "silence";

    /// <summary>Type of a switch of the city's mode.</summary>
    public const string ModeType = "modeSwitch";

    /// <summary>Type of an alert of a rule that files no case, when it fired.</summary>
    public const string FiringType = "alertFiring";

    /// <summary>Type of such an alert when it ended.</summary>
    public const string ResolvedType = "alertResolved";
}
