using Gateway.Protocols.Readings;
using Gateway.Rules.Files;
using Gateway.Tests.Rules.Support;
using static Gateway.Tests.Rules.Support.SmallCity;

namespace Gateway.Tests.Rules.Evaluation;

/// <summary>Rules with <c>lateness</c>: what comes late within it counts in its place, and the order of arrival decides nothing.</summary>
public sealed class LatenessTests
{
    private const int Permutations = 1_000;

    private static RuleDefinition Patient(string name, string raise, int latenessSeconds = 60, int forSeconds = 0, int keepSeconds = 0) =>
        Rule(name, raise, forSeconds: forSeconds, keepSeconds: keepSeconds) with { Lateness = TimeSpan.FromSeconds(latenessSeconds) };

    private sealed record Observation(double At, string Device, string Fields);

    private static List<string> Play(IEnumerable<(Observation Observation, double Arrival)> arrivals)
    {
        EngineDriver driver = new(Compile(Register(), WithCalendar("mid", "09:01-09:03"),
            Patient("level", "water_level >= 2", forSeconds: 20, keepSeconds: 15),
            Patient("rise", "rise(water_level, 2m) >= 2", keepSeconds: 10),
            Patient("then", "sequence(water_level >= 3, water_level < 1, 90s)"),
            Patient("hits", "hits(water_level >= 2, 3) >= 2"),
            Patient("both", "devices(water_level >= 2, area=street, within=90s) >= 2 and during(mid)"),
            Patient("mixed", "water_level >= 1 and battery < 3", latenessSeconds: 45).Absent(100)));
        foreach ((Observation one, double arrival) in arrivals)
        {
            driver.Send(arrival, one.Device, one.Fields, age: arrival - one.At);
        }

        return [.. driver.Tick(1_000).Told];
    }

    [Fact]
    public void Outcome_is_one_for_a_thousand_orders_of_arrival()
    {
        var random = new Random(11);
        List<Observation> observed = [];
        for (int i = 0; i < 60; i++)
        {
            string battery = random.Next(4) == 0 ? $" battery={random.Next(6)}" : "";
            observed.Add(new Observation(i * 4 + random.Next(4), $"FLD-{1 + random.Next(3)}", $"water_level={random.Next(4)}{battery}"));
        }

        List<string> inOrder = Play(observed.Select(o => (o, o.At)));
        Assert.True(inOrder.Count > 20, string.Join('\n', inOrder));
        HashSet<string> orders = [];
        for (int seed = 0; seed < Permutations; seed++)
        {
            var delays = new Random(seed);
            List<(Observation Observation, double Arrival)> arrivals = [.. observed.Select(o => (o, o.At + (delays.NextDouble() * 44.9))).OrderBy(a => a.Item2)];
            orders.Add(string.Join(' ', arrivals.Select(a => observed.IndexOf(a.Observation))));
            Assert.Equal(inOrder, Play(arrivals));
        }

        Assert.Equal(Permutations, orders.Count);
    }

    [Fact]
    public void Readings_of_one_instant_are_taken_in_one_order_however_they_arrive()
    {
        Observation low = new(10, "FLD-1", "water_level=1"), high = new(10, "FLD-1", "water_level=3");
        Assert.Equal(Play([(low, 10), (high, 11)]), Play([(high, 10), (low, 11)]));
    }

    [Fact]
    public void Rule_without_lateness_acts_at_once_beside_one_that_waits()
    {
        EngineDriver driver = new EngineDriver(Compile(Register(), Rule("now", "water_level >= 2"), Patient("later", "water_level >= 2")))
            .Send(10, "FLD-1", "water_level=3");
        Assert.Equal(EngineDriver.At(70), driver.Engine.NextDue);
        Assert.Equal(["now 10s Firing Warning FLD-1", "later 70s Firing Warning FLD-1"], driver.Tick(100).Told);
        Assert.Equal((EngineDriver.At(10), EngineDriver.At(10)), (driver.Transitions[1].OccurredAt, driver.Transitions[1].ObservedAt));
        Assert.Equal(["later", "now"], driver.Engine.ActiveAlerts().Select(a => a.RuleName).Order());
    }

