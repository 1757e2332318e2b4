using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;

namespace Gateway.Host.Cases.Evidence;

/// <summary>Which decision a bundle is about.</summary>
internal enum DecisionKind : byte
{
    /// <summary>The case was opened.</summary>
    Opened,

    /// <summary>A closed case was opened again.</summary>
    Reopened,
}

/// <summary>
/// All that one decision rests on, so that it can be taken once more without the log and whatever the rules are by then. The city it names by
/// revision is in the city archive, whose files are named by their content. Immutable.
/// </summary>
internal sealed record EvidenceBundle
{
    /// <summary>The case.</summary>
    public required string CaseNo { get; init; }

    /// <summary>Sequence, in the case, of the event with which the decision begins.</summary>
    public required int Decision { get; init; }

    /// <summary>Which decision.</summary>
    public required DecisionKind Kind { get; init; }

    /// <summary>Log time of the decision.</summary>
    public required EventTime DecidedAt { get; init; }

    /// <summary>Log offset of the record that caused it.</summary>
    public required long Offset { get; init; }

    /// <summary>The rule that decided; null where people reported.</summary>
    public RuleReference? Rule { get; init; }

    /// <summary>Text of the rule's file; empty where people reported, or the city is not known.</summary>
    public string RuleText { get; init; } = "";

    /// <summary>The device it was decided on; empty where people reported.</summary>
    public string DeviceId { get; init; } = "";

    /// <summary>Version of the program that sealed it.</summary>
    public required string Engine { get; init; }

    /// <summary>Revision of the city that held; empty where the log no longer says.</summary>
    public string City { get; init; } = "";

    /// <summary>Mode of that city.</summary>
    public string Mode { get; init; } = "";

    /// <summary>Version of its area tree.</summary>
    public string AreaVersion { get; init; } = "";

    /// <summary>SHA-256 of each of its files, by path.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    /// <summary>The devices whose readings the decision may rest on.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>Readings received from this time on are in it.</summary>
    public required EventTime From { get; init; }

    /// <summary>Highest case number before the decision; a case it opens has the next.</summary>
    public required long LastNumber { get; init; }

    /// <summary>The closed case as it stood, JSON as the store has it; null where the decision opened one.</summary>
    public string? Before { get; init; }

    /// <summary>The open storm over the place as it stood, JSON as the store has it; null where that decided nothing.</summary>
    public string? Storm { get; init; }

    /// <summary>The events of the decision, JSON, byte for byte as the store has them.</summary>
    public required IReadOnlyList<string> Events { get; init; }

    /// <summary>
    /// The records, in log order: first the clock and the city that held at <see cref="From"/>, then what came in; the last is the one
    /// with which the decision was taken.
    /// </summary>
    public required IReadOnlyList<EvidenceRecord> Records { get; init; }

    /// <summary>Whether the records alone led to the same events, byte for byte, when the bundle was made.</summary>
    public bool Reproduces { get; init; }

    /// <summary>Why not; empty where they did.</summary>
    public string Reason { get; init; } = "";
}
