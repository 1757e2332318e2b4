using Gateway.Host.City;
using Gateway.Protocols.Devices;
using Gateway.Rules.Areas;
using Gateway.Rules.Files;

namespace Gateway.Tests.Host.City;

public class SampleCityTests
{
    private static readonly CityFolderReading Folder = CityFolder.Read(CityFolder.SamplePath);
    private static readonly CityReadResult Sample = CityReader.Read(Folder.Files);

    [Fact]
    public void Sample_city_reads_clean()
    {
        Assert.Empty(Folder.Findings);
        Assert.Empty(Sample.Findings.Select(f => f.ToString()));
    }

    [Fact]
    public void Area_tree_has_every_level()
    {
        Assert.Equal(
            [(AreaLevel.City, 1), (AreaLevel.District, 2), (AreaLevel.Street, 4), (AreaLevel.Community, 8), (AreaLevel.Grid, 24)],
            Sample.City!.AreaTrees[0].Areas.GroupBy(a => a.Level).Select(g => (g.Key, g.Count())));
        Assert.All(Sample.City.AreaTrees[0].Areas, a => Assert.True(a.Polygon.Count >= 5 && a.Polygon[0] == a.Polygon[^1], a.Code));
    }

    [Fact]
    public void Neighbouring_grids_share_their_edges()
    {
        IEnumerable<Area> grids = Sample.City!.AreaTrees[0].Areas.Where(a => a.Level == AreaLevel.Grid);

        // 6 columns and 4 rows of cells have 7 x 5 corners when none is doubled.
        Assert.Equal(35, grids.SelectMany(g => g.Polygon).Distinct().Count());
    }

    [Theory]
    [InlineData("smoke", "smoke_density temperature battery rssi humidity eco2 alarm")]
    [InlineData("flood", "water_level rainfall battery")]
    [InlineData("access", "event door card")]
    [InlineData("camera", "event object score zone media media_sha256")]
    public void Profile_has_the_fields_and_topics_of_the_contract(string kind, string fields)
    {
        DeviceProfile profile = Sample.City!.Devices.Profiles.Single(p => p.Kind == kind);

        Assert.Equal(fields, string.Join(' ', profile.Fields.Select(f => f.Name)));
        Assert.Equal([$"city/v1/{kind}/{{deviceId}}/telemetry", $"city/v1/{kind}/{{deviceId}}/event"], profile.Topics.Select(t => t.Text));
    }

    [Fact]
    public void Card_is_a_pseudonym()
    {
        DeviceProfile access = Sample.City!.Devices.Profiles.Single(p => p.Kind == "access");

        Assert.Equal(FieldType.Pseudonym, access.Fields[access.ColumnByName["card"]].Type);
    }

    [Fact]
    public void Every_rule_has_texts_in_two_languages()
    {
        Assert.All(Sample.City!.Rules, r => Assert.True(r.Annotations.ContainsKey("summary") && r.Annotations.ContainsKey("summary_zh"), r.Alert.Text));
    }

    [Fact]
    public void Every_rule_has_a_test_in_which_it_fires_and_its_file_one_in_which_nothing_does()
    {
        foreach (IGrouping<string, RuleDefinition> file in Sample.City!.Rules.GroupBy(r => r.Alert.Location.File))
        {
            IReadOnlyList<RuleTestDefinition> tests = Sample.City.Tests[file.Key];
            HashSet<string> fired = [.. tests.SelectMany(t => t.Expect).SelectMany(e => e.Alerts ?? []).Select(a => a.Alert)];

            Assert.All(file, rule => Assert.Contains(rule.Alert.Text, fired));
            Assert.Contains(tests, t => t.Expect.All(e => e.Alerts is not { Count: > 0 }));
        }
    }

    [Fact]
    public void Calendar_has_the_holidays_of_2026()
    {
        CalendarDefinition office = Sample.City!.Calendars.Single(c => c.Id == "office");

        Assert.Equal(7, office.Holidays.Count);
        Assert.Equal(33, office.Holidays.Sum(h => h.To.DayNumber - h.From.DayNumber + 1));
        Assert.Equal(6, office.MakeupWorkdays.Count);
    }
}
