using Gateway.Rules.Files;

namespace Gateway.Rules.Cases;

/// <summary>Who has a case, and how long.</summary>
/// <param name="Lead">The one unit that leads.</param>
/// <param name="CoHandlers">Units that help.</param>
/// <param name="Limits">The clocks' limits.</param>
/// <param name="FilingCondition">立案条件, for people.</param>
/// <param name="ClosingCondition">结案条件, for people.</param>
/// <param name="Location">The row that says so.</param>
public sealed record Route(
    string Lead, IReadOnlyList<string> CoHandlers, TimeLimits Limits, string FilingCondition, string ClosingCondition, SourceLocation Location);
