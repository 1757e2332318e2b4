using Gateway.Rules.Compilation;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;
using Gateway.Tests.Rules.Support;
using static Gateway.Tests.Rules.Support.SmallCity;

namespace Gateway.Tests.Rules.Compilation;

public sealed class RuleCompilerTests
{
    private static readonly RuleDefinition Good = Rule("good", "water_level >= 0.3", "water_level < 0.2");

    public static TheoryData<string, FindingLevel, RuleDefinition> BadRules => new()
    {
        { "R202", FindingLevel.Warning, Good with { Match = new DeviceMatch { Kind = Text("flood"), Tags = new Dictionary<string, SourceText> { ["site"] = Text("moon") } } } },
        { "R203", FindingLevel.Error, Good with { Match = new DeviceMatch { Kind = Text("floood") } } },
        { "R204", FindingLevel.Error, Good with { Match = new DeviceMatch { Kind = Text("flood"), Devices = [Text("FLD-9")] } } },
        { "R205", FindingLevel.Error, Good with { Match = new DeviceMatch { Kind = Text("flood"), Areas = [Text("9")] } } },
        { "R206", FindingLevel.Error, Good with { Levels = [] } },
        { "R207", FindingLevel.Error, RuleOf("bad", "flood", Level(AlertSeverity.Critical, "water_level > 1"), Level(AlertSeverity.Warning, "water_level > 2")) },
        { "R208", FindingLevel.Error, Rule("bad", "water_level > 1", forSeconds: -1) },
        { "R208", FindingLevel.Error, Rule("bad", "water_level > 1", keepSeconds: 400 * 86_400) },
        { "R208", FindingLevel.Error, Good with { MaxAge = TimeSpan.Zero } },
        { "R209", FindingLevel.Error, Rule("bad", "water_level >= 0.3", "water_level < 0.4") },
        { "R209", FindingLevel.Error, Rule("bad", "water_level >= 0.3", "water_level <= 0.3") },
        { "R209", FindingLevel.Error, Rule("bad", "water_level >= 0.3", "water_level > 0.2") },
        { "R209", FindingLevel.Error, Rule("bad", "0.3 <= water_level", "0.4 > water_level") },
        { "R209", FindingLevel.Error, Rule("bad", "battery < 20", "battery > 10") },
        { "R210", FindingLevel.Warning, RuleOf("bad", "flood", Level(AlertSeverity.Warning, "water_level > 2"), Level(AlertSeverity.Critical, "water_level > 1")) },
        { "R211", FindingLevel.Error, Good.Absent(30) },
        { "R212", FindingLevel.Warning, Good.Absent(60) },
        { "R213", FindingLevel.Warning, RuleOf("bad", "access", Level(AlertSeverity.Warning, "armed")).Absent(60) },
    };

    [Theory]
    [MemberData(nameof(BadRules))]
    public void Compile_of_a_bad_rule_finds_it(string code, FindingLevel level, RuleDefinition rule)
    {
        RuleCompilation compilation = RuleCompiler.Compile([rule], Register(), Areas);

        Finding finding = Assert.Single(compilation.Findings);
        Assert.Equal((code, level), (finding.Code, finding.Level));
        Assert.Equal(level == FindingLevel.Error, compilation.Rules is null);
    }

    [Theory]
    [InlineData("water_level >= 0.3", "water_level < 0.3")]
    [InlineData("battery < 20", "battery >= 20")]
    [InlineData("water_level >= 0.3", "battery < 50")]
    public void Compile_of_a_clear_on_the_right_side_finds_nothing(string raise, string clear) => Assert.Empty(Findings(Rule("r", raise, clear)));

    [Fact]
    public void Compile_of_a_slower_lower_level_with_the_same_limit_is_reachable_only_when_it_is_quicker()
    {
        RuleDefinition Ladder(int lowFor, int highFor) => RuleOf("r", "flood",
            Level(AlertSeverity.Warning, "water_level > 1", forSeconds: lowFor), Level(AlertSeverity.Critical, "water_level > 1", forSeconds: highFor));

        Assert.Empty(Findings(Ladder(0, 600)));
        Assert.Equal("R210", Assert.Single(Findings(Ladder(600, 0))).Code);
    }

    [Fact]
    public void Compile_collects_the_errors_of_all_rules()
    {
        IReadOnlyList<Finding> findings = Findings(
            Rule("a", "watr_level > 1", "foo < 2"),
            Rule("a", "water_level >= 0.3", "water_level < 0.4"),
            Good with { Match = new DeviceMatch { Kind = Text("fluud") } });

        Assert.Equal(["R104", "R104", "R201", "R209", "R203"], findings.Select(f => f.Code));
    }

    [Fact]
    public void Matched_devices_are_those_that_meet_all_conditions()
    {
        RuleSet set = Compile(Register("FLD-1", "FLD-2", "FLD-3"),
            Rule("all", "water_level > 1"),
            Good with { Alert = Text("one"), Match = new DeviceMatch { Kind = Text("flood"), Devices = [Text("FLD-2")] } },
            Good with { Alert = Text("street"), Match = new DeviceMatch { Kind = Text("flood"), Areas = [Text("1-1")] } },
            RuleOf("school", "access", Level(AlertSeverity.Warning, "armed")) with { Match = new DeviceMatch { Kind = Text("access"), Tags = new Dictionary<string, SourceText> { ["site"] = Text("school") } } });

        Assert.Equal([3, 1, 2, 1], set.Rules.Select(r => r.MatchedDevices));
    }

    public static TheoryData<RuleDefinition, bool> Edits => new()
    {
        { Good with { Annotations = new Dictionary<string, string> { ["summary"] = "x" } }, true },
        { Good with { Labels = new Dictionary<string, string> { ["team"] = "x" } }, true },
        { Rule("good", " water_level>=0.300", "(water_level < .2)"), true },
        { Rule("good", "water_level >= 0.31", "water_level < 0.2"), false },
        { Rule("good", "water_level >= 0.3", "water_level < 0.1"), false },
        { Rule("good", "water_level >= 0.3", "water_level < 0.2", forSeconds: 1), false },
        { Rule("good", "water_level >= 0.3", "water_level < 0.2", keepSeconds: 1), false },
        { Good with { MaxAge = TimeSpan.FromMinutes(1) }, false },
        { Good with { Mode = RuleMode.Shadow }, false },
        { Good with { Case = new CaseDefinition { Event = Text("flood.road") } }, false },
        { Good.Absent(900), false },
        { Good with { Match = new DeviceMatch { Kind = Text("flood"), Areas = [Text("1-1")] } }, false },
    };

    [Theory]
    [MemberData(nameof(Edits))]
    public void Meaning_hash_changes_with_the_meaning_only(RuleDefinition edited, bool isSame)
    {
        string before = Compile(Register(), Good).Rules[0].MeaningHash;

        Assert.Equal(isSame, Compile(Register(), edited).Rules[0].MeaningHash == before);
    }
}
