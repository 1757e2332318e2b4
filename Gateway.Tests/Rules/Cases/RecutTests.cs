using Gateway.Host.City;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Areas;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;
using Gateway.Tests.Support;

namespace Gateway.Tests.Rules.Cases;

/// <summary>
/// The sample city, read by the real reader, with a second area tree that cuts a grid in two on 1 June: cases, keys, routes and devices over
/// the split.
/// </summary>
public sealed class RecutTests
{
    private const string Old = "330102001001G01", West = "330102001001G11", East = "330102001001G12", Community = "330102001001";
    private static readonly EventTime Before = CaseWorld.Time("2026-05-31T12:00:00Z"), After = CaseWorld.Time("2026-06-01T12:00:00Z");

    private readonly CitySnapshot _before = City(moved: false);
    private readonly CitySnapshot _after = City(moved: true);
    private readonly CaseChanges _changes = new();

    [Fact]
    public void Case_keeps_its_unit_and_new_ones_have_the_new()
    {
        Device gauge = Gauge(_after);
        CaseBook book = new(_before.CaseSettingsAt(Before, false));
        Case old = Fire(book, _before, Before, "flood.road");
        book.Settings = _after.CaseSettingsAt(After, false);
        Case renewed = Fire(book, _after, After, "flood.underpass");

        Assert.Equal((Old, "2026-01-01"), (old.Facts.AreaPath[0], old.Facts.AreaVersion));
        Assert.Equal((gauge.Area, "2026-06-01"), (renewed.Facts.AreaPath[0], renewed.Facts.AreaVersion));
        Assert.Equal(old.Facts.AreaPath.Skip(1), renewed.Facts.AreaPath.Skip(1));
        Assert.NotEqual(Old, gauge.Area);
        Assert.Equal("drainage-office", renewed.Lead); // routed as the units above it are
    }

    [Fact]
    public void Trouble_that_goes_on_over_the_split_stays_one_case_also_after_a_restart()
    {
        foreach (bool restarts in new[] { false, true })
        {
            CaseBook book = new(_before.CaseSettingsAt(Before, false));
            Case old = Fire(book, _before, Before, "flood.underpass");
            Transition(book, _before, Before + TimeSpan.FromMinutes(5), AlertTransitionKind.Resolved, "flood.underpass");
            book = restarts ? new CaseBook(_after.CaseSettingsAt(After, false), book.LastNumber, book.Cases) : book;
            book.Settings = _after.CaseSettingsAt(After, false);
            Case joined = Fire(book, _after, After, "flood.underpass"); // its key would be another now

            Assert.Equal((old.CaseNo, 2), (joined.CaseNo, joined.Occurrences));
            Assert.Equal(Old, joined.Facts.AreaPath[0]);
        }
    }

    [Fact]
    public void Another_device_of_the_old_grid_opens_a_case_of_its_new_one()
    {
        CaseBook book = new(_before.CaseSettingsAt(Before, false));
        Case old = Fire(book, _before, Before, "flood.underpass");
        book.Settings = _after.CaseSettingsAt(After, false);
        Device other = _after.Definition.Devices.Devices.First(d => d.Profile.Kind == "flood" && d.Area is West or East && d.Id != Gauge(_after).Id);
        Case own = Fire(book, _after, After, "flood.underpass", other);
        Assert.NotEqual(old.CaseNo, own.CaseNo);
        Assert.Equal(other.Area, own.Facts.Key.Instance);
    }

    [Fact]
    public void Device_list_may_be_ahead_of_the_split_or_behind_it()
    {
        Case ahead = Fire(new CaseBook(_after.CaseSettingsAt(Before, false)), _after, Before, "flood.underpass");
        Assert.Equal((Old, Old, "drainage-office"), (ahead.Facts.AreaPath[0], ahead.Facts.Key.Instance, ahead.Lead));
        Case behind = Fire(new CaseBook(_before.CaseSettingsAt(After, false)), _before, After, "flood.underpass");
        Assert.Equal((Gauge(_after).Area, "330102001", "drainage-office"), (behind.Facts.AreaPath[0], behind.Facts.Key.Jurisdiction, behind.Lead));
    }

