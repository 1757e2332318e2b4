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

    private static CityReadResult Read(string limit)
    {
        string unit = CityReader.Read(CityFixtures.Good()).City!.Responsibility.Units.Keys.First();
        string area = CityReader.Read(CityFixtures.Good()).City!.AreaTrees[0].Areas[0].Code;
        return CityReader.Read(CityFixtures.With(new CityFile("duty/x.yaml", $"responsibilities:\n  - event: test.limit\n    area: {area}\n    lead: {unit}\n    limits: {{accept: 10m, resolve: {limit}, verify: 1d}}\n")));
    }
}
