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
/// <param name="Alerts">All firing alerts; null where the test says nothing of alerts at that time.</param>
/// <param name="Location">Where it is written.</param>
public sealed record RuleTestExpectation(TimeSpan At, IReadOnlyList<ExpectedAlert>? Alerts, SourceLocation Location)
{
    /// <summary>All cases that are open then; null where the test says nothing of cases.</summary>
    public IReadOnlyList<ExpectedCase>? Cases { get; init; }
}

/// <summary>One case that must be open.</summary>
/// <param name="Event">Its event.</param>
/// <param name="Device">The device that was first, or null for any.</param>
/// <param name="Severity">Its severity, or null for any.</param>
/// <param name="Occurrences">How many alerts have fired or recurred in it, or null for any number.</param>
public sealed record ExpectedCase(string Event, string? Device, AlertSeverity? Severity, int? Occurrences)
{
    /// <summary>Whether a case is one.</summary>
    public bool Fits(Cases.Case one) =>
        one.Facts.Key.Event == Event && (Device is null || one.Facts.DeviceId == Device) && (Severity is null || one.Severity == Severity) && (Occurrences is null || one.Occurrences == Occurrences);

    /// <inheritdoc />
    public override string ToString() =>
        $"{Event}{(Device is null ? "" : $" on {Device}")}{(Severity is { } severity ? $" ({severity.ToString().ToLowerInvariant()})" : "")}{(Occurrences is { } count ? $" with {count} occurrences" : "")}";
}

/// <summary>One alert that must be firing.</summary>
/// <param name="Alert">Rule name.</param>
/// <param name="Device">Device id, or null for any one device.</param>
/// <param name="Severity">Severity, or null for any.</param>
public sealed record ExpectedAlert(string Alert, string? Device, AlertSeverity? Severity);
