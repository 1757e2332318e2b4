using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Areas;
using Gateway.Rules.Compilation;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;
using Gateway.Tests.Rules.Support;
using static Gateway.Tests.Rules.Support.SmallCity;

namespace Gateway.Tests.Rules.Evaluation;

/// <summary><c>devices</c> and <c>neighbours</c>: one sensor vouching for another.</summary>
public sealed class AreaCountTests
{
    // Register: FLD-1 and FLD-3 stand in one grid and street, FLD-2 in the other.
    private const string TwoOfGrid = "devices(water_level >= 1, area=grid, within=2m) >= 2";

    private static DeviceRegister At(params (string Id, string Building, double Latitude, double Longitude)[] devices) => new([Flood], [
        .. devices.Select((d, i) => new Device { Index = i, Id = d.Id, Profile = Flood, Area = "1-1-1", Building = d.Building, Latitude = d.Latitude, Longitude = d.Longitude }),
    ]);

    [Fact]
    public void Two_of_a_grid_vouch_for_each_other_and_one_elsewhere_for_none()
    {
        EngineDriver driver = new EngineDriver(Compile(Register(), Rule("r", TwoOfGrid)))
            .Send(0, "FLD-1", "water_level=2").Send(10, "FLD-2", "water_level=2").Send(20, "FLD-1", "water_level=2");
        Assert.Empty(driver.Told);

        driver.Send(30, "FLD-3", "water_level=1").Send(40, "FLD-1", "water_level=0.5");
        Assert.Equal(["30s Firing Warning FLD-3", "40s Firing Warning FLD-1"], driver.Told); // FLD-1 met it 20 s ago
        Assert.Equal("devices in the grid with (water_level 1 m >= 1) in 2m: 2 >= 2", driver.Transitions[0].Cause);
    }

    [Fact]
    public void Count_that_falls_ends_the_alert_without_a_reading()
    {
        EngineDriver driver = new EngineDriver(Compile(Register(), Rule("r", TwoOfGrid, keepSeconds: 10)))
            .Send(0, "FLD-1", "water_level=2").Send(30, "FLD-3", "water_level=2");

        driver.Tick(120).Tick(120.001).Tick(1000);
        Assert.Equal(["30s Firing Warning FLD-3", "130.001s Resolved Warning FLD-3"], driver.Told);
        Assert.Null(driver.Engine.NextDue);
    }

    [Fact]
    public void Hits_and_alerts_outlive_a_restart()
    {
        EngineDriver driver = new EngineDriver(Compile(Register(), Rule("r", TwoOfGrid)))
            .Send(0, "FLD-1", "water_level=2").Restart().Send(60, "FLD-3", "water_level=2").Restart().Tick(500);
        Assert.Equal(["60s Firing Warning FLD-3", "120.001s Resolved Warning FLD-3"], driver.Told);
    }

    [Fact]
    public void Building_counts_devices_of_one_building_and_none_outdoors()
    {
        DeviceRegister devices = At(("A1", "A", 0, 0), ("A2", "A", 0, 0), ("B1", "B", 0, 0), ("X1", "", 0, 0), ("X2", "", 0, 0));
        EngineDriver driver = new(Compile(devices, Rule("r", "devices(water_level >= 1, area=building, within=5m) >= 2")));
        foreach (string id in new[] { "A1", "B1", "X1", "X2", "A2" })
        {
            driver.Send(0, id, "water_level=2");
        }

        Assert.Equal(["0s Firing Warning A2"], driver.Told);
    }

    [Fact]
    public void Only_devices_the_rule_matches_are_counted()
    {
        RuleDefinition some = Rule("r", TwoOfGrid) with { Match = new DeviceMatch { Kind = Text("flood"), Devices = [Text("FLD-1")] } };
        EngineDriver driver = new EngineDriver(Compile(Register(), some, Rule("all", TwoOfGrid)))
            .Send(0, "FLD-3", "water_level=2").Send(1, "FLD-1", "water_level=2");
        Assert.Equal(["all 1s Firing Warning FLD-1"], driver.Told);
    }

