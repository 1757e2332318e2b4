using Gateway.Rules.Files;

namespace Gateway.Rules.Compilation;

/// <summary>What came of compiling all rules.</summary>
/// <param name="Rules">The rule set; null when some finding is an error.</param>
/// <param name="Findings">Everything found, errors and warnings, in the order of the rules.</param>
public sealed record RuleCompilation(RuleSet? Rules, IReadOnlyList<Finding> Findings);
