using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;
using Gateway.Tests.Rules.Support;
using static Gateway.Tests.Rules.Support.SmallCity;

namespace Gateway.Tests.Rules.Evaluation;

/// <summary>Tables of series to transitions: one value of water_level a step of 20 s, then silence up to 20 min.</summary>
public sealed class LadderTests
{
    private static readonly RuleDefinition Plain = Rule("r", "water_level >= 0.3");
    private static readonly RuleDefinition Waiting = Rule("r", "water_level >= 0.3", forSeconds: 60);
    private static readonly RuleDefinition Held = Rule("r", "water_level >= 0.3", "water_level < 0.2", keepSeconds: 60);
    private static readonly RuleDefinition TwoLevels = RuleOf("r", "flood",
        Level(AlertSeverity.Warning, "water_level >= 0.15", "water_level < 0.10", forSeconds: 60, keepSeconds: 60),
        Level(AlertSeverity.Critical, "water_level >= 0.30", "water_level < 0.20", keepSeconds: 40));

    public static TheoryData<string, RuleDefinition, double?[], string[]> Tables => new()
    {
        { "raise and clear at once", Plain, [0.1, 0.3, 0.4, 0.1], ["20s Firing Warning", "60s Resolved Warning"] },
        { "for counts from the first breach", Waiting, [0.1, 0.3, 0.4, 0.5, 0.5], ["20s Pending Warning", "80s Firing Warning"] },
        { "for needs no further message", Waiting, [0.3], ["0s Pending Warning", "60s Firing Warning"] },
        { "pending drops when false", Waiting, [0.3, 0.4, 0.1, 0.3, 0.1], ["0s Pending Warning", "40s Dropped Warning", "60s Pending Warning", "80s Dropped Warning"] },
        { "for met at the very instant of a good reading", Waiting, [0.3, 0.3, 0.3, 0.1], ["0s Pending Warning", "60s Firing Warning", "60s Resolved Warning"] },
        { "state holds between raise and clear", Held, [0.3, 0.25, 0.25, 0.25, 0.25, 0.25], ["0s Firing Warning"] },
        { "clear must hold", Held, [0.3, 0.1, 0.1, 0.1, 0.1, 0.1], ["0s Firing Warning", "80s Resolved Warning"] },
        { "the hold needs no further message", Held, [0.3, 0.1], ["0s Firing Warning", "80s Resolved Warning"] },
        { "a breach cancels the hold", Held, [0.3, 0.1, 0.4, 0.1], ["0s Firing Warning", "40s Recurred Warning", "120s Resolved Warning"] },
        { "a reading between cancels the hold", Held, [0.3, 0.1, 0.25, 0.1], ["0s Firing Warning", "120s Resolved Warning"] },
        { "recurs once for each return", Held, [0.3, 0.25, 0.3, 0.3, 0.25, 0.3], ["0s Firing Warning", "40s Recurred Warning", "100s Recurred Warning"] },
        { "up the ladder", TwoLevels, [0.2, 0.2, 0.2, 0.2, 0.35], ["0s Pending Warning", "60s Firing Warning", "80s Raised Critical"] },
        { "down the ladder", TwoLevels, [0.35, 0.17, 0.17, 0.17, 0.05], ["0s Firing Critical", "60s Lowered Warning", "140s Resolved Warning"] },
        { "a higher level vouches for a pending lower one", TwoLevels, [0.2, 0.35, 0.17], ["0s Pending Warning", "20s Firing Critical", "80s Lowered Warning"] },
        { "a lower level that starts under a higher one needs no wait", TwoLevels, [0.35, 0.05, 0.35, 0.05], ["0s Firing Critical", "40s Recurred Critical", "100s Lowered Warning", "120s Resolved Warning"] },
        { "a recurrence of a lower level is none", TwoLevels, [0.35, 0.25, 0.25], ["0s Firing Critical"] },
        { "never breached", TwoLevels, [0.1, 0.0, 0.14], [] },
    };

    [Theory]
    [MemberData(nameof(Tables))]
    public void Series_gives_transitions(string what, RuleDefinition rule, double?[] values, string[] expected)
    {
        EngineDriver driver = new EngineDriver(Compile(Register(), rule)).Series("water_level", 20, values).Tick(1200);

        Assert.True(expected.Select(e => e + " FLD-1").SequenceEqual(driver.Told), $"{what}: {string.Join(", ", driver.Told)}");
    }

