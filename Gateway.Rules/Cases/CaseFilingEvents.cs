using Gateway.Rules.Files;

namespace Gateway.Rules.Cases;

/// <summary>信息收集: the case begins; every other event follows this one.</summary>
/// <param name="Facts">What never changes.</param>
/// <param name="Number">The case number's sequence over all cases.</param>
/// <param name="First">The alert that began it; null when a person reported.</param>
public sealed record CaseCollected(CaseFacts Facts, long Number, AlertOccurrence? First) : CaseEvent
{
    /// <summary>What a person reported; null when a device was first.</summary>
    public CaseReport? Report { get; init; }

    /// <inheritdoc />
    private protected override string Describe() =>
        Facts.Key.Scope == CaseScope.Area ? $"{Facts.Key.Event} in {Facts.Key.Instance}{(First is null ? "" : $": {First.Evidence.DeviceId}: {First.Evidence.Cause}")}"
        : First is null ? $"{Facts.Key.Event} reported by {Facts.Source}{CaseText.Remark(Report?.Description ?? "")}"
        : $"{Facts.Key.Event} sensed by {First.Evidence.DeviceId}: {First.Evidence.Cause}";
}

/// <summary>案卷建立: it is a case.</summary>
/// <param name="Condition">The filing condition 立案条件 that was met, for people; empty when none is written.</param>
public sealed record CaseFiled(string Condition) : CaseEvent
{
    /// <inheritdoc />
    private protected override string Describe() => Condition.Length == 0 ? "filed" : $"filed: {Condition}";
}

/// <summary>No unit is responsible: the territory 属地 leads until someone names one.</summary>
/// <param name="Territory">Code of the street.</param>
/// <param name="Limits">The clocks' limits.</param>
/// <param name="Clocks">The clocks that start.</param>
/// <param name="Reason">Why nobody is responsible.</param>
public sealed record CaseUnowned(string Territory, TimeLimits Limits, IReadOnlyList<CaseClock> Clocks, string Reason) : CaseEvent
{
    /// <inheritdoc />
    private protected override string Describe() => $"goes to the territory {Territory}: {Reason}";
}

/// <summary>任务派遣: a lead has it.</summary>
/// <param name="Lead">The unit that leads.</param>
/// <param name="CoHandlers">Units that help.</param>
/// <param name="Limits">The clocks' limits.</param>
/// <param name="Clocks">The clocks that start.</param>
/// <param name="ClosingCondition">结案条件, for people.</param>
/// <param name="Basis">Where that is written, <c>file:line:column</c>, or who said so.</param>
public sealed record CaseDispatched(
    string Lead, IReadOnlyList<string> CoHandlers, TimeLimits Limits, IReadOnlyList<CaseClock> Clocks, string ClosingCondition, string Basis) : CaseEvent
{
    /// <inheritdoc />
    private protected override string Describe() =>
        CoHandlers.Count == 0 ? $"dispatched to {Lead}" : $"dispatched to {Lead} with {string.Join(", ", CoHandlers)}";
}

/// <summary>It happened again soon after closing: the same lead has it again.</summary>
/// <param name="Clocks">The clocks that start.</param>
/// <param name="Reason">What happened.</param>
public sealed record CaseReopened(IReadOnlyList<CaseClock> Clocks, string Reason) : CaseEvent
{
    /// <summary>Whether it is a storm that cases have gathered to again: it rests on them, and what happened is told by them.</summary>
    public bool Gathered { get; init; }

    /// <inheritdoc />
    private protected override string Describe() => $"reopened: {Reason}";
}
