using Gateway.Protocols.Readings;

namespace Gateway.Rules.Cases;

/// <summary>催办: 80 % of a limit has passed.</summary>
/// <param name="Clock">Which clock.</param>
/// <param name="DueAt">The limit.</param>
public sealed record ClockReminded(ClockKind Clock, EventTime DueAt) : CaseEvent
{
    /// <summary>Whose clock; empty where nobody else has one.</summary>
    public string Party { get; init => field = value ?? ""; } = "";

    /// <inheritdoc />
    private protected override string Describe() => $"{Clock}{CaseText.Of(Party)} is due at {DueAt}";
}

/// <summary>督办: a limit has passed, once, twice or three times.</summary>
/// <param name="Clock">Which clock.</param>
/// <param name="Level">Who supervises from now on.</param>
/// <param name="DueAt">The limit.</param>
public sealed record ClockOverdue(ClockKind Clock, EscalationLevel Level, EventTime DueAt) : CaseEvent
{
    /// <summary>Whose clock; empty where nobody else has one.</summary>
    public string Party { get; init => field = value ?? ""; } = "";

    /// <summary>Whether it is the party's own affair, and the case's escalation stays; false where an earlier version wrote it, with which it rose.</summary>
    public bool PartyAlone { get; init; }

    /// <inheritdoc />
    private protected override string Describe() => $"{Clock}{CaseText.Of(Party)} was due at {DueAt}; {(PartyAlone ? $"{Party} is " : "")}supervised by the {Level}";
}
