using Gateway.Protocols.Readings;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;
using Gateway.Tests.Rules.Support;
using static Gateway.Tests.Rules.Support.SmallCity;

namespace Gateway.Tests.Rules.Evaluation;

/// <summary>Which readings are live, which values count as latest, and when silence is an absence.</summary>
public sealed class LivenessTests
{
    private static readonly RuleDefinition High = Rule("r", "water_level >= 0.3");
    private static readonly RuleDefinition Silent = RuleOf("r", "flood").Absent(300);

    private static EngineDriver Drive(params RuleDefinition[] rules) => new(Compile(Register(), rules));

    [Fact]
    public void Historical_reading_neither_raises_nor_clears_nor_ends_an_absence()
    {
        EngineDriver driver = Drive(High.Absent(300))
            .Send(0, "FLD-1", "water_level=0.5", age: 400, quality: TimeQuality.Historical)
            .Send(10, "FLD-1", "water_level=0.4")
            .Send(20, "FLD-1", "water_level=0.1", age: 400, quality: TimeQuality.Historical)
            .Send(400, "FLD-1", "water_level=0.1", age: 390, quality: TimeQuality.Historical);

        Assert.Equal(["10s Firing Warning FLD-1", "310s Firing Info FLD-1 absent"], driver.Told);
    }

    [Fact]
    public void Reading_older_than_max_age_is_not_live_for_that_rule_only()
    {
        EngineDriver driver = Drive(High with { MaxAge = TimeSpan.FromSeconds(30) }, Rule("patient", "water_level >= 0.3"))
            .Send(100, "FLD-1", "water_level=0.5", age: 31)
            .Send(200, "FLD-1", "water_level=0.5", age: 30);

        Assert.Equal(["patient 100s Firing Warning FLD-1", "200s Firing Warning FLD-1"], driver.Told);
    }

    [Fact]
    public void Reading_older_than_max_age_does_not_end_the_absence_of_that_rule()
    {
        EngineDriver driver = Drive(Silent with { MaxAge = TimeSpan.FromSeconds(30) }, Silent with { Alert = Text("patient") })
            .Send(0, "FLD-1", "water_level=0.1")
            .Send(400, "FLD-1", "water_level=0.1", age: 60);

        Assert.Equal(
            ["300s Firing Info FLD-1 absent", "patient 300s Firing Info FLD-1 absent", "patient 400s Resolved Info FLD-1 absent"],
            driver.Told);
    }

    [Fact]
    public void Exercise_clock_multiplies_max_age_and_nothing_else()
    {
        RuleDefinition rule = Rule("r", "water_level >= 0.3", forSeconds: 60) with { MaxAge = TimeSpan.FromSeconds(30) };
        EngineDriver driver = new EngineDriver(Compile(Register(), rule.Absent(300)), clockSpeed: 10).Send(1000, "FLD-1", "water_level=0.5", age: 300).Tick(1300);

        Assert.Equal(["1000s Pending Warning FLD-1", "1060s Firing Warning FLD-1", "1300s Firing Info FLD-1 absent"], driver.Told);
    }

    [Fact]
    public void Reading_overtaken_by_a_newer_one_does_not_move_state_backwards()
    {
        EngineDriver driver = Drive(High)
            .Send(100, "FLD-1", "water_level=0.5")
            .Send(101, "FLD-1", "water_level=0.1", age: 5, quality: TimeQuality.Late)
            .Send(102, "FLD-1", "water_level=0.1", age: 1);

        Assert.Equal(["100s Firing Warning FLD-1", "102s Resolved Warning FLD-1"], driver.Told);
    }

    [Fact]
    public void Reading_overtaken_by_another_field_still_counts()
    {
        EngineDriver driver = Drive(High).Send(100, "FLD-1", "battery=80").Send(101, "FLD-1", "water_level=0.5", age: 10);

        Assert.Equal(["101s Firing Warning FLD-1"], driver.Told);
    }

