using System.Globalization;
using System.Text.RegularExpressions;
using Gateway.Host.City;
using Gateway.Rules.Compilation;
using Gateway.Rules.Files;
using Gateway.Rules.Testing;
using Xunit.Abstractions;

namespace Gateway.Tests.Rules.Testing;

/// <summary>
/// The tests beside the sample city's rules are put to the test: every threshold of every rule is moved, every comparison turned round, every
/// time and window halved and doubled, every and made an or, every not left out, one at a time, and each time one of the tests of that file
/// must fail. Only the radius of neighbours is left alone: devices made up for a test all stand at one point.
/// </summary>
public sealed partial class SamplePackMutationTests(ITestOutputHelper output)
{
    private const int LeastRules = 30;
    private const double Step = 0.1; // of a limit, up and down

    private static readonly CityDefinition City = CityReader.Read(CityFolder.Read(CityFolder.SamplePath).Files).City!;

    public static TheoryData<string> Files => [.. City.Rules.Select(r => r.Alert.Location.File).Distinct()];

    [Fact]
    public void Pack_has_enough_rules_over_the_four_kinds()
    {
        Assert.True(City.Rules.Count >= LeastRules, $"{City.Rules.Count} rules");
        Assert.Equal(["access", "camera", "flood", "smoke"], City.Rules.Select(r => r.Match.Kind.Text).Distinct().Order());
    }

    [Fact]
    public void Every_rule_fires_in_a_test_and_is_silent_in_another()
    {
        foreach (RuleDefinition rule in City.Rules)
        {
            IReadOnlyList<RuleTestDefinition> tests = City.Tests[rule.Alert.Location.File];
            Assert.True(tests.Any(t => t.Expect.Any(e => e.Alerts?.Any(a => a.Alert == rule.Alert.Text) is true)), $"no test of {rule.Alert} expects it");
            Assert.True(tests.Any(t => t.Expect.All(e => e.Alerts?.All(a => a.Alert != rule.Alert.Text) is not false)), $"no test expects {rule.Alert} to be silent");
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Rule_that_is_changed_fails_a_test_of_its_file(string file)
    {
        List<RuleDefinition> rules = [.. City.Rules.Where(r => r.Alert.Location.File == file)];
        Assert.True(Passes(file, rules));
        List<string> survivors = [];
        int count = 0;
        for (int i = 0; i < rules.Count; i++)
        {
            foreach ((string what, RuleDefinition mutant) in Mutants(rules[i]))
            {
                count++;
                if (Passes(file, [.. rules[..i], mutant, .. rules[(i + 1)..]]))
                {
                    survivors.Add($"{rules[i].Alert.Location}: {rules[i].Alert}: {what}");
                }
            }
        }

        Assert.True(survivors.Count == 0, $"{survivors.Count} of {count} changes fail no test:\n{string.Join('\n', survivors)}");
        Assert.NotEqual(0, count);
        output.WriteLine($"{count} changes, each fails a test");
    }

    private static bool Passes(string file, IReadOnlyList<RuleDefinition> rules) =>
        City.Tests[file].All(test => RuleTestRunner.Run([test], rules, City.Devices, City.AreaTrees[^1], CityContext.Of(City))[0].HasPassed);

    private static IEnumerable<(string What, RuleDefinition Mutant)> Mutants(RuleDefinition rule)
    {
        for (int i = 0; i < rule.Levels.Count; i++)
        {
            LevelDefinition level = rule.Levels[i];
            RuleDefinition With(LevelDefinition changed) => rule with { Levels = [.. rule.Levels.Select((l, n) => n == i ? changed : l)] };
            foreach (string text in Changed(level.Expression.Text))
            {
                yield return ($"{level.Severity} expr {text}", With(level with { Expression = level.Expression with { Text = text } }));
            }

            foreach (string text in level.Clear is { } clear ? Changed(clear.Text) : [])
            {
                yield return ($"{level.Severity} clear {text}", With(level with { Clear = level.Clear!.Value with { Text = text } }));
            }

            foreach (TimeSpan time in Changed(level.For))
            {
                yield return ($"{level.Severity} for {DurationText.Format(time)}", With(level with { For = time }));
            }

            foreach (TimeSpan time in Changed(level.KeepFiringFor))
            {
                yield return ($"{level.Severity} keep_firing_for {DurationText.Format(time)}", With(level with { KeepFiringFor = time }));
            }
        }

        foreach (TimeSpan time in rule.Absent is { } absent ? Changed(absent.After) : [])
        {
            yield return ($"absent after {DurationText.Format(time)}", rule with { Absent = rule.Absent! with { After = time } });
        }
    }

    private static IEnumerable<TimeSpan> Changed(TimeSpan time) => time == TimeSpan.Zero ? [] : [time / 2, time * 2];

    private static IEnumerable<string> Changed(string expression)
    {
        foreach (Match comparison in Comparison().Matches(expression))
        {
            string turned = comparison.Value switch { ">=" => "<", "<=" => ">", ">" => "<=", "<" => ">=", "==" => "!=", _ => "==" };
            yield return Replaced(expression, comparison, turned);
        }

        foreach (Match limit in Limit().Matches(expression))
        {
            Group number = limit.Groups["number"];
            double value = double.Parse(number.Value, CultureInfo.InvariantCulture);
            double step = value == Math.Floor(value) && Math.Abs(value) <= 10 ? 1 : Math.Abs(value) * Step;
            foreach (double moved in new[] { value + step, value - step })
            {
                yield return Replaced(expression, number, moved.ToString("R", CultureInfo.InvariantCulture));
            }
        }

        foreach (Match limit in TimeLimit().Matches(expression))
        {
            Group time = limit.Groups["time"];
            Assert.True(DurationText.TryParse(time.Value, out TimeSpan value));
            yield return Replaced(expression, time, DurationText.Format(value / 2));
            yield return Replaced(expression, time, DurationText.Format(value * 2));
        }

        foreach (Match size in Size().Matches(expression))
        {
            Group number = size.Groups["number"];
            int value = int.Parse(number.Value, CultureInfo.InvariantCulture);
            yield return Replaced(expression, number, (value + 1).ToString(CultureInfo.InvariantCulture));
            yield return Replaced(expression, number, (value - 1).ToString(CultureInfo.InvariantCulture));
        }

        foreach (Match word in Connective().Matches(expression))
        {
            yield return Replaced(expression, word, word.Value switch { "and" => "or", "or" => "and", _ => "" });
        }
    }

    private static string Replaced(string text, Capture at, string by) => string.Concat(text.AsSpan(0, at.Index), by, text.AsSpan(at.Index + at.Length));

    [GeneratedRegex("[<>]=?|[=!]=")]
    private static partial Regex Comparison();

    // A number that something is compared with, or the level that time_to looks ahead to.
    [GeneratedRegex("(?:[<>]=?|[=!]=|time_to\\(\\w+,)\\s*(?<number>-?\\d+(?:\\.\\d+)?)(?![\\d.a-z])")]
    private static partial Regex Limit();

    // A time that something is compared with, or a window.
    [GeneratedRegex("(?:[<>]=?|[=!]=|,|within=)\\s*(?<time>(?:\\d+[smhd])+)")]
    private static partial Regex TimeLimit();

    // How many readings hits looks at.
    [GeneratedRegex(",\\s*(?<number>\\d+)\\s*\\)")]
    private static partial Regex Size();

    [GeneratedRegex("\\b(?:and|or)\\b|\\bnot (?!in\\b)")]
    private static partial Regex Connective();
}
