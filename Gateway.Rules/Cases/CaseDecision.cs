namespace Gateway.Rules.Cases;

/// <summary>What a command led to: events, or a refusal and no event. Immutable.</summary>
/// <param name="Events">The events, in order; empty when refused.</param>
/// <param name="Refusal">Why it was refused, or null.</param>
public sealed record CaseDecision(IReadOnlyList<CaseEvent> Events, CaseRefusal? Refusal);
