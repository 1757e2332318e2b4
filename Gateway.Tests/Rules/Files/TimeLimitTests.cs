using Gateway.Rules.Cases;
using Gateway.Rules.Files;

namespace Gateway.Tests.Rules.Files;

/// <summary>Time limits of the responsibility list as written: natural time, working hours, working days.</summary>
public sealed class TimeLimitTests
{
    [Theory]
    [InlineData("4h", "04:00:00", ClockUnit.Natural)]
    [InlineData("1d12h", "1.12:00:00", ClockUnit.Natural)]
    [InlineData("4wh", "04:00:00", ClockUnit.WorkingHours)]
    [InlineData("30wh", "1.06:00:00", ClockUnit.WorkingHours)]
    [InlineData("3wd", "3.00:00:00", ClockUnit.WorkingDays)]
    public void Limit_reads(string text, string length, ClockUnit unit)
    {
        CityReadResult read = Read(text);
        TimeLimits limits = read.City!.Responsibility.Rows.Single(r => r.Event.Text == "test.limit").Limits;
        Assert.Equal((TimeSpan.Parse(length), unit), (limits.Resolve, limits.ResolveUnit));
        Assert.Equal((TimeSpan.FromMinutes(10), ClockUnit.Natural), (limits.Accept, limits.AcceptUnit));
    }

    [Theory]
    [InlineData("wd", "Y014", "is not a duration")]
    [InlineData("-3wd", "Y014", "is not a duration")]
    [InlineData("1.5wh", "Y014", "is not a duration")]
    [InlineData("3ww", "Y014", "is not a duration")]
    [InlineData("0wd", "Y020", "outside 1wd to 366wd")]
    [InlineData("367wd", "Y020", "outside 1wd to 366wd")]
    [InlineData("8785wh", "Y020", "outside 1wh to 8784wh")]
    [InlineData("99999999999wd", "Y014", "is not a duration")]
    [InlineData("2000000000wd", "Y020", "outside 1wd to 366wd")]
    public void Limit_that_cannot_be_is_a_finding_at_its_place(string text, string code, string says)
    {
        Finding finding = Assert.Single(Read(text).Findings, f => f.Level == FindingLevel.Error);
        Assert.Equal((code, "duty/x.yaml", 5), (finding.Code, finding.Location.File, finding.Location.Line));
        Assert.Contains(says, finding.Message);
    }

    [Theory]
    [InlineData("", "normal", 10, 240, 1440)]
    [InlineData("", "emergency", 10, 240, 1440)]
    [InlineData("mode_limits: {emergency: {accept: 2m}}", "normal", 10, 240, 1440)]
    [InlineData("mode_limits: {emergency: {accept: 2m}}", "emergency", 2, 240, 1440)]
    [InlineData("mode_limits: {emergency: {accept: 2m, resolve: 90m, verify: 0s}}", "emergency", 2, 90, 0)]
    [InlineData("mode_limits: {emergency: {}}", "emergency", 10, 240, 1440)]
    public void Row_has_the_limits_of_the_mode_and_else_its_own(string modeLimits, string mode, double accept, double resolve, double verify)
    {
        CityDefinition city = Read("4h", modeLimits).City!;
        TimeLimits limits = new Router(city.Responsibility, mode).Find("test.limit", city.AreaTrees[0].Areas[0].Code, city.AreaTrees[0])!.Limits;
        Assert.Equal((accept, resolve, verify), (limits.Accept.TotalMinutes, limits.Resolve.TotalMinutes, limits.Verify.TotalMinutes));
    }

    [Theory]
    [InlineData("mode_limits: {emergncy: {accept: 2m}}", "U012", "the city has no mode 'emergncy' (did you mean emergency?)")]
    [InlineData("mode_limits: {emergency: {acept: 2m}}", "Y010", "acept")]
    [InlineData("mode_limits: {emergency: {accept: 2}}", "Y014", "accept")]
    [InlineData("mode_limits: {emergency: 2m}", "Y009", "map of limits")]
    [InlineData("mode_limits: [emergency]", "Y009", "mode_limits")]
    public void Mode_limits_that_cannot_be_are_a_finding_at_their_place(string modeLimits, string code, string says)
    {
        Finding finding = Assert.Single(Read("4h", modeLimits).Findings, f => f.Level == FindingLevel.Error);
        Assert.Equal((code, "duty/x.yaml", 6), (finding.Code, finding.Location.File, finding.Location.Line));
        Assert.Contains(says, finding.ToString());
    }

    [Theory]
    [InlineData("", 30, 30, 1440)]
    [InlineData("limits: {arrive: 20m}", 20, 30, 1440)]
    [InlineData("limits: {arrive: 20m, unowned: {accept: 5m}}", 20, 5, 1440)]
    [InlineData("mode: emergency\nmode_limits: {emergency: {arrive: 15m}}", 15, 30, 1440)]
    [InlineData("mode: emergency\nlimits: {unowned: {accept: 5m, resolve: 2h}}\nmode_limits: {emergency: {unowned: {resolve: 1h}}}", 30, 5, 60)]
    [InlineData("limits: {arrive: 20m}\nmode_limits: {emergency: {arrive: 15m}}", 20, 30, 1440)]
    public void City_has_limits_for_who_is_summoned_and_what_nobody_leads(string lines, double arrive, double accept, double resolve)
    {
        CityLimits limits = ReadCity(lines).City!.Limits;
        Assert.Equal((arrive, accept, resolve), (limits.Arrive.TotalMinutes, limits.Unowned.Accept.TotalMinutes, limits.Unowned.Resolve.TotalMinutes));
    }

    [Theory]
    [InlineData("limits: {arrive: 0s}", "Y020", "arrive")]
    [InlineData("limits: {arrive: 2wh}", "Y014", "arrive")]
    [InlineData("limits: {unowned: {resolve: 2wd}}", "Y014", "a case without a lead has no calendar")]
    [InlineData("limits: {owned: {resolve: 2d}}", "Y010", "owned")]
    [InlineData("mode_limits: {war: {arrive: 1m}}", "U012", "the city has no mode 'war'")]
    public void Limits_of_the_city_that_cannot_be_are_a_finding(string lines, string code, string says)
    {
        Finding finding = Assert.Single(ReadCity(lines).Findings, f => f.Level == FindingLevel.Error);
        Assert.Equal((code, "city.yaml"), (finding.Code, finding.Location.File));
        Assert.Contains(says, finding.ToString());
    }

    private static CityReadResult ReadCity(string lines)
    {
        CityFile city = CityFixtures.Good().Single(f => f.Path == "city.yaml");
        return CityReader.Read(CityFixtures.With(city with { Text = $"{city.Text}\n{lines}\n" }));
    }

    private static CityReadResult Read(string limit, string more = "")
    {
        string unit = CityReader.Read(CityFixtures.Good()).City!.Responsibility.Units.Keys.First();
        string area = CityReader.Read(CityFixtures.Good()).City!.AreaTrees[0].Areas[0].Code;
        return CityReader.Read(CityFixtures.With(new CityFile("duty/x.yaml", $"responsibilities:\n  - event: test.limit\n    area: {area}\n    lead: {unit}\n    limits: {{accept: 10m, resolve: {limit}, verify: 1d}}\n    {more}\n")));
    }
}
