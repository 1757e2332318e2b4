using Gateway.Rules.Files;

namespace Gateway.Rules.Testing;

/// <summary>One thing a test found to be other than expected.</summary>
/// <param name="Location">The expectation, or the text that could not be read.</param>
/// <param name="Message">Expected against actual, with the nearest times; one line.</param>
public sealed record RuleTestFailure(SourceLocation Location, string Message)
{
    /// <summary><c>file:line:column: message</c>.</summary>
    public override string ToString() => $"{Location}: {Message}";
}

/// <summary>What came of one test.</summary>
/// <param name="Name">What was tested.</param>
/// <param name="Failures">What was other than expected; empty when the test passed.</param>
public sealed record RuleTestResult(SourceText Name, IReadOnlyList<RuleTestFailure> Failures)
{
    /// <summary>Whether all was as expected.</summary>
    public bool HasPassed => Failures.Count == 0;
}
