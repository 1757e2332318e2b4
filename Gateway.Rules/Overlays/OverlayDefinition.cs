using System.Globalization;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;

namespace Gateway.Rules.Overlays;

/// <summary>
/// One file of <c>overlays/</c>: what is different of the common rules here (always), in a mode of the city, or for a time. It ends by itself.
/// Immutable.
/// </summary>
public sealed record OverlayDefinition
{
    /// <summary>Its file; overlays are laid one over the other in the order of their files.</summary>
    public required string File { get; init; }

    /// <summary>The campaign 专项行动 it belongs to; empty for none.</summary>
    public string Campaign { get; init; } = "";

    /// <summary>It holds only in this mode; null for any.</summary>
    public SourceText? Mode { get; init; }

    /// <summary>It holds from this time on, in the city's time; null for ever before.</summary>
    public DateTime? From { get; init; }

    /// <summary>It has ended at this time; null for never.</summary>
    public DateTime? Until { get; init; }

    /// <summary>Rules it changes.</summary>
    public IReadOnlyList<RuleChange> Changes { get; init; } = [];

    /// <summary>Rules there are only while it holds.</summary>
    public IReadOnlyList<RuleDefinition> Rules { get; init; } = [];

    /// <summary>Tests of the rules it changes and brings, as they are while it holds.</summary>
    public IReadOnlyList<RuleTestDefinition> Tests { get; init; } = [];

    /// <summary>When it holds, for people: <c>mode emergency, until 2026-02-24 00:00</c>; <c>always</c> for a local overlay.</summary>
    public string When => string.Join(", ", new[]
    {
        Mode is { } mode ? $"mode {mode}" : "",
        From is { } from ? string.Create(CultureInfo.InvariantCulture, $"from {from:yyyy-MM-dd HH:mm}") : "",
        Until is { } until ? string.Create(CultureInfo.InvariantCulture, $"until {until:yyyy-MM-dd HH:mm}") : "",
    }.Where(t => t.Length > 0).DefaultIfEmpty("always"));
}

/// <summary>What an overlay changes of one rule; what is null stays.</summary>
public sealed record RuleChange
{
    /// <summary>The rule.</summary>
    public required SourceText Alert { get; init; }

    /// <summary>Whether the rule does not exist while the overlay holds.</summary>
    public bool Disabled { get; init; }

    /// <summary>Keys of levels, by severity; a severity the rule does not have is a level of its own.</summary>
    public IReadOnlyList<LevelChange> Levels { get; init; } = [];

    /// <summary>Absence.</summary>
    public AbsenceDefinition? Absent { get; init; }

    /// <summary>Whether it acts.</summary>
    public RuleMode? Mode { get; init; }

    /// <summary>Age limit of readings.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>How long cleared readings must hold for verification of its cases.</summary>
    public TimeSpan? VerifyHold { get; init; }

    /// <summary>Annotations that are added or replaced.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();
}

/// <summary>What an overlay changes of one level; what is null stays.</summary>
public sealed record LevelChange
{
    /// <summary>The level.</summary>
    public required AlertSeverity Severity { get; init; }

    /// <summary>Raises it.</summary>
    public SourceText? Expression { get; init; }

    /// <summary>Ends it.</summary>
    public SourceText? Clear { get; init; }

    /// <summary>How long it must hold.</summary>
    public TimeSpan? For { get; init; }

    /// <summary>How long the clear condition must hold.</summary>
    public TimeSpan? KeepFiringFor { get; init; }

    /// <summary>Where it is written.</summary>
    public required SourceLocation Location { get; init; }
}
