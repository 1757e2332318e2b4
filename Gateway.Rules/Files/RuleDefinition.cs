using Gateway.Rules.Suppression;

namespace Gateway.Rules.Files;

/// <summary>A rule as the operator wrote it; the compiler makes a <c>CompiledRule</c> of it.</summary>
public sealed record RuleDefinition
{
    /// <summary>The rule's name (<c>alert:</c>), unique over all rule files: lower-case letters, digits, hyphens.</summary>
    public required SourceText Alert { get; init; }

    /// <summary>Which devices it watches.</summary>
    public required DeviceMatch Match { get; init; }

    /// <summary>The severity ladder, lowest severity first; empty for a rule that only watches absence.</summary>
    public IReadOnlyList<LevelDefinition> Levels { get; init; } = [];

    /// <summary>Fires when a device that has reported before falls silent; null when not watched.</summary>
    public AbsenceDefinition? Absent { get; init; }

    /// <summary>The case a firing alert files; null when the alert files none.</summary>
    public CaseDefinition? Case { get; init; }

    /// <summary>What its alerts keep from filing cases while they fire; null for nothing.</summary>
    public InhibitionDefinition? Inhibits { get; init; }

    /// <summary>Readings older than this neither raise nor clear it live. Default 5 minutes.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long evaluation waits for readings that come late, so that the outcome does not depend on the order they arrive in. Default 0: acts at once.
    /// </summary>
    public TimeSpan Lateness { get; init; }

    /// <summary>Whether it acts or only records what it would have done.</summary>
    public RuleMode Mode { get; init; } = RuleMode.Active;

    /// <summary>Labels added to its alerts.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Texts for people, for example <c>summary</c> and <c>summary_zh</c>.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();
}

/// <summary>Whether a rule acts.</summary>
public enum RuleMode
{
    /// <summary>Its alerts file cases.</summary>
    Active,

    /// <summary>It is evaluated and its alerts are shown, marked shadow; it files no case.</summary>
    Shadow,
}

/// <summary>Which devices a rule watches; all given conditions must hold.</summary>
public sealed record DeviceMatch
{
    /// <summary>The device kind; one kind a rule.</summary>
    public required SourceText Kind { get; init; }

    /// <summary>Tags a device must carry with these values.</summary>
    public IReadOnlyDictionary<string, SourceText> Tags { get; init; } = new Dictionary<string, SourceText>();

    /// <summary>Only these device ids; empty for all.</summary>
    public IReadOnlyList<SourceText> Devices { get; init; } = [];

    /// <summary>Only devices in these areas or below them (area codes); empty for all.</summary>
    public IReadOnlyList<SourceText> Areas { get; init; } = [];
}

/// <summary>One rung of a severity ladder.</summary>
public sealed record LevelDefinition
{
    /// <summary>The severity it raises.</summary>
    public required Evaluation.AlertSeverity Severity { get; init; }

    /// <summary>Raises the level when true.</summary>
    public required SourceText Expression { get; init; }

    /// <summary>Ends the level when true; null means "not the expression".</summary>
    public SourceText? Clear { get; init; }

    /// <summary>How long the expression must hold, counted from the first breaching reading. Default 0.</summary>
    public TimeSpan For { get; init; }

    /// <summary>How long the clear condition must hold before the level ends. Default 0.</summary>
    public TimeSpan KeepFiringFor { get; init; }
}

/// <summary>Absence of readings.</summary>
/// <param name="After">Silence longer than this raises the alert.</param>
/// <param name="Severity">The severity it raises.</param>
/// <param name="Location">Where it stands.</param>
public sealed record AbsenceDefinition(TimeSpan After, Evaluation.AlertSeverity Severity, SourceLocation Location);

/// <summary>The case a firing alert files.</summary>
public sealed record CaseDefinition
{
    /// <summary>The event kind, dotted from general to special, for example <c>flood.underpass</c>; routes and cases are found by it.</summary>
    public required SourceText Event { get; init; }

    /// <summary>One open case per event kind and scope instance.</summary>
    public CaseScope Scope { get; init; } = CaseScope.Device;

    /// <summary>A recurrence within this time of closing reopens the case in place of filing another. Default 0: never.</summary>
    public TimeSpan ReopenWithin { get; init; }

    /// <summary>A latched kind (smoke, forced door) is verified only with a field check as well as cleared readings.</summary>
    public bool Latched { get; init; }

    /// <summary>How long cleared readings must have held, after the report, for verification. Default 5 minutes.</summary>
    public TimeSpan VerifyHold { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>What one case is about.</summary>
public enum CaseScope
{
    /// <summary>One device.</summary>
    Device,

    /// <summary>One building; devices outdoors count each for themselves.</summary>
    Building,

    /// <summary>One grid.</summary>
    Grid,

    /// <summary>One unit of any level: storms alone have it, no rule can ask for it.</summary>
    Area,
}
