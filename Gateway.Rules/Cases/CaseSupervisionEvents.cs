using Gateway.Protocols.Readings;

namespace Gateway.Rules.Cases;

/// <summary>What a handler can ask a supervisor for.</summary>
public enum CaseRequestKind : byte
{
    /// <summary>缓办: that the clocks stand still.</summary>
    Deferral,

    /// <summary>延期: a later limit.</summary>
    Extension,
}

/// <summary>What was asked for and waits for a decision.</summary>
/// <param name="Kind">What.</param>
/// <param name="Until">Until when.</param>
/// <param name="Actor">Who asks.</param>
/// <param name="At">When.</param>
public sealed record CaseRequest(CaseRequestKind Kind, EventTime Until, string Actor, EventTime At);

/// <summary>The handler asks for a deferral 缓办 or an extension 延期.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Until">Until when.</param>
/// <param name="Reason">Why.</param>
public sealed record CaseRequested(CaseRequestKind Kind, EventTime Until, string Reason) : CaseEvent
{
    /// <inheritdoc />
    private protected override string Describe() => $"{(Kind == CaseRequestKind.Deferral ? "deferral" : "extension")} until {Until} asked for{CaseText.Remark(Reason)}";
}

/// <summary>The supervisor refuses what was asked for.</summary>
/// <param name="Reason">Why.</param>
public sealed record CaseRequestDenied(string Reason) : CaseEvent
{
    /// <inheritdoc cref="CaseAccepted.KeepsName" />
    public bool KeepsName { get; init; }

    /// <inheritdoc />
    private protected override string Describe() => $"request denied{CaseText.Remark(Reason)}";
}

/// <summary>缓办 granted: the clocks stand still.</summary>
/// <param name="Until">When they go on by themselves.</param>
/// <param name="Reason">Remark.</param>
public sealed record CaseDeferred(EventTime Until, string Reason) : CaseEvent
{
    /// <inheritdoc cref="CaseAccepted.KeepsName" />
    public bool KeepsName { get; init; }

    /// <inheritdoc />
    private protected override string Describe() => $"deferred until {Until}{CaseText.Remark(Reason)}";
}

/// <summary>延期 granted: the resolve clock has another limit.</summary>
/// <param name="Clocks">The clock as it goes on.</param>
/// <param name="Reason">Remark.</param>
public sealed record CaseExtended(IReadOnlyList<CaseClock> Clocks, string Reason) : CaseEvent
{
    /// <inheritdoc cref="CaseAccepted.KeepsName" />
    public bool KeepsName { get; init; }

    /// <inheritdoc />
    private protected override string Describe() => $"extended to {Clocks[0].DueAt}{CaseText.Remark(Reason)}";
}

/// <summary>The time of a deferral is over, or somebody ended it: the clocks go on.</summary>
/// <param name="Clocks">The clocks as they go on.</param>
/// <param name="Reason">Remark.</param>
public sealed record CaseDeferralEnded(IReadOnlyList<CaseClock> Clocks, string Reason) : CaseEvent
{
    /// <inheritdoc />
    private protected override string Describe() => $"deferral ended{CaseText.Remark(Reason)}";
}

/// <summary>督办: under supervision, whatever the clocks say.</summary>
/// <param name="Level">Who supervises from now on.</param>
/// <param name="Reason">Why.</param>
public sealed record CaseSupervised(EscalationLevel Level, string Reason) : CaseEvent
{
    /// <summary>Whether the case keeps the name of who did it for good; false where an earlier version wrote it, or the gateway did it.</summary>
    public bool KeepsName { get; init; }

    /// <inheritdoc />
    private protected override string Describe() => $"supervised by the {Level}{CaseText.Remark(Reason)}";
}

/// <summary>吹哨: other units are summoned to the place.</summary>
/// <param name="Units">Who.</param>
/// <param name="Clocks">A clock for each.</param>
/// <param name="Reason">Remark.</param>
public sealed record CaseWhistled(IReadOnlyList<string> Units, IReadOnlyList<CaseClock> Clocks, string Reason) : CaseEvent
{
    /// <inheritdoc />
    private protected override string Describe() => $"summoned {string.Join(", ", Units)}{CaseText.Remark(Reason)}";
}

/// <summary>到场: a summoned unit is there.</summary>
/// <param name="Unit">Who.</param>
/// <param name="Reason">Remark.</param>
public sealed record PartyArrived(string Unit, string Reason) : CaseEvent
{
    /// <inheritdoc />
    private protected override string Describe() => $"{Unit} arrived{CaseText.Remark(Reason)}";
}
