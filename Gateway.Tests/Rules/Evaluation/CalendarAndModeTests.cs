using Gateway.Rules.Compilation;
using Gateway.Rules.Files;
using Gateway.Tests.Rules.Support;
using static Gateway.Tests.Rules.Support.SmallCity;

namespace Gateway.Tests.Rules.Evaluation;

/// <summary>What changes with the hours and with the city's mode, without a reading. The driver's start is 09:00.</summary>
public sealed class CalendarAndModeTests
{
    private static readonly CityContext Hours = WithCalendar("night", "09:02-09:05");

    [Fact]
    public void Hours_that_begin_raise_what_is_so_already_and_their_end_clears_it()
    {
        EngineDriver driver = new EngineDriver(Compile(Register(), Hours, Rule("r", "water_level >= 1 and during(night)")))
            .Send(30, "FLD-1", "water_level=2").Tick(119);
        Assert.Empty(driver.Told);

        driver.Tick(400);
        Assert.Equal(["120s Firing Warning FLD-1", "300s Resolved Warning FLD-1"], driver.Told);
        Assert.Equal("water_level 2 m >= 1 and during night", driver.Transitions[0].Cause);
        Assert.Equal("not during night", driver.Transitions[1].Cause);
    }

    [Fact]
    public void Reading_too_old_to_count_raises_nothing_when_hours_begin()
    {
        RuleDefinition strict = Rule("r", "water_level >= 1 and during(night)") with { MaxAge = TimeSpan.FromSeconds(60) };
        EngineDriver driver = new EngineDriver(Compile(Register(), Hours, strict)).Send(30, "FLD-1", "water_level=2").Tick(400);
        Assert.Empty(driver.Told);
    }

    [Fact]
    public void For_counts_from_the_beginning_of_the_hours()
    {
        EngineDriver driver = new EngineDriver(Compile(Register(), Hours, Rule("r", "water_level >= 1 and during(night)", forSeconds: 60)))
            .Send(100, "FLD-1", "water_level=2").Tick(290);
        Assert.Equal(["120s Pending Warning FLD-1", "180s Firing Warning FLD-1"], driver.Told);
    }

    [Fact]
    public void Hours_that_changed_while_the_gateway_was_down_are_judged_at_their_time()
    {
        EngineDriver driver = new EngineDriver(Compile(Register(), Hours, Rule("r", "water_level >= 1 and during(night)")))
            .Send(30, "FLD-1", "water_level=2").Restart().Tick(400);
        Assert.Equal(["120s Firing Warning FLD-1", "300s Resolved Warning FLD-1"], driver.Told);
    }

    [Fact]
    public void Next_due_is_the_next_change_of_hours()
    {
        EngineDriver driver = new EngineDriver(Compile(Register(), Hours, Rule("r", "water_level >= 1 and during(night)"))).Tick(0);
        Assert.Equal(EngineDriver.At(120), driver.Engine.NextDue);
    }

    [Fact]
    public void Two_modes_have_two_outcomes_and_a_switch_is_judged_at_once()
    {
        RuleDefinition rule = Rule("r", "water_level >= 2 or (mode == emergency and water_level >= 1)");
        RuleSet normal = Compile(Register(), rule);
        RuleSet emergency = Compile(Register(), new CityContext { Mode = "emergency" }, rule);

        EngineDriver driver = new EngineDriver(normal).Send(0, "FLD-1", "water_level=1.5").Send(0, "FLD-2", "water_level=0.5").Send(0, "FLD-3", "water_level=2.5");
        Assert.Equal(["0s Firing Warning FLD-3"], driver.Told);

        driver.Tick(60).Reload(emergency);
        Assert.Equal(["60s Firing Warning FLD-1"], driver.Told.Skip(1));
        Assert.Equal("(mode emergency and water_level 1.5 m >= 1)", driver.Transitions[1].Cause);

        driver.Tick(90).Reload(normal);
        Assert.Equal(["90s Resolved Warning FLD-1"], driver.Told.Skip(2)); // FLD-3 goes on through both
    }

    [Fact]
    public void Field_of_the_kind_called_mode_comes_first()
    {
        Assert.Equal("R104", Assert.Single(Findings(Rule("r", "moed == emergency and water_level > 1")), f => f.Level == FindingLevel.Error && f.Code == "R104" && f.Location.Column == 11).Code);
    }

    [Fact]
    public void Count_of_an_area_is_of_the_instant_the_hours_begin()
    {
        EngineDriver driver = new EngineDriver(Compile(Register(), Hours, Rule("r", "during(night) and devices(water_level >= 1, area=grid, within=1m) >= 2")))
            .Send(50, "FLD-1", "water_level=2").Send(55, "FLD-3", "water_level=2").Tick(400);
        Assert.Empty(driver.Told);
        driver = new EngineDriver(driver.Rules).Send(90, "FLD-1", "water_level=2").Send(95, "FLD-3", "water_level=2").Tick(400);
        Assert.Equal(["120s Firing Warning FLD-1", "120s Firing Warning FLD-3", "150.001s Resolved Warning FLD-1", "150.001s Resolved Warning FLD-3"], driver.Told);
    }

    [Fact]
    public void Rule_that_is_new_is_judged_by_the_hours_of_now()
    {
        EngineDriver driver = new EngineDriver(Compile(Register(), Rule("r", "water_level >= 5"))).Send(100, "FLD-1", "water_level=2");
        driver.Reload(Compile(Register(), Hours, Rule("r", "water_level >= 5"), Rule("new", "water_level >= 1 and not during(night)")), 130).Tick(200);
        Assert.Empty(driver.Told);
    }
}