    [Fact]
    public void Reading_that_is_older_than_the_window_or_historical_is_no_hit()
    {
        EngineDriver driver = new EngineDriver(Compile(Register(), Rule("r", TwoOfGrid)))
            .Send(0, "FLD-1", "water_level=2", age: 121)
            .Send(0, "FLD-1", "water_level=2", quality: TimeQuality.Historical)
            .Send(1, "FLD-3", "water_level=2");
        Assert.Empty(driver.Told);
        Assert.Equal(["3s Firing Warning FLD-3"], driver.Send(2, "FLD-1", "water_level=2", age: 60).Send(3, "FLD-3", "water_level=2").Told.TakeLast(1));
    }

    [Theory]
    [InlineData(31.2304, 121.4737, 299, 1)]
    [InlineData(31.2304, 121.4737, 301, 0)]
    [InlineData(69.65, 18.96, 299, 1)]
    [InlineData(69.65, 18.96, 301, 0)]
    [InlineData(-33.86, -151.2, 299, 1)]
    [InlineData(0, 0, 301, 0)]
    public void Neighbours_are_those_within_the_radius_whichever_way(double latitude, double longitude, double metres, int count)
    {
        double north = metres / 111_195;
        double east = north / Math.Cos(double.DegreesToRadians(latitude));
        foreach ((double dLatitude, double dLongitude) in new[] { (north, 0d), (-north, 0d), (0d, east), (0d, -east) })
        {
            DeviceRegister devices = At(("HERE", "", latitude, longitude), ("THERE", "", latitude + dLatitude, longitude + dLongitude), ("FAR", "", -80, 0));
            EngineDriver driver = new EngineDriver(Compile(devices, Rule("r", "neighbours(water_level >= 1, radius=300, within=5m) >= 1")))
                .Send(0, "THERE", "water_level=2").Send(1, "HERE", "water_level=0");
            Assert.Equal(count, driver.Told.Count);
        }
    }

    [Fact]
    public void Device_is_not_its_own_neighbour()
    {
        DeviceRegister devices = At(("HERE", "", 1, 1), ("THERE", "", 1, 1));
        EngineDriver driver = new EngineDriver(Compile(devices, Rule("r", "neighbours(water_level >= 1, radius=1, within=5m) >= 1")))
            .Send(0, "HERE", "water_level=2").Send(60, "HERE", "water_level=2");
        Assert.Empty(driver.Told);
        Assert.Equal(["61s Firing Warning THERE"], driver.Send(61, "THERE", "water_level=0").Told);
    }

    [Fact]
    public void Counts_are_those_of_a_plain_count_over_random_readings()
    {
        var random = new Random(5);
        string[] ids = [.. Enumerable.Range(0, 40).Select(i => $"D{i}")];
        DeviceRegister devices = At([.. ids.Select((id, i) => (id, $"B{i % 7}", 30 + (random.NextDouble() * 0.02), 120 + (random.NextDouble() * 0.02)))]);
        EngineDriver driver = new(Compile(devices,
            Rule("building", "devices(water_level >= 1, area=building, within=3m) >= 3"),
            Rule("near", "neighbours(water_level >= 1, radius=700, within=3m) >= 4")));
        Dictionary<int, double> hits = [];
        HashSet<string> expected = [];
        double now = 0;
        for (int i = 0; i < 5_000; i++)
        {
            now += random.Next(4);
            int device = random.Next(ids.Length);
            bool isHit = random.Next(3) == 0;
            if (isHit)
            {
                hits[device] = now;
            }

            int[] recent = [.. hits.Where(h => now - h.Value <= 180).Select(h => h.Key)];
            int building = recent.Count(d => devices.Devices[d].Building == devices.Devices[device].Building);
            int near = recent.Count(d => d != device && Distance(devices.Devices[d], devices.Devices[device]) <= 700);
            driver.Send(now, ids[device], isHit ? "water_level=2" : "water_level=0");
            string[] firing = [.. driver.Engine.ActiveAlerts().Where(a => a.DeviceId == ids[device]).Select(a => a.RuleName)];
            Assert.Equal(building >= 3, firing.Contains("building"));
            Assert.Equal(near >= 4, firing.Contains("near"));
        }

        Assert.Contains(driver.Transitions, t => t.RuleName == "near");
        Assert.Contains(driver.Transitions, t => t.RuleName == "building");
    }