    [Fact]
    public void Two_events_of_one_millisecond_both_count()
    {
        RuleDefinition rule = RuleOf("r", "access", Level(AlertSeverity.Critical, "event == \"door_forced\"", "event == \"door_closed\""));

        EngineDriver driver = Drive(rule).Send(0, "ACC-1", "event=door_forced").Send(0, "ACC-1", "event=door_closed");

        Assert.Equal(["0s Firing Critical ACC-1", "0s Resolved Critical ACC-1"], driver.Told);
    }

    [Theory]
    [InlineData(299, true)]
    [InlineData(300, true)]
    [InlineData(301, false)]
    public void Value_from_another_message_counts_up_to_max_age(double later, bool fires)
    {
        EngineDriver driver = Drive(Rule("r", "water_level >= 0.3 and rainfall > 5"))
            .Send(0, "FLD-1", "water_level=0.5")
            .Send(later, "FLD-1", "rainfall=10");

        Assert.Equal(fires, driver.Told.Count == 1);
    }

    [Fact]
    public void Unknown_condition_holds_the_state()
    {
        EngineDriver driver = Drive(Rule("r", "water_level >= 0.3 and rainfall > 5"))
            .Send(0, "FLD-1", "water_level=0.5 rainfall=10")
            .Send(1000, "FLD-1", "water_level=0.6")
            .Send(1001, "FLD-1", "water_level=0.1");

        Assert.Equal(["0s Firing Warning FLD-1", "1001s Resolved Warning FLD-1"], driver.Told);
    }

    [Fact]
    public void Old_event_value_does_not_hold_back_a_clear_that_came_in_another_message()
    {
        RuleDefinition rule = RuleOf("r", "access", Level(AlertSeverity.Critical, "event == \"door_forced\"", "not armed"));

        EngineDriver driver = Drive(rule).Send(0, "ACC-1", "event=door_forced").Send(10, "ACC-1", "armed=false");

        Assert.Equal(["0s Firing Critical ACC-1", "10s Resolved Critical ACC-1"], driver.Told);
    }

    [Fact]
    public void Absence_counts_from_the_last_reading_and_ends_with_the_next()
    {
        EngineDriver driver = Drive(Silent)
            .Send(0, "FLD-1", "battery=80")
            .Send(200, "FLD-1", "battery=80")
            .Send(1000, "FLD-1", "water_level=0.1")
            .Tick(1299);

        Assert.Equal(["500s Firing Info FLD-1 absent", "1000s Resolved Info FLD-1 absent"], driver.Told);
        Assert.Equal(["no reading for 5m", "reports again after 13m20s"], driver.Transitions.Select(t => t.Cause));
        Assert.Equal(EngineDriver.At(200), driver.Transitions[0].OccurredAt);
    }

    [Fact]
    public void Device_that_never_reported_is_not_absent()
    {
        EngineDriver driver = Drive(Silent);
        Assert.Null(driver.Engine.NextDue);

        driver.Tick(100_000);

        Assert.Empty(driver.Told);
    }

    [Fact]
    public void Timers_are_armed_exactly_while_something_can_come_due()
    {
        EngineDriver driver = Drive(Rule("r", "water_level >= 0.3", forSeconds: 60));
        driver.Send(0, "FLD-1", "water_level=0.5");
        Assert.Equal(EngineDriver.At(60), driver.Engine.NextDue);

        driver.Send(30, "FLD-1", "water_level=0.1");

        Assert.Null(driver.Engine.NextDue);
    }

    [Fact]
    public void Downtime_of_the_gateway_is_no_absence_and_other_timers_go_on()
    {
        EngineDriver driver = Drive(Rule("r", "water_level >= 0.3", forSeconds: 60).Absent(300)).Send(0, "FLD-1", "water_level=0.5");

        driver.Restart().Engine.GatewayStarted(EngineDriver.At(3600), TimeSpan.FromMinutes(55));
        driver.Tick(3600);
        driver.Tick(3899).Tick(3900);

        Assert.Equal(["0s Pending Warning FLD-1", "60s Firing Warning FLD-1", "3900s Firing Info FLD-1 absent"], driver.Told);
    }
}
