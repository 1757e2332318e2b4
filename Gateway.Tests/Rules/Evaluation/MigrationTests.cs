using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;
using Gateway.Tests.Rules.Support;
using static Gateway.Tests.Rules.Support.SmallCity;

namespace Gateway.Tests.Rules.Evaluation;

/// <summary>What a reload does to live state when a field of a rule changed: the table in README.md of Gateway.Rules/Evaluation, row by row.</summary>
public sealed class MigrationTests
{
    private static readonly RuleDefinition Ladder = RuleOf("r", "flood",
        Level(AlertSeverity.Warning, "water_level >= 1", forSeconds: 60),
        Level(AlertSeverity.Critical, "water_level >= 2", keepSeconds: 60)) with
    { Case = Flood("flood.river") };

    private static CaseDefinition Flood(string kind, CaseScope scope = CaseScope.Device) => new() { Event = Text(kind), Scope = scope };

    private static RuleDefinition WithLevels(params LevelDefinition[] levels) => Ladder with { Levels = levels };

    // FLD-1 pending as a warning since 0 s, FLD-2 firing critical since 0 s, FLD-3 critical and clearing since 20 s; the reload is at 30 s.
    private static EngineDriver Before()
    {
        EngineDriver driver = new EngineDriver(Compile(Register(), Ladder.Absent(300)))
            .Send(0, "FLD-1", "water_level=1.5").Send(0, "FLD-2", "water_level=2.5").Send(0, "FLD-3", "water_level=2.5").Send(20, "FLD-3", "water_level=0.5").Tick(30);
        driver.Transitions.Clear();
        return driver;
    }

