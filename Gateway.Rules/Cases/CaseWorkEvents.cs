namespace Gateway.Rules.Cases;

/// <summary>签收: the lead takes it.</summary>
/// <param name="Unit">The lead.</param>
/// <param name="Reason">Remark.</param>
public sealed record CaseAccepted(string Unit, string Reason) : CaseEvent
{
    /// <summary>Whether the case keeps the name of who did it for good; false where an earlier version wrote it, which knew only who did it last.</summary>
    public bool KeepsName { get; init; }

    /// <inheritdoc />
    private protected override string Describe() => $"accepted for {Unit}{CaseText.Remark(Reason)}";
}

/// <summary>退单: the lead gives it back.</summary>
/// <param name="Unit">Who refused.</param>
/// <param name="To">Where it goes next; empty for the territory.</param>
/// <param name="Reason">Why.</param>
public sealed record CaseReturned(string Unit, string To, string Reason) : CaseEvent
{
    /// <summary>How often it has been returned since somebody last accepted it, this time included; 0 where an earlier version wrote it, which did not count so.</summary>
    public int InARow { get; init; }

    /// <inheritdoc />
    private protected override string Describe() => $"returned by {Unit}{CaseText.Remark(Reason)}";
}

/// <summary>处理反馈: the handler says it is done.</summary>
/// <param name="FieldCheck">Whether the handler was there.</param>
/// <param name="Reason">What was done.</param>
public sealed record CaseReported(bool FieldCheck, string Reason) : CaseEvent
{
    /// <inheritdoc cref="CaseAccepted.KeepsName" />
    public bool KeepsName { get; init; }

    /// <inheritdoc />
    private protected override string Describe() => $"reported done{CaseText.Remark(Reason)}";
}

/// <summary>核查 begins.</summary>
/// <param name="Clocks">The clock that starts.</param>
public sealed record VerificationStarted(IReadOnlyList<CaseClock> Clocks) : CaseEvent
{
    /// <inheritdoc />
    private protected override string Describe() => "verification started";
}

/// <summary>The verifier found it not done: back to the lead, one rework more.</summary>
/// <param name="Clocks">The clocks that start.</param>
/// <param name="Reason">What was found.</param>
public sealed record VerificationFailed(IReadOnlyList<CaseClock> Clocks, string Reason) : CaseEvent
{
    /// <summary>Whether the case keeps the names of who accepted and reported it for good; false where an earlier version wrote it.</summary>
    public bool KeepsNames { get; init; }

    /// <inheritdoc />
    private protected override string Describe() => $"verification failed{CaseText.Remark(Reason)}";
}

/// <summary>结案: verified and closed.</summary>
/// <param name="FieldCheck">Whether the verifier was there.</param>
/// <param name="Reason">Remark.</param>
public sealed record CaseClosed(bool FieldCheck, string Reason) : CaseEvent
{
    /// <summary>Whether the case keeps the names of who accepted and reported it for good; false where an earlier version wrote it.</summary>
    public bool KeepsNames { get; init; }

    /// <summary>Of a storm: how soon a recurrence reopens it; zero for never, and of what an earlier version closed.</summary>
    public TimeSpan ReopenWithin { get; init; }

    /// <inheritdoc />
    private protected override string Describe() => $"verified and closed{(FieldCheck ? " after a field check" : "")}{CaseText.Remark(Reason)}";
}

/// <summary>误报: a false alarm.</summary>
/// <param name="Reason">Why.</param>
public sealed record CaseVoided(string Reason) : CaseEvent
{
    /// <inheritdoc />
    private protected override string Describe() => $"voided{CaseText.Remark(Reason)}";
}

/// <summary>综合评价: how it went.</summary>
/// <param name="Score">1 (bad) to 5 (good).</param>
/// <param name="Reason">Remark.</param>
public sealed record CaseEvaluated(int Score, string Reason) : CaseEvent
{
    /// <inheritdoc />
    private protected override string Describe() => $"evaluated: {Score} of 5{CaseText.Remark(Reason)}";
}

/// <summary>群众评价: somebody it was closed for has rated it, with a token that was good once. Who that is nobody knows.</summary>
/// <param name="Score">1 (bad) to 5 (good).</param>
public sealed record CaseRated(int Score) : CaseEvent
{
    /// <inheritdoc />
    private protected override string Describe() => $"rated {Score} of 5 by the public";
}

/// <summary>A remark.</summary>
/// <param name="Text">The remark.</param>
public sealed record CaseCommented(string Text) : CaseEvent
{
    /// <inheritdoc />
    private protected override string Describe() => Text;
}

/// <summary>Pieces of the lines for people.</summary>
internal static class CaseText
{
    /// <summary><c> of party</c>, or nothing.</summary>
    public static string Of(string party) => party.Length == 0 ? "" : $" of {party}";

    /// <summary><c>: reason</c>, or nothing.</summary>
    public static string Remark(string reason) => reason.Length == 0 ? "" : $": {reason}";
}
