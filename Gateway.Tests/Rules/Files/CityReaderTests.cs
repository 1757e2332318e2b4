using System.Text;
using Gateway.Protocols.Devices;
using Gateway.Rules.Areas;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;

namespace Gateway.Tests.Rules.Files;

public class CityReaderTests
{
    [Fact]
    public void Good_city_holds_what_its_files_say()
    {
        CityDefinition city = CityReader.Read(CityFixtures.Good()).City!;

        Device device = city.Devices.Find("FLD-1")!;
        Assert.Equal("Bridge Road 1, \"The Dip\"", device.Address);
        Assert.Equal(new Dictionary<string, string> { ["site"] = "underpass" }, device.Tags);
        Assert.Equal(AreaLevel.Grid, city.AreaTrees[0].Find(device.Area)!.Level);
        Assert.Equal(TimeSpan.FromMinutes(1), device.Profile.ReportingInterval);

        RuleDefinition rule = Assert.Single(city.Rules);
        LevelDefinition level = Assert.Single(rule.Levels);
        Assert.Equal((AlertSeverity.Critical, "water_level >= 0.30"), (level.Severity, level.Expression.Text));
        Assert.Equal(CaseScope.Grid, rule.Case!.Scope);

        RuleTestDefinition test = Assert.Single(city.Tests["rules/flood.yaml"]);
        Assert.Equal([new ExpectedAlert("underpass-flood", "FLD-1", AlertSeverity.Critical)], test.Expect[0].Alerts);

        CalendarDefinition calendar = Assert.Single(city.Calendars);
        Assert.Equal(new WorkingHours(TimeSpan.FromHours(13.5), TimeSpan.FromHours(17.5)), calendar.WorkingHours[1]);
        Assert.Equal(TimeSpan.FromHours(6), Assert.Single(city.Responsibility.Rows).Limits.Resolve);
    }

    [Fact]
    public void Ten_errors_in_ten_files_are_told_in_one_reading()
    {
        CityReadResult result = CityReader.Read(
        [
            new("city.yaml", "name: X\ntime_zone: UTC\nnmae: Y\n"),
            new("areas/a.yaml", "version: a\nvalid_from: 2026-01-01\nunits:\n  - {code: 330100, name: C, polygon: [[1, 1], [2, 1], [2, 2], [1, 2]]}\n"),
            new("profiles/smoke.yaml", "kind: smoke\ntopics: [\"s/{deviceId}\"]\nfields: {a: {type: nubmer}}\n"),
            new("profiles/flood.yaml", "kind: flood\ntopics: [\"f/{deviceId}\"\nfields: {a: {type: number}}\n"),
            new("devices/a.csv", "id,kind,area,building,address,lat,lon,tags\nA,smoke,330100,,,91,0,\n"),
            new("devices/b.csv", "id,kind,area\n"),
            new("rules/a.yaml", "rules:\n  - {alert: a, match: {kind: smoke}}\n"),
            new("rules/b.yaml", "rules:\n  - {alert: b, match: {kind: somke}, expr: a > 1, severity: info}\n"),
            new("duty/a.yaml", "units:\n  - {id: u, name: U, contact: c, calendar: offise}\n"),
            new("calendars/office.yaml", "id: office\nworking_days: [monday]\nworking_hours: [\"12:00-08:00\"]\n"),
        ]);

        Assert.Null(result.City);
        Assert.Equal(
            ["areas/a.yaml", "calendars/office.yaml", "city.yaml", "devices/a.csv", "devices/b.csv", "duty/a.yaml", "profiles/flood.yaml", "profiles/smoke.yaml", "rules/a.yaml", "rules/b.yaml"],
            result.Findings.Where(f => f.Level == FindingLevel.Error).Select(f => f.Location.File).Distinct());
        Assert.Superset(
            new HashSet<string> { "A006", "K003", "Y010", "D009", "D001", "U004", "Y001", "Y016", "R003", "R006" },
            result.Findings.Select(f => f.Code).ToHashSet());
    }

    [Fact]
    public void Empty_folder_tells_which_files_are_missing()
    {
        CityReadResult result = CityReader.Read([]);

        Assert.Equal(["areas/", "city.yaml", "profiles/"], result.Findings.Select(f => f.Location.File));
        Assert.All(result.Findings, f => Assert.Equal("C002", f.Code));
    }

    [Fact]
    public void Path_given_twice_is_an_error()
    {
        CityFile city = CityFixtures.Good().Single(f => f.Path == "city.yaml");

        Assert.Equal(["C004"], CityReader.Read([.. CityFixtures.Good(), city]).Findings.Select(f => f.Code));
    }

    [Fact]
    public void Broken_profile_does_not_make_its_devices_and_rules_wrong_too()
    {
        CityReadResult result = CityReader.Read(CityFixtures.With(new CityFile("profiles/flood.yaml", "kind: [flood\n")));

        Assert.Equal(["Y001"], result.Findings.Select(f => f.Code));
    }

    [Fact]
    public void Rules_over_the_limit_are_an_error()
    {
        StringBuilder rules = new("rules:\n");
        for (int i = 0; i <= 10_000; i++)
        {
            rules.Append($"  - {{alert: r{i}, match: {{kind: flood}}, expr: water_level > 1, severity: info}}\n");
        }

        CityReadResult result = CityReader.Read(CityFixtures.With(new CityFile("rules/many.yaml", rules.ToString())));

        Assert.Equal(["R010"], result.Findings.Select(f => f.Code));
    }

    [Fact]
    public void Findings_of_one_file_are_bounded_and_the_rest_counted()
    {
        string rows = string.Concat(Enumerable.Range(0, 1_500).Select(i => $"D{i},smok,330102001001G01,,,30.05,120.05,\n"));
        CityReadResult result = CityReader.Read(
            CityFixtures.With(new CityFile("devices/many.csv", "id,kind,area,building,address,lat,lon,tags\n" + rows)));

        Assert.Equal(1_001, result.Findings.Count);
        Assert.Equal("500 more findings in this file are not shown", result.Findings.Single(f => f.Code == "C005").Message);
    }

    [Fact]
    public void Text_over_its_limit_is_an_error_at_its_place()
    {
        CityReadResult result = CityReader.Read(CityFixtures.With(new CityFile("city.yaml", $"name: {new string('x', 129)}\ntime_zone: UTC\n")));

        Finding finding = Assert.Single(result.Findings);
        Assert.Equal(("Y015", new SourceLocation("city.yaml", 1, 7)), (finding.Code, finding.Location));
    }

    [Fact]
    public void Devices_over_the_limit_are_an_error()
    {
        StringBuilder rows = new("id,kind,area,lat,lon\n");
        for (int i = 0; i <= 2_000_000; i++)
        {
            rows.Append('D').Append(i).Append(",x,y,1,1\n"); // an unknown kind keeps the register small
        }

        CityReadResult result = CityReader.Read([new CityFile("devices/many.csv", rows.ToString())]);

        Finding finding = Assert.Single(result.Findings, f => f.Code == "D011");
        Assert.Equal(2_000_002, finding.Location.Line);
    }

    [Fact]
    public void Message_never_carries_control_characters_of_a_file()
    {
        CityReadResult result = CityReader.Read(CityFixtures.With(new CityFile("duty/x.yaml", "\"un\\u001b[31mits\\u202e\": []\n")));

        string message = Assert.Single(result.Findings).Message;
        Assert.Equal("unknown key 'un?[31mits?' in duty file", message);
    }
}
