using Gateway.Protocols.Readings;
using Gateway.Rules.Compilation;
using Gateway.Rules.Evaluation;
using Gateway.Tests.Rules.Support;
using static Gateway.Tests.Rules.Support.SmallCity;

namespace Gateway.Tests.Rules.Evaluation;

/// <summary>Random rows through rules of every shape: what comes out must not depend on ticks, on restarts, or on anything but the rows.</summary>
public sealed class DeterminismTests
{
    private static readonly RuleSet Rules = Compile(Register("FLD-1", "FLD-2", "FLD-3"), WithCalendar("quarter", "09:05-09:10", "09:12-09:14", "09:15-09:20"),
        RuleOf("ladder", "flood",
            Level(AlertSeverity.Warning, "water_level >= 1", "water_level < 1", forSeconds: 30, keepSeconds: 45),
            Level(AlertSeverity.Critical, "water_level >= 2 or rainfall > 2", "water_level < 1 and rainfall < 2", forSeconds: 10, keepSeconds: 20)).Absent(90),
        Rule("mixed", "water_level - ground > 0 and battery < 3", keepSeconds: 15) with { MaxAge = TimeSpan.FromSeconds(40) },
        RuleOf("silent", "flood").Absent(120, AlertSeverity.Emergency),
        Rule("bool", "submerged", forSeconds: 25),
        Rule("rising", "rise(water_level, 2m) >= 2 or rate(rainfall, 1m) > 0.05", keepSeconds: 10),
        Rule("wet", "avg(rainfall, 3m) > 1.5 and count(rainfall, 90s) >= 2 and last(ground, 1m) > 0", forSeconds: 5),
        Rule("soon", "time_to(water_level, 3, 4m) <= 2m or time_to(battery <= 0, 5m) < 30s"),
        Rule("flaps", "changes(submerged, 5m) >= 3 or stddev(ground, 5m) > 1.2 or max(ground, 2m) - min(ground, 2m) > 2"),
        Rule("often", "hits(water_level >= 2, 4) >= 3 or hits(rise(rainfall, 1m) > 0, 3) >= 2"),
        Rule("street", "devices(water_level >= 2, area=street, within=2m) >= 2", keepSeconds: 20),
        Rule("near", "water_level >= 1 and neighbours(rainfall >= 2, radius=5000, within=90s) >= 2"),
        Rule("hours", "water_level >= 2 and during(quarter)", forSeconds: 15) with { MaxAge = TimeSpan.FromMinutes(10) },
        Rule("then", "sequence(rainfall >= 3, water_level >= 3, 2m) and sum(rainfall, 1m) > previous(rainfall, 10m)"));

    private sealed record Message(double Seconds, string Device, string Fields, double Age, TimeQuality Quality);

    private static List<Message> RandomMessages(int seed)
    {
        var random = new Random(seed);
        List<Message> messages = [];
        double seconds = 0;
        for (int i = 0; i < 150; i++)
        {
            seconds += random.Next(8) == 0 ? random.Next(200) : random.Next(12);
            string fields = "";
            foreach (string field in new[] { "water_level", "rainfall", "battery", "ground" })
            {
                fields += random.Next(2) == 0 ? $"{field}={random.Next(4)} " : "";
            }

            fields += fields.Length == 0 || random.Next(3) == 0 ? $"submerged={(random.Next(2) == 0 ? "true" : "false")}" : "";
            TimeQuality quality = random.Next(15) == 0 ? TimeQuality.Historical : TimeQuality.Ok;
            messages.Add(new Message(seconds, $"FLD-{1 + random.Next(3)}", fields, random.Next(3) == 0 ? random.Next(50) : 0, quality));
        }

        return messages;
    }

    private static EngineDriver Play(int seed, Action<EngineDriver, int, double>? before = null)
    {
        var driver = new EngineDriver(Rules);
        List<Message> messages = RandomMessages(seed);
        for (int i = 0; i < messages.Count; i++)
        {
            before?.Invoke(driver, i, messages[i].Seconds);
            driver.Send(messages[i].Seconds, messages[i].Device, messages[i].Fields, messages[i].Age, messages[i].Quality);
        }

        return driver.Tick(messages[^1].Seconds + 1000);
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 25)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Ticks_of_any_spacing_give_equal_transitions(int seed)
    {
        EngineDriver whole = Play(seed);
        var random = new Random(seed);
        double ticked = 0;
        EngineDriver spaced = Play(seed, (driver, _, until) =>
        {
            for (; ticked <= until; ticked += 0.1 + random.NextDouble() * 7)
            {
                driver.Tick(ticked);
            }
        });

        Assert.NotEmpty(whole.Transitions);
        Assert.Equal(whole.Transitions, spaced.Transitions);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Restart_after_every_kth_row_gives_equal_transitions(int seed)
    {
        EngineDriver whole = Play(seed);
        int every = 1 + (seed % 4);

        EngineDriver restarted = Play(seed, (driver, i, _) =>
        {
            if (i > 0 && i % every == 0)
            {
                driver.Restart();
            }
        });

        Assert.Equal(whole.Transitions, restarted.Transitions);
    }

    [Fact]
    public void Random_messages_reach_every_kind_of_transition()
    {
        IEnumerable<AlertTransition> all = Enumerable.Range(1, 25).SelectMany(seed => Play(seed).Transitions);

        Assert.Empty(Enum.GetValues<AlertTransitionKind>().Except([AlertTransitionKind.Withdrawn]).Except(all.Select(t => t.Kind)));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Transitions_of_an_alert_follow_one_another_legally(int seed)
    {
        var states = new Dictionary<(int, int, bool), AlertState>();
        EventTime last = EventTime.MinValue;
        foreach (AlertTransition t in Play(seed).Transitions)
        {
            AlertState before = states.GetValueOrDefault((t.Rule, t.DeviceIndex, t.IsAbsence));
            (AlertState[] from, AlertState to) = t.Kind switch
            {
                AlertTransitionKind.Pending => ([AlertState.Inactive], AlertState.Pending),
                AlertTransitionKind.Dropped => ([AlertState.Pending], AlertState.Inactive),
                AlertTransitionKind.Firing => ([AlertState.Inactive, AlertState.Pending], AlertState.Firing),
                AlertTransitionKind.Resolved => ([AlertState.Firing], AlertState.Inactive),
                _ => (new[] { AlertState.Firing }, AlertState.Firing),
            };
            Assert.Contains(before, from);
            Assert.True(last <= t.At);
            states[(t.Rule, t.DeviceIndex, t.IsAbsence)] = to;
            last = t.At;
        }
    }

    [Fact]
    public void Timers_due_together_fire_by_rule_then_device()
    {
        RuleSet rules = Compile(Register(), Rule("a", "water_level > 1", forSeconds: 60), Rule("b", "water_level > 1", forSeconds: 60));
        EngineDriver driver = new EngineDriver(rules).Send(0, "FLD-3", "water_level=2").Send(0, "FLD-1", "water_level=2");
        driver.Transitions.Clear();

        Assert.Equal(["a 60s Firing Warning FLD-1", "a 60s Firing Warning FLD-3", "b 60s Firing Warning FLD-1", "b 60s Firing Warning FLD-3"], driver.Tick(60).Told);
    }
}
