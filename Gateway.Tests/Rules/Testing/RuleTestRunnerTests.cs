using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;
using Gateway.Rules.Suppression;
using Gateway.Rules.Testing;
using Gateway.Tests.Rules.Support;
using static Gateway.Tests.Rules.Support.SmallCity;

namespace Gateway.Tests.Rules.Testing;

public sealed class RuleTestRunnerTests
{
    private static readonly RuleDefinition Flooded = RuleOf("flooded", "flood",
        Level(AlertSeverity.Warning, "water_level >= 0.15", "water_level < 0.10", forSeconds: 60, keepSeconds: 600),
        Level(AlertSeverity.Critical, "water_level >= 0.30", "water_level < 0.20", forSeconds: 30, keepSeconds: 900)) with
    {
        Match = new DeviceMatch { Kind = Text("flood"), Tags = new Dictionary<string, SourceText> { ["site"] = Text("underpass") } },
    };

    private static RuleTestResult Run(RuleDefinition rule, string device, string series, params (int Seconds, ExpectedAlert[] Alerts)[] expect)
    {
        var test = new RuleTestDefinition
        {
            Name = Text("a test"),
            Every = TimeSpan.FromSeconds(20),
            Series = [new KeyValuePair<SourceText, SourceText>(Text(device, 20), Text(series, 20))],
            Expect = expect.Select((e, i) => new RuleTestExpectation(TimeSpan.FromSeconds(e.Seconds), e.Alerts, new SourceLocation("rules/test.yaml", 30 + i, 5))).ToArray(),
        };
        return Assert.Single(RuleTestRunner.Run([test], [rule], Register(), Areas));
    }

    private static ExpectedAlert Fires(AlertSeverity? severity = null, string? device = null) => new("flooded", device, severity);

    [Fact]
    public void Test_whose_expectations_hold_passes_on_a_made_up_device()
    {
        RuleTestResult result = Run(Flooded, "UNDERPASS-1", "water_level: 0.05 0.05 0.20x4 0.40x3 _x45 0.05",
            (0, []), (99, []), (100, [Fires(AlertSeverity.Warning)]), (149, [Fires(AlertSeverity.Warning)]), (150, [Fires(AlertSeverity.Critical, "UNDERPASS-1")]), (100_000, []));

        Assert.Empty(result.Failures);
    }

    [Fact]
    public void Test_of_a_single_spike_passes() => Assert.True(Run(Flooded, "U", "water_level: 0.05 0.05 0.40 0.05x10", (240, [])).HasPassed);

    [Fact]
    public void Test_that_expects_too_early_is_told_the_nearest_times()
    {
        RuleTestResult result = Run(Flooded, "U", "water_level: 0.20x9", (20, [Fires()]));

        RuleTestFailure failure = Assert.Single(result.Failures);
        Assert.Equal(
            "rules/test.yaml:30:5: at 20s: expected flooded to fire; nothing fires; nearest: pending (warning) on U at 0s, firing (warning) on U at 1m",
            failure.ToString());
    }

    [Fact]
    public void Test_that_expects_nothing_is_told_what_fires_and_why()
    {
        RuleTestResult result = Run(Flooded, "U", "water_level: 0.20x9", (120, []));

        Assert.Equal("at 2m: expected no alert; but flooded on U (warning) fires since 1m: water_level 0.2 m >= 0.15", Assert.Single(result.Failures).Message);
    }

    [Fact]
    public void Test_that_expects_another_severity_is_told_both()
    {
        RuleTestResult result = Run(Flooded, "U", "water_level: 0.20x9", (120, [Fires(AlertSeverity.Critical)]));

        Assert.Equal(2, result.Failures.Count);
        Assert.StartsWith("at 2m: expected flooded (critical) to fire; firing: flooded on U (warning)", result.Failures[0].Message);
    }

    [Fact]
    public void Test_that_expects_what_never_stirs_is_told_so() =>
        Assert.EndsWith("flooded never stirs in this test", Assert.Single(Run(Flooded, "U", "water_level: 0.01x9", (120, [Fires()])).Failures).Message);

    [Fact]
    public void Test_counts_absence_as_an_alert()
    {
        RuleTestResult result = Run(Flooded.Absent(300), "U", "water_level: 0.01 _x20 0.01", (299, []), (300, [Fires(AlertSeverity.Info)]), (420, []));

        Assert.Empty(result.Failures);
    }