    [Fact]
    public void Reading_later_than_the_lateness_is_judged_as_it_comes()
    {
        EngineDriver driver = new EngineDriver(Compile(Register(), Patient("r", "water_level >= 2"))).Send(100, "FLD-1", "water_level=3", age: 61);
        Assert.Equal(["100s Firing Warning FLD-1"], driver.Told);
    }

    [Fact]
    public void Historical_reading_does_not_wait()
    {
        EngineDriver driver = new EngineDriver(Compile(Register(), Patient("r", "water_level >= 2"))).Send(100, "FLD-1", "water_level=3", quality: TimeQuality.Historical);
        Assert.Null(driver.Tick(101).Engine.NextDue);
        Assert.Empty(driver.Tick(200).Told);
    }

    [Fact]
    public void What_waits_and_what_is_pending_outlive_a_restart()
    {
        RuleDefinition rule = Patient("r", "water_level >= 2", forSeconds: 20);
        EngineDriver whole = new EngineDriver(Compile(Register(), rule)).Send(10, "FLD-1", "water_level=3").Send(20, "FLD-2", "water_level=3").Tick(300);
        EngineDriver restarted = new EngineDriver(Compile(Register(), rule)).Send(10, "FLD-1", "water_level=3").Restart().Send(20, "FLD-2", "water_level=3").Restart().Tick(75);
        Assert.Equal(whole.Told, restarted.Restart().Tick(300).Told);
        Assert.Equal(4, whole.Told.Count);
    }

    [Fact]
    public void Lateness_that_is_changed_begins_the_rule_afresh()
    {
        EngineDriver driver = new EngineDriver(Compile(Register(), Patient("r", "water_level >= 2"))).Send(10, "FLD-1", "water_level=3").Tick(80);
        driver.Reload(Compile(Register(), Patient("r", "water_level >= 2", latenessSeconds: 30)), 80).Tick(81);
        Assert.Equal(["70s Firing Warning FLD-1", "80s Withdrawn Warning FLD-1"], driver.Told);
        driver.Reload(Compile(Register(), Rule("r", "water_level >= 2")), 90).Send(95, "FLD-1", "water_level=3");
        Assert.Equal(["95s Firing Warning FLD-1"], driver.Told.Skip(2));
    }

    [Fact]
    public void Silence_of_a_rule_that_waits_begins_when_the_last_reading_is_judged()
    {
        EngineDriver driver = new EngineDriver(Compile(Register(), Patient("r", "water_level >= 9").Absent(100))).Send(0, "FLD-1", "water_level=1").Tick(400);
        Assert.Equal(["160s Firing Info FLD-1 absent"], driver.Told);
    }

    [Fact]
    public void Lateness_beyond_max_age_is_refused()
    {
        Assert.Equal("R214", Assert.Single(Findings(Patient("r", "water_level >= 2", latenessSeconds: 301)), f => f.Level == FindingLevel.Error).Code);
    }

    [Fact]
    public void Explanation_is_of_the_rule_where_it_runs()
    {
        EngineDriver driver = new EngineDriver(Compile(Register(), Rule("now", "water_level >= 2"), Patient("later", "water_level >= 2"))).Send(10, "FLD-1", "water_level=3").Tick(20);
        Assert.Null(driver.Engine.Explain("later", "FLD-1")!.LastReceived);
        Assert.Equal("raised", Assert.Single(driver.Engine.Explain("now", "FLD-1")!.Levels).Phase);
    }

    [Fact]
    public void Rule_that_waits_no_longer_is_withdrawn_before_it_fires_afresh()
    {
        EngineDriver driver = new EngineDriver(Compile(Register(), Rule("other", "battery < 1"), Patient("r", "water_level >= 2"))).Send(10, "FLD-1", "water_level=3").Tick(80);
        driver.Reload(Compile(Register(), Rule("other", "battery < 1"), Rule("r", "water_level >= 2")), 80);
        Assert.Equal(["70s Firing Warning FLD-1", "80s Withdrawn Warning FLD-1", "80s Firing Warning FLD-1"], driver.Told);
    }
}