    [Fact]
    public void Two_levels_can_be_crossed_down_in_one_reading()
    {
        RuleDefinition rule = RuleOf("r", "flood", Level(AlertSeverity.Warning, "water_level >= 1"), Level(AlertSeverity.Emergency, "water_level >= 2"));

        EngineDriver driver = new EngineDriver(Compile(Register(), rule)).Series("water_level", 60, 3, 0);

        Assert.Equal(["0s Firing Emergency FLD-1", "60s Resolved Emergency FLD-1"], driver.Told);
    }

    [Fact]
    public void A_higher_level_left_pending_by_the_end_of_a_lower_one_is_told()
    {
        RuleDefinition rule = RuleOf("r", "flood",
            Level(AlertSeverity.Warning, "water_level >= 1", "battery < 50"),
            Level(AlertSeverity.Critical, "water_level >= 2", forSeconds: 300));

        EngineDriver driver = new EngineDriver(Compile(Register(), rule))
            .Send(0, "FLD-1", "water_level=3 battery=90")
            .Send(60, "FLD-1", "battery=10")
            .Tick(300);

        Assert.Equal(["0s Firing Warning FLD-1", "60s Resolved Warning FLD-1", "60s Pending Critical FLD-1", "300s Firing Critical FLD-1"], driver.Told);
        Assert.All(driver.Transitions, t => Assert.Equal(EngineDriver.At(0), t.OccurredAt));
    }

    [Fact]
    public void Transition_tells_cause_with_values_and_all_its_times()
    {
        EngineDriver driver = new EngineDriver(Compile(Register(), Waiting)).Send(10, "FLD-1", "water_level=0.42", age: 4).Tick(100).Send(120, "FLD-1", "water_level=0.08", age: 3);

        AlertTransition firing = driver.Transitions[1];
        Assert.Equal(("water_level 0.42 m >= 0.3", EngineDriver.At(70), EngineDriver.At(6), EngineDriver.At(6)), (firing.Cause, firing.At, firing.OccurredAt, firing.ObservedAt));
        AlertTransition resolved = driver.Transitions[2];
        Assert.Equal(("water_level 0.08 m < 0.3", EngineDriver.At(120), EngineDriver.At(6), EngineDriver.At(117)), (resolved.Cause, resolved.At, resolved.OccurredAt, resolved.ObservedAt));
    }

    [Fact]
    public void Event_latches_until_the_clear_event()
    {
        RuleDefinition rule = RuleOf("r", "access", Level(AlertSeverity.Critical, "event == \"door_forced\"", "event == \"door_closed\""));

        EngineDriver driver = new EngineDriver(Compile(Register(), rule))
            .Send(0, "ACC-1", "event=door_forced")
            .Send(10, "ACC-1", "event=door_opened")
            .Send(20, "ACC-1", "armed=true")
            .Tick(100_000)
            .Send(100_001, "ACC-1", "event=door_closed");

        Assert.Equal(["0s Firing Critical ACC-1", "100001s Resolved Critical ACC-1"], driver.Told);
        Assert.Equal("event door_forced", driver.Transitions[0].Cause);
    }

    [Fact]
    public void Active_alerts_show_state_times_and_values()
    {
        EngineDriver driver = new EngineDriver(Compile(Register(), TwoLevels.Absent(900)))
            .Send(0, "FLD-1", "water_level=0.2")
            .Send(5, "FLD-3", "water_level=0.5")
            .Send(10, "FLD-3", "water_level=0.4");

        IReadOnlyList<ActiveAlert> alerts = driver.Engine.ActiveAlerts();

        Assert.Equal(["FLD-1 Pending Warning water_level 0.2 m", "FLD-3 Firing Critical water_level 0.4 m"], alerts.Select(a => $"{a.DeviceId} {a.State} {a.Severity} {string.Join(", ", a.Values)}"));
        Assert.Equal([EngineDriver.At(0), EngineDriver.At(5)], alerts.Select(a => a.Since));
        driver.Tick(910);
        Assert.Equal([false, true, false, true], driver.Engine.ActiveAlerts().Select(a => a.IsAbsence));
    }

    [Fact]
    public void Shadow_rule_is_evaluated_like_any_other()
    {
        EngineDriver driver = new EngineDriver(Compile(Register(), Plain with { Mode = RuleMode.Shadow })).Series("water_level", 20, 0.5);

        Assert.Equal(["0s Firing Warning FLD-1"], driver.Told);
    }
}