    [Fact]
    public void Test_pairs_alerts_so_that_a_loose_expectation_starves_no_strict_one()
    {
        var test = new RuleTestDefinition
        {
            Name = Text("two devices"),
            Every = TimeSpan.FromSeconds(20),
            Series = [new(Text("U-1"), Text("water_level: 0.20x9")), new(Text("U-2"), Text("water_level: 0.40x9"))],
            Expect = [new RuleTestExpectation(TimeSpan.FromSeconds(120), [Fires(), Fires(device: "U-1")], default)],
        };

        Assert.Empty(Assert.Single(RuleTestRunner.Run([test], [Flooded], Register(), Areas)).Failures);
    }

    [Theory]
    [InlineData("water_level 0.2", 0, "a field's name and ':' are expected")]
    [InlineData("water_level: 0.2 high", 17, "'high' is no value of water_level")]
    [InlineData("water_level: 0.2; battery: 1xx", 27, "'1xx' is no value of battery")]
    [InlineData("water_level: 0.2; water_level: 1", 18, "the field 'water_level' stands twice")]
    [InlineData("water_level: 0.2x0", 13, "a series has 1 to 100000 steps")]
    [InlineData("water_level: 0.2x100001", 13, "a series has 1 to 100000 steps")]
    public void Series_that_cannot_be_read_is_pointed_at(string series, int offset, string message)
    {
        RuleTestFailure failure = Assert.Single(Run(Flooded, "FLD-1", series, (0, [])).Failures);

        Assert.Equal((20, 11 + offset, message), (failure.Location.Line, failure.Location.Column, failure.Message));
    }

    [Fact]
    public void Series_with_several_fields_sends_one_message_a_step_and_texts_may_end_like_counts()
    {
        RuleDefinition rule = RuleOf("flooded", "access", Level(AlertSeverity.Warning, "event == \"max2\" and armed"));

        RuleTestResult result = Run(rule, "A", "event: door_openedx2 max2x2; armed: falsex3 true", (59, []), (60, [Fires()]));

        Assert.Empty(result.Failures);
    }

    [Fact]
    public void Series_whose_fields_no_rule_watches_is_told_so() =>
        Assert.StartsWith("no rule of this file watches a kind with all of the fields smoke", Run(Flooded, "U", "smoke: 1", (0, [])).Failures[0].Message);

    [Fact]
    public void Test_of_rules_that_do_not_compile_fails_with_their_error() =>
        Assert.Contains("the rules do not compile: R104", Run(Rule("flooded", "watr > 1"), "FLD-1", "water_level: 1", (0, [])).Failures[0].Message);

    // Two gauges of one grid, one case for both; the rule of the file that inhibits keeps the other from filing.
    private static readonly RuleDefinition Filing = Rule("r", "water_level >= 1") with { Case = new CaseDefinition { Event = Text("flood.road"), Scope = CaseScope.Grid } };

    private static IReadOnlyList<string> RunCases(params (int Minutes, ExpectedCase[] Cases)[] expect)
    {
        RuleTestDefinition test = new()
        {
            Name = Text("cases"),
            Every = TimeSpan.FromMinutes(1),
            Series = [new(Text("FLD-1"), Text("water_level: 0 2 2 0 2")), new(Text("FLD-3"), Text("water_level: 0 0 2 2 2; battery: 9 9 2 2 2"))],
            Expect = [.. expect.Select(e => new RuleTestExpectation(TimeSpan.FromMinutes(e.Minutes), null, new SourceLocation("rules/test.yaml", 9, 1)) { Cases = e.Cases })],
        };
        RuleDefinition inhibited = Rule("weak", "battery < 5") with { Case = new CaseDefinition { Event = Text("device.battery") } };
        RuleDefinition filing = Filing with { Inhibits = new InhibitionDefinition([Text("weak")], InhibitionArea.Grid) };
        return [.. Assert.Single(RuleTestRunner.Run([test], [filing, inhibited], Register(), Areas)).Failures.Select(f => f.Message)];
    }

    [Fact]
    public void Cases_that_alerts_file_may_be_expected()
    {
        Assert.Empty(RunCases((0, []), (1, [new("flood.road", "FLD-1", AlertSeverity.Warning, 1)]), (2, [new("flood.road", null, null, 2)]), (4, [new("flood.road", "FLD-1", null, 3)])));
    }

    [Fact]
    public void Case_that_is_missing_or_too_many_is_told()
    {
        Assert.Equal(["at 0s: expected case flood.road on FLD-1 to be open; open: none"], RunCases((0, [new("flood.road", "FLD-1", null, null)])));
        Assert.Equal(["at 2m: no case but those expected should be open; open besides: flood.road on FLD-1 (warning, 2 occurrences)"], RunCases((2, [])));
        Assert.Equal(["at 2m: expected case flood.road with 5 occurrences to be open; open: flood.road on FLD-1 (warning, 2 occurrences)"], RunCases((2, [new("flood.road", null, null, 5)])));
    }
}
