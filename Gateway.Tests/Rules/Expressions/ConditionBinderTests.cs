using Gateway.Rules.Expressions;
using Gateway.Rules.Files;
using Gateway.Tests.Rules.Support;

namespace Gateway.Tests.Rules.Expressions;

public sealed class ConditionBinderTests
{
    [Theory]
    [InlineData("water_levle >= 0.3", "R104", 0, "did you mean water_level?")]
    [InlineData("battery < 20 and watr_level > 1", "R104", 17, "did you mean water_level?")]
    [InlineData("note == \"x\"", "R105", 0, "use a number, boolean or enumeration field")]
    [InlineData("submerged > 1", "R107", 12, "compare it with true or false, or write it alone")]
    [InlineData("submerged == 1", "R107", 13, "compare it with true or false, or write it alone")]
    [InlineData("submerged > true", "R107", 0, "use == or != or in")]
    [InlineData("water_level == \"high\"", "R107", 15, "compare it with a number")]
    [InlineData("water_level > 12", "R108", 14, "the sensor reports 0 m to 10 m")]
    [InlineData("water_level >= -1", "R108", 15, "the sensor reports 0 m to 10 m")]
    [InlineData("water_level > 10", "R108", 14, "the sensor reports 0 m to 10 m")]
    [InlineData("200 < battery", "R108", 0, "the sensor reports 0 % to 100 %")]
    [InlineData("battery in (5, 105)", "R108", 15, "the sensor reports 0 % to 100 %")]
    [InlineData("water_level", "R110", 0, "compare it, for example with >=")]
    [InlineData("1 < 2", "R111", 0, "compare a field of kind flood")]
    [InlineData("water_level / (1 - 1) > 2", "R112", 15, "")]
    [InlineData("water_level > rainfall", "R113", 14, "compare and add fields of one unit only")]
    [InlineData("water_level + battery > 1", "R113", 14, "compare and add fields of one unit only")]
    [InlineData("(water_level > 1) == submerged", "R107", 1, "join conditions with and, or, not")]
    [InlineData("water_level in (1, ground)", "R107", 19, "a list holds constants only")]
    [InlineData("submerged + 1 > 2", "R107", 0, "")]
    [InlineData("raise(water_level, 5m) > 1", "R109", 0, "did you mean rise?")]
    [InlineData("rise(water_level) > 1", "R114", 0, "write rise(field, window)")]
    [InlineData("rise(0.3, 5m) > 1", "R114", 5, "write rise(field, window)")]
    [InlineData("rise(water_level, 300) > 1", "R114", 18, "a duration such as 30s, 5m or 1h30m")]
    [InlineData("rise(water_levle, 5m) > 1", "R104", 5, "did you mean water_level?")]
    [InlineData("avg(submerged, 5m) > 1", "R107", 4, "take any field")]
    [InlineData("avg(water_level, 20s) > 1", "R115", 17, "allow at least two reporting intervals")]
    [InlineData("avg(water_level, 8d) > 1", "R115", 17, "from 1ms to 7d")]
    [InlineData("avg(water_level, 5m) > battery", "R113", 23, "compare and add fields of one unit only")]
    [InlineData("time_to(water_level, 12, 1h) < 1h", "R108", 21, "the sensor reports 0 m to 10 m")]
    [InlineData("time_to(water_level, 1h) < 1h", "R114", 21, "write time_to(field, limit, window)")]
    [InlineData("time_to(water_level, battery) < 1h", "R114", 21, "write time_to(field, limit, window)")]
    [InlineData("hits(water_level >= 1, 1) > 1", "R114", 23, "write hits(condition, M)")]
    [InlineData("hits(water_level, 5) > 1", "R110", 5, "compare it, for example with >=")]
    [InlineData("sequence(submerged, not submerged, 5m) > 1", "R107", 41, "compare it with true or false")]
    [InlineData("water_level >= 5m", "R113", 15, "compare and add fields of one unit only")]
    public void Bind_of_a_bad_expression_gives_code_place_and_fix(string text, string code, int offset, string fix)
    {
        List<Finding> findings = [];

        Assert.Null(ConditionBinder.Bind(SmallCity.Text(text), SmallCity.Flood, findings));

        Finding finding = Assert.Single(findings);
        Assert.Equal((code, 11 + offset), (finding.Code, finding.Location.Column));
        Assert.Contains(fix, finding.Code == "R107" && fix.StartsWith('a') ? finding.Message : finding.Fix);
    }

    [Theory]
    [InlineData("event == \"door_frced\"", "R106", 9, "did you mean door_forced?")]
    [InlineData("event == door_forced", "R104", 9, "put the text in quotes: \"door_forced\"")]
    [InlineData("event in (\"door_forced\", \"window\")", "R106", 25, "there are: door_opened, door_closed, door_forced, max2")]
    [InlineData("event >= \"door_forced\"", "R107", 0, "use == or != or in")]
    [InlineData("card == \"1\"", "R105", 0, "use a number")]
    public void Bind_of_a_bad_text_gives_code_place_and_fix(string text, string code, int offset, string fix)
    {
        List<Finding> findings = [];

        Assert.Null(ConditionBinder.Bind(SmallCity.Text(text), SmallCity.Access, findings));

        Finding finding = Assert.Single(findings);
        Assert.Equal((code, 11 + offset), (finding.Code, finding.Location.Column));
        Assert.Contains(fix, finding.Fix);
    }

    [Fact]
    public void Bind_reports_all_errors_of_an_expression_at_once()
    {
        List<Finding> findings = [];

        ConditionBinder.Bind(SmallCity.Text("foo > 1 or water_level > 99 or bar < 2"), SmallCity.Flood, findings);

        Assert.Equal(["R104", "R108", "R104"], findings.Select(f => f.Code));
    }

    [Theory]
    [InlineData("water_level - ground > 0.2")]
    [InlineData("water_level * 2 > ground")]
    [InlineData("water_level / ground > 0.5")]
    [InlineData("submerged")]
    [InlineData("not submerged")]
    [InlineData("submerged != false")]
    [InlineData("battery <= 100 and water_level >= 0")]
    public void Bind_of_a_good_expression_finds_nothing(string text)
    {
        List<Finding> findings = [];

        Assert.NotNull(ConditionBinder.Bind(SmallCity.Text(text), SmallCity.Flood, findings));
        Assert.Empty(findings);
    }

    [Theory]
    [InlineData("water_level >= 0.30", "water_level 0.42 m >= 0.30")]
    [InlineData("water_level >= 0.30 or rainfall > 50", "water_level 0.42 m >= 0.30")]
    [InlineData("water_level >= 0.30 and battery < 90", "water_level 0.42 m >= 0.30 and battery 88 % < 90")]
    [InlineData("not (water_level < 0.30 or submerged)", "water_level 0.42 m >= 0.30 and submerged false")]
    [InlineData("battery in (88, 89)", "battery 88 % in (88, 89)")]
    [InlineData("water_level - ground > 0.1", "(water_level 0.42 m - ground 0.3 m) > 0.1")]
    public void Describe_gives_the_holding_conditions_with_values(string text, string described)
    {
        double[] row = [0.42, 1.5, 88, 0, 0.3, double.NaN];

        Condition condition = ConditionBinder.Bind(SmallCity.Text(text), SmallCity.Flood, [])!;

        Assert.Equal(described, condition.Describe(column => row[column]));
    }
}