    [Theory]
    [InlineData("devices(water_level >= 1, area=city, within=5m) >= 2", "R117", "building, grid, community, street")]
    [InlineData("devices(water_level >= 1, area=gird, within=5m) >= 2", "R117", "did you mean grid?")]
    [InlineData("devices(water_level >= 1, within=5m) >= 2", "R114", "write devices(condition, area=")]
    [InlineData("devices(water_level >= 1, area=grid, area=grid) >= 2", "R114", "write devices(condition, area=")]
    [InlineData("devices(water_level >= 1, area=grid, within=5) >= 2", "R114", "a duration such as")]
    [InlineData("devices(water_level >= 1, area=street, within=5m) >= 2", "R118", "count over a smaller area")]
    [InlineData("devices(area=grid, within=5m, water_level >= 1) >= 2", "R114", "compare with ==")]
    [InlineData("neighbours(water_level >= 1, radius=9000, within=5m) >= 2", "R114", "write neighbours(")]
    [InlineData("neighbours(water_level >= 1, radius=200m, within=5m) >= 2", "R114", "write neighbours(")]
    [InlineData("water_level = 1", "R101", "compare with ==")]
    [InlineData("during(office) and water_level > 1", "R117", "the city has no calendar")]
    [InlineData("mode == emergncy and water_level > 1", "R106", "did you mean emergency?")]
    [InlineData("mode > 1 and water_level > 1", "R107", "")]
    public void Slips_are_told_with_a_fix(string expression, string code, string fix)
    {
        Finding finding = Assert.Single(Findings(CityContext.Plain with { PartitionLevel = AreaLevel.Community }, Rule("r", expression)), f => f.Level == FindingLevel.Error);
        Assert.Equal(code, finding.Code);
        Assert.Contains(fix, finding.Fix);
    }

    private static double Distance(Device a, Device b)
    {
        double x = (b.Longitude - a.Longitude) * Math.Cos(double.DegreesToRadians((a.Latitude + b.Latitude) / 2));
        return Math.Sqrt((x * x) + Math.Pow(b.Latitude - a.Latitude, 2)) * 111_195;
    }

    [Fact]
    public void Restart_in_between_changes_nothing_where_counts_rise_and_fall()
    {
        RuleDefinition ladder = RuleOf("r", "flood",
            Level(AlertSeverity.Warning, "devices(water_level >= 1, area=building, within=5m) >= 1"), Level(AlertSeverity.Critical, "devices(water_level >= 1, area=building, within=5m) >= 3"));
        DeviceRegister devices = At(("A", "B1", 0, 0), ("B", "B1", 0, 0), ("C", "B1", 0, 0));
        EngineDriver Play(bool restarts)
        {
            EngineDriver driver = new EngineDriver(Compile(devices, ladder)).Send(0, "A", "water_level=2").Send(120, "A", "water_level=2").Send(180, "B", "water_level=2").Send(181, "C", "water_level=2").Tick(240);
            return (restarts ? driver.Restart() : driver).Tick(2_000);
        }

        Assert.Equal(Play(restarts: false).Told, Play(restarts: true).Told);
        Assert.Empty(Play(restarts: true).Engine.ActiveAlerts());
    }
}
