using Gateway.Rules.Evaluation;

namespace Gateway.Rules.Files;

/// <summary>A test written beside the rules it tests: series of readings in, alerts at times out. It tests the rules of its own file.</summary>
public sealed record RuleTestDefinition
{
    /// <summary>What is tested, one sentence.</summary>
    public required SourceText Name { get; init; }

    /// <summary>When the first step is, in the city's time; null where that is no matter.</summary>
    public DateTime? Start { get; init; }

    /// <summary>The mode the city is in; null for the first of its modes, normal.</summary>
    public SourceText? Mode { get; init; }

    /// <summary>Time between two steps of every series.</summary>
    public required TimeSpan Every { get; init; }

    /// <summary>
    /// Readings by device id. The text is <c>field: v v v; field: v v v</c>: one value a step, <c>0.05x10</c> ten times, <c>_</c> no
    /// message at this step, <c>_x45</c> for 45 steps; enumerations by text. A device id that is not registered is a device made up for
    /// the test, of the kind and with the tags the file's rules match.
    /// </summary>
    public required IReadOnlyList<KeyValuePair<SourceText, SourceText>> Series { get; init; }

    /// <summary>What must be true, and when.</summary>
    public required IReadOnlyList<RuleTestExpectation> Expect { get; init; }
}

/// <summary>The alerts that are firing at a time of a test; the list is complete, so an empty one means none.</summary>
/// <param name="At">Time since the test's first step; after all readings and timers of that instant.</param>
/// <param name="Alerts">All firing alerts.</param>
/// <param name="Location">Where it is written.</param>
public sealed record RuleTestExpectation(TimeSpan At, IReadOnlyList<ExpectedAlert> Alerts, SourceLocation Location);

/// <summary>One alert that must be firing.</summary>
/// <param name="Alert">Rule name.</param>
/// <param name="Device">Device id, or null for any one device.</param>
/// <param name="Severity">Severity, or null for any.</param>
public sealed record ExpectedAlert(string Alert, string? Device, AlertSeverity? Severity);
