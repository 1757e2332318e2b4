using Gateway.Rules.Files;

namespace Gateway.Rules.Cases;

/// <summary>A unit that can own cases: it has a contact and a calendar, or routing to it is a load error.</summary>
/// <param name="Id">Unit id, for example <c>fire-brigade</c>.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Contact">How to reach it: a telephone number or address, never a person.</param>
/// <param name="Calendar">Calendar id its clocks run on.</param>
/// <param name="Location">Where it is written.</param>
public sealed record ResponsibleUnit(string Id, string Name, string Contact, string Calendar, SourceLocation Location);

/// <summary>Time limits 处置时限 of a route; zero for none.</summary>
/// <param name="Accept">Dispatched to accepted 签收.</param>
/// <param name="Resolve">Dispatched to reported 处置.</param>
/// <param name="Verify">Reported to verified 核查.</param>
public sealed record TimeLimits(TimeSpan Accept, TimeSpan Resolve, TimeSpan Verify)
{
    /// <summary>What the accept limit counts. Default natural time.</summary>
    public ClockUnit AcceptUnit { get; init; }

    /// <summary>What the resolve limit counts. Default natural time.</summary>
    public ClockUnit ResolveUnit { get; init; }

    /// <summary>What the verify limit counts. Default natural time.</summary>
    public ClockUnit VerifyUnit { get; init; }
}

/// <summary>One row of the responsibility list 权力清单: event kind and area give one lead.</summary>
public sealed record ResponsibilityRow
{
    /// <summary>Event kind, exact (<c>flood.underpass</c>), a family (<c>flood.*</c>) or all (<c>*</c>).</summary>
    public required SourceText Event { get; init; }

    /// <summary>Area code; the row holds for it and everything below.</summary>
    public required SourceText Area { get; init; }

    /// <summary>The one unit that leads.</summary>
    public required string Lead { get; init; }

    /// <summary>Units that help.</summary>
    public IReadOnlyList<string> CoHandlers { get; init; } = [];

    /// <summary>The clocks.</summary>
    public required TimeLimits Limits { get; init; }

    /// <summary>The clocks while the city is in a mode 平战结合, by mode; where there are none for it, <see cref="Limits"/>.</summary>
    public IReadOnlyDictionary<string, TimeLimits> ModeLimits { get; init; } = new Dictionary<string, TimeLimits>();

    /// <summary>Filing condition 立案条件, for people.</summary>
    public string FilingCondition { get; init; } = "";

    /// <summary>Closing condition 结案条件, for people.</summary>
    public string ClosingCondition { get; init; } = "";
}

/// <summary>A forbidden pair of the negative list 负面清单: this unit never leads this event kind.</summary>
/// <param name="Event">Event kind, family or all.</param>
/// <param name="Unit">Unit id.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="Location">Where it is written.</param>
public sealed record ForbiddenPair(string Event, string Unit, string Reason, SourceLocation Location);

/// <summary>Who leads what, where. Immutable.</summary>
/// <param name="Units">All units by id.</param>
/// <param name="Rows">The rows, in file order.</param>
/// <param name="Forbidden">The negative list.</param>
public sealed record ResponsibilityList(
    IReadOnlyDictionary<string, ResponsibleUnit> Units,
    IReadOnlyList<ResponsibilityRow> Rows,
    IReadOnlyList<ForbiddenPair> Forbidden)
{
    /// <summary>Nobody leads anything.</summary>
    public static ResponsibilityList Empty { get; } = new(new Dictionary<string, ResponsibleUnit>(), [], []);
}