    public static TheoryData<string, RuleDefinition, string> Changes => new()
    {
        { "nothing", Ladder, "60s Firing Warning FLD-1, 80s Resolved Critical FLD-3" },
        { "labels and annotations", Ladder with { Annotations = new Dictionary<string, string> { ["summary"] = "water" } }, "60s Firing Warning FLD-1, 80s Resolved Critical FLD-3" },
        {
            "a limit that is still met",
            WithLevels(Level(AlertSeverity.Warning, "water_level >= 1.2", forSeconds: 60), Level(AlertSeverity.Critical, "water_level >= 2.2", keepSeconds: 60)),
            "60s Firing Warning FLD-1, 80s Resolved Critical FLD-3"
        },
        {
            "a limit that is met no longer",
            WithLevels(Level(AlertSeverity.Warning, "water_level >= 1.8", forSeconds: 60), Level(AlertSeverity.Critical, "water_level >= 3", keepSeconds: 5)),
            "30s Dropped Warning FLD-1, 30s Resolved Critical FLD-3, 35s Lowered Warning FLD-2"
        },
        {
            "a limit that is met now",
            WithLevels(Level(AlertSeverity.Warning, "water_level >= 1", forSeconds: 60), Level(AlertSeverity.Critical, "water_level >= 1.4", keepSeconds: 60)),
            "30s Firing Critical FLD-1, 80s Resolved Critical FLD-3"
        },
        {
            "for made shorter",
            WithLevels(Level(AlertSeverity.Warning, "water_level >= 1", forSeconds: 10), Level(AlertSeverity.Critical, "water_level >= 2", keepSeconds: 60)),
            "30s Firing Warning FLD-1, 80s Resolved Critical FLD-3"
        },
        {
            "for made longer",
            WithLevels(Level(AlertSeverity.Warning, "water_level >= 1", forSeconds: 90), Level(AlertSeverity.Critical, "water_level >= 2", keepSeconds: 60)),
            "80s Resolved Critical FLD-3, 90s Firing Warning FLD-1"
        },
        {
            "keep_firing_for made shorter",
            WithLevels(Level(AlertSeverity.Warning, "water_level >= 1", forSeconds: 60), Level(AlertSeverity.Critical, "water_level >= 2", keepSeconds: 15)),
            "35s Resolved Critical FLD-3, 60s Firing Warning FLD-1"
        },
        {
            "a level put above",
            WithLevels([.. Ladder.Levels, Level(AlertSeverity.Emergency, "water_level >= 2.4")]),
            "30s Raised Emergency FLD-2, 60s Firing Warning FLD-1, 80s Resolved Critical FLD-3"
        },
        {
            "a level put below",
            WithLevels([Level(AlertSeverity.Info, "water_level >= 0.1"), .. Ladder.Levels]),
            "30s Firing Info FLD-1, 60s Raised Warning FLD-1, 80s Lowered Info FLD-3"
        },
        {
            "the level that is raised taken away",
            WithLevels(Ladder.Levels[0]),
            "30s Withdrawn Critical FLD-2, 30s Withdrawn Critical FLD-3, 30s Pending Warning FLD-2, 60s Firing Warning FLD-1, 90s Firing Warning FLD-2"
        },
        { "max_age", Ladder with { MaxAge = TimeSpan.FromMinutes(1) }, "60s Firing Warning FLD-1, 80s Resolved Critical FLD-3" },
        {
            "match made narrower",
            Ladder with { Match = new DeviceMatch { Kind = Text("flood"), Devices = [Text("FLD-1"), Text("FLD-3")] } },
            "30s Withdrawn Critical FLD-2, 60s Firing Warning FLD-1, 80s Resolved Critical FLD-3"
        },
        {
            "event of the case",
            Ladder with { Case = Flood("flood.road") },
            "30s Withdrawn Warning FLD-1, 30s Withdrawn Critical FLD-2, 30s Withdrawn Critical FLD-3, 30s Pending Warning FLD-1, 30s Firing Critical FLD-2, 90s Firing Warning FLD-1"
        },
        {
            "scope of the case",
            Ladder with { Case = Flood("flood.river", CaseScope.Grid) },
            "30s Withdrawn Warning FLD-1, 30s Withdrawn Critical FLD-2, 30s Withdrawn Critical FLD-3, 30s Pending Warning FLD-1, 30s Firing Critical FLD-2, 90s Firing Warning FLD-1"
        },
        {
            "shadow to active, or back",
            Ladder with { Mode = RuleMode.Shadow },
            "30s Withdrawn Warning FLD-1, 30s Withdrawn Critical FLD-2, 30s Withdrawn Critical FLD-3, 30s Pending Warning FLD-1, 30s Firing Critical FLD-2, 90s Firing Warning FLD-1"
        },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Change_does_what_the_table_says(string what, RuleDefinition after, string told)
    {
        Assert.NotEmpty(what);
        EngineDriver driver = Before();
        driver.Reload(Compile(Register(), after.Absent(300)), 30).Tick(100);
        Assert.Equal(told, string.Join(", ", driver.Told));
    }

    [Theory]
    [InlineData(300, AlertSeverity.Info, "")]
    [InlineData(100, AlertSeverity.Info, "")]
    [InlineData(600, AlertSeverity.Info, "400s Withdrawn Info FLD-1 absent, 600s Firing Info FLD-1 absent")]
    [InlineData(300, AlertSeverity.Warning, "400s Withdrawn Info FLD-1 absent, 400s Firing Warning FLD-1 absent")]
    public void Silence_goes_on_where_it_is_long_enough_still(int after, AlertSeverity severity, string told)
    {
        EngineDriver driver = new EngineDriver(Compile(Register(), Rule("r", "water_level >= 1").Absent(300))).Send(0, "FLD-1", "water_level=0").Tick(400);
        driver.Transitions.Clear();
        driver.Reload(Compile(Register(), Rule("r", "water_level >= 1").Absent(after, severity)), 400).Tick(1000);
        Assert.Equal(told, string.Join(", ", driver.Told));
    }

    [Fact]
    public void New_rule_finds_at_once_what_is_so_already()
    {
        EngineDriver driver = new EngineDriver(Compile(Register(), Ladder)).Send(0, "FLD-1", "water_level=0.5");
        driver.Reload(Compile(Register(), Ladder, Rule("new", "water_level >= 0.4")), 30);
        Assert.Equal(["new 30s Firing Warning FLD-1"], driver.Told.Select(t => t.Replace("r 30s", "30s", StringComparison.Ordinal)));
        Assert.Equal(EngineDriver.At(0), driver.Transitions[0].OccurredAt);
    }

    [Fact]
    public void Edited_rule_goes_on_after_a_restart_as_before()
    {
        EngineDriver driver = Before();
        RuleDefinition edited = WithLevels(Level(AlertSeverity.Warning, "water_level >= 1.2", forSeconds: 90), Ladder.Levels[1]);
        driver.Reload(Compile(Register(), edited.Absent(300)), 30).Restart().Tick(100);
        Assert.Equal(["80s Resolved Critical FLD-3", "90s Firing Warning FLD-1"], driver.Told);
    }

    [Fact]
    public void Level_that_was_told_last_and_went_idle_may_be_taken_away()
    {
        RuleDefinition two = RuleOf("r", "flood", Level(AlertSeverity.Warning, "water_level >= 1", forSeconds: 60), Level(AlertSeverity.Critical, "water_level >= 2", forSeconds: 60));
        EngineDriver driver = new EngineDriver(Compile(Register(), two)).Send(0, "FLD-1", "water_level=2.5").Send(20, "FLD-1", "water_level=1.5");
        driver.Reload(Compile(Register(), two with { Levels = [two.Levels[0]] }), 30);
        Assert.Equal(AlertSeverity.Warning, Assert.Single(driver.Engine.ActiveAlerts()).Severity);
        Assert.Equal(["0s Pending Critical FLD-1", "60s Firing Warning FLD-1"], driver.Tick(100).Told);
    }

    [Fact]
    public void Absence_goes_on_through_an_edit_soon_after_a_start()
    {
        EngineDriver driver = new EngineDriver(Compile(Register(), Rule("r", "water_level >= 1").Absent(300))).Send(0, "FLD-1", "water_level=0").Tick(400).Restart();
        driver.Engine.GatewayStarted(EngineDriver.At(1_000), TimeSpan.FromMinutes(10));
        driver.Tick(1_000).Reload(Compile(Register(), Rule("r", "water_level >= 2").Absent(300)), 1_060).Tick(2_000);
        Assert.Equal(["300s Firing Info FLD-1 absent"], driver.Told);
    }
}