    [Fact]
    public void Load_shows_the_unit_of_the_day_and_a_retired_code_is_still_known()
    {
        CaseBook book = new(_before.CaseSettingsAt(Before, false));
        Case old = Fire(book, _before, Before, "flood.road");
        book.Settings = _after.CaseSettingsAt(After, false);
        Case renewed = Fire(book, _after, After, "flood.underpass");
        CaseLoad load = new(AreaLevel.Grid, Community, Before, After + TimeSpan.FromHours(1), After);
        foreach (Case one in new[] { old, renewed })
        {
            load.Add(CaseFigures.Of(one), one.Lead, one.Facts.AreaPath);
        }

        Assert.Equal([Old, Gauge(_after).Area], load.Units.Keys);
        Assert.Equal(AreaLevel.Grid, _after.FindArea(Old)?.Level);
        Assert.Null(_after.AreasAt(After).Find(Old));
        Assert.Null(_after.FindArea("330102001001G99"));
    }

    private static Device Gauge(CitySnapshot city) => city.Definition.Devices.Devices.First(d => d.Profile.Kind == "flood" && d.Area is Old or West or East);

    private Case Fire(CaseBook book, CitySnapshot city, EventTime at, string kind, Device? device = null)
    {
        int events = _changes.Events.Count;
        Transition(book, city, at, AlertTransitionKind.Firing, kind, device);
        Assert.True(_changes.Events.Count > events);
        return _changes.Find(_changes.Events[^1].CaseNo)!;
    }

    private void Transition(CaseBook book, CitySnapshot city, EventTime at, AlertTransitionKind what, string kind, Device? given = null)
    {
        Device device = given ?? Gauge(city);
        RuleDefinition rule = city.Definition.Rules.First(r => r.Case?.Event.Text == kind);
        AlertContext context = new() { Rule = rule with { Case = rule.Case! with { Scope = CaseScope.Grid } }, RuleSha256 = "ab12", Device = device, Offset = 7 };
        book.Handle(new AlertTransition(0, device.Index, what, AlertSeverity.Warning, at, at, at, false, "water_level 0.42 m >= 0.27") { RuleName = rule.Alert.Text, DeviceId = device.Id }, context, _changes);
    }

    /// <summary>The sample city with the second tree; the devices of the grid in the old one or, by their longitude, in one of the two new.</summary>
    private static CitySnapshot City(bool moved)
    {
        const double Border = 120.1461;
        const string Place = "areas/2026-01-01.yaml";
        List<CityFile> files = [.. CityFolder.Read(RepositoryFolder.PathOf("Gateway.Host/city")).Files];
        string tree = files.Single(f => f.Path == Place).Text;
        int at = tree.IndexOf($"  - code: {Old}", StringComparison.Ordinal), end = tree.IndexOf("  - code:", at + 1, StringComparison.Ordinal);
        string cut = $"""
              - code: {West}
                name: 第一网格西
                parent: {Community}
                polygon: [[120.14, 30.23], [{Border}, 30.23], [{Border}, 30.2399], [120.14, 30.2399], [120.14, 30.23]]
              - code: {East}
                name: 第一网格东
                parent: {Community}
                polygon: [[{Border}, 30.23], [120.15067, 30.23], [120.15067, 30.2399], [{Border}, 30.2399], [{Border}, 30.23]]

            """;
        files.Add(new CityFile("areas/2026-06-01.yaml", string.Concat(tree.AsSpan(0, at), cut, tree.AsSpan(end))
            .Replace("version: \"2026-01-01\"", "version: \"2026-06-01\"", StringComparison.Ordinal).Replace("valid_from: 2026-01-01", "valid_from: 2026-06-01", StringComparison.Ordinal)));
        int gauges = files.FindIndex(f => f.Path == "devices/flood.csv");
        files[gauges] = files[gauges] with { Text = files[gauges].Text.TrimEnd() + $"\nFLD-900000,flood,{Old},,文化路 1 号,30.234,120.145,site=road\n" };
        if (moved)
        {
            for (int i = 0; i < files.Count; i++)
            {
                files[i] = files[i].Path.StartsWith("devices/", StringComparison.Ordinal) ? files[i] with { Text = Moved(files[i].Text, Border) } : files[i];
            }
        }

        (CitySnapshot.EffectiveCity? city, IReadOnlyList<Finding> findings) = CitySnapshot.Compile(files);
        Assert.True(city is not null, string.Join('\n', findings));
        return city.At(EventTime.MinValue);
    }

    private static string Moved(string list, double border)
    {
        string[] lines = list.Split('\n');
        int longitude = Array.IndexOf(lines[0].TrimEnd().Split(','), "lon");
        return string.Join('\n', lines.Select(l => l.Contains($",{Old},", StringComparison.Ordinal)
            ? l.Replace($",{Old},", $",{(double.Parse(l.Split(',')[longitude]) < border ? West : East)},", StringComparison.Ordinal)
            : l));
    }
}
