using Gateway.Protocols.Readings;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;

namespace Gateway.Rules.Testing;

/// <summary>Compares the alerts a test expects at a time with those that fire, and words the difference.</summary>
internal static class AlertComparison
{
    private const int NamesShown = 20;

    /// <summary>All differences; none when every expected alert is found and no other fires.</summary>
    /// <param name="expectation">What must fire.</param>
    /// <param name="actual">What fires.</param>
    /// <param name="transitions">Everything that happened in the test, for the nearest times.</param>
    /// <param name="start">The test's first step.</param>
    public static IEnumerable<RuleTestFailure> Compare(
        RuleTestExpectation expectation, IReadOnlyList<ActiveAlert> actual, IReadOnlyList<AlertTransition> transitions, EventTime start)
    {
        int[] takenBy = Pair(expectation.Alerts!, actual);
        string at = $"at {DurationText.Format(expectation.At)}";
        for (int i = 0; i < expectation.Alerts!.Count; i++)
        {
            if (!takenBy.Contains(i))
            {
                ExpectedAlert expected = expectation.Alerts![i];
                string message = $"{at}: expected {Name(expected)} to fire; {Actual(actual)}; {Nearest(expected, expectation.At, transitions, start)}";
                yield return new RuleTestFailure(expectation.Location, message);
            }
        }

        for (int i = 0; i < actual.Count; i++)
        {
            if (takenBy[i] < 0)
            {
                string wanted = expectation.Alerts!.Count == 0 ? "no alert" : Join(expectation.Alerts!.Select(Name));
                string message = $"{at}: expected {wanted}; but {Name(actual[i])} fires since {DurationText.Format(actual[i].Since - start)}: {actual[i].Cause}";
                yield return new RuleTestFailure(expectation.Location, message);
            }
        }
    }

    // Gives each actual alert to one expected alert (or -1), as many as possible: an alert that fits two expectations must not starve one.
    private static int[] Pair(IReadOnlyList<ExpectedAlert> expected, IReadOnlyList<ActiveAlert> actual)
    {
        int[] takenBy = Enumerable.Repeat(-1, actual.Count).ToArray();
        for (int i = 0; i < expected.Count; i++)
        {
            Claim(i, new bool[actual.Count]);
        }

        return takenBy;

        bool Claim(int claimant, bool[] tried)
        {
            for (int i = 0; i < actual.Count; i++)
            {
                if (!tried[i] && Fits(expected[claimant], actual[i]))
                {
                    tried[i] = true;
                    if (takenBy[i] < 0 || Claim(takenBy[i], tried))
                    {
                        takenBy[i] = claimant;
                        return true;
                    }
                }
            }

            return false;
        }
    }

    private static bool Fits(ExpectedAlert expected, ActiveAlert actual) => expected.Alert == actual.RuleName
        && (expected.Device is null || expected.Device == actual.DeviceId)
        && (expected.Severity is null || expected.Severity == actual.Severity);

    private static string Name(ExpectedAlert alert) =>
        alert.Alert + (alert.Device is null ? "" : $" on {alert.Device}") + (alert.Severity is { } severity ? $" ({Lower(severity)})" : "");

    private static string Name(ActiveAlert alert) => $"{alert.RuleName} on {alert.DeviceId} ({Lower(alert.Severity)}{(alert.IsAbsence ? ", absent" : "")})";

    private static string Actual(IReadOnlyList<ActiveAlert> actual) =>
        actual.Count == 0 ? "nothing fires" : $"firing: {Join(actual.Select(Name))}";

    private static string Join(IEnumerable<string> names)
    {
        string[] shown = names.Take(NamesShown + 1).ToArray();
        return shown.Length <= NamesShown ? string.Join(", ", shown) : string.Join(", ", shown.Take(NamesShown)) + ", and more";
    }

    // The change nearest to the expected time, before or after, of the alert that was expected.
    private static string Nearest(ExpectedAlert expected, TimeSpan at, IReadOnlyList<AlertTransition> transitions, EventTime start)
    {
        AlertTransition[] own = transitions.Where(t => t.RuleName == expected.Alert && (expected.Device is null || expected.Device == t.DeviceId)).ToArray();
        if (own.Length == 0)
        {
            return $"{expected.Alert} never stirs in this test";
        }

        IEnumerable<string> nearest = own
            .OrderBy(t => Math.Abs((t.At - start - at).TotalMilliseconds))
            .Take(2)
            .OrderBy(t => t.At)
            .Select(t => $"{t.Kind.ToString().ToLowerInvariant()} ({Lower(t.Severity)}) on {t.DeviceId} at {DurationText.Format(t.At - start)}");
        return $"nearest: {string.Join(", ", nearest)}";
    }

    private static string Lower(AlertSeverity severity) => severity.ToString().ToLowerInvariant();
}
