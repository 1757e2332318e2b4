using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Areas;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;

namespace Gateway.Tests.Rules.Cases;

/// <summary>Many breaches at once: few cases, each breach in one of them, and one to look at above them.</summary>
public sealed class StormTests
{
    private const int Districts = 4, Streets = 5, Communities = 5, Grids = 5;

    private static readonly AreaTree Areas = new("2026-01-01", CaseWorld.Time("2026-01-01"), [.. Units()]);
    private static readonly string[] GridCodes = [.. Areas.Areas.Where(a => a.Level == AreaLevel.Grid).Select(a => a.Code)];
    private static readonly DeviceProfile Gauge = new("flood", [], []) { ReportingInterval = TimeSpan.FromMinutes(1) };
    private static readonly RuleDefinition Underpass = Rule("flood", "flood.underpass"), River = Rule("river", "flood.river"), Smoke = Rule("smoke", "fire.smoke");

    private readonly CaseChanges _changes = new();
    private CaseBook _book = new(Settings());
    private int _clock;

    [Fact]
    public void Fewer_than_the_settings_say_are_no_storm()
    {
        for (int i = 0; i < 4; i++)
        {
            Fire($"F-{i}", GridCodes[0]);
        }

        Assert.Equal(4, _book.Cases.Count);
        Assert.DoesNotContain(_book.Cases, c => c.IsStorm || c.Storm.Length > 0);
    }

    [Fact]
    public void Enough_in_one_community_are_a_storm_that_stands_above_them()
    {
        for (int i = 0; i < 5; i++)
        {
            Fire($"F-{i}", GridCodes[i % Grids], rule: i % 2 == 0 ? Underpass : River);
        }

        Case storm = Storms().Single();
        Assert.Equal(("flood.storm", "330101001001", CaseStatus.Dispatched, "water"), (storm.Facts.Key.Event, storm.Facts.Key.Instance, storm.Status, storm.Lead));
        Assert.Equal(("storm", CaseCertainty.Observed, 0), (storm.Facts.Source, storm.Certainty, storm.Occurrences));
        Assert.Equal(["330101001001", "330101001", "330101", "3301"], storm.Facts.AreaPath);
        Assert.Equal(5, storm.Children.Count);
        Assert.All(storm.Children, child => Assert.Equal((storm.CaseNo, 1), (_book.Find(child)!.Storm, _book.Find(child)!.Occurrences)));
    }

    [Fact]
    public void Cases_too_far_apart_in_time_or_of_other_families_are_no_storm()
    {
        for (int i = 0; i < 4; i++)
        {
            Fire($"F-{i}", GridCodes[0]);
            Fire($"S-{i}", GridCodes[0], rule: Smoke);
        }

        _clock += 16 * 60_000;
        Fire("F-9", GridCodes[0]);

        Assert.Empty(Storms());
    }

    [Fact]
    public void Family_can_be_excepted()
    {
        _book = new CaseBook(Settings() with { Storms = new StormSettings { Except = ["fire"] } });
        for (int i = 0; i < 30; i++)
        {
            Fire($"S-{i}", GridCodes[0], rule: Smoke);
        }

        Assert.Equal(30, _book.Cases.Count);
    }

    [Fact]
    public void Beyond_its_children_the_storm_takes_breaches_itself_and_closes_only_when_they_and_its_children_are_over()
    {
        _book = new CaseBook(Settings() with { Storms = new StormSettings { Children = 6, Street = 0 } });
        for (int i = 0; i < 9; i++)
        {
            Fire($"F-{i}", GridCodes[0], severity: i == 8 ? AlertSeverity.Critical : AlertSeverity.Warning);
        }

        Case storm = Storms().Single();
        Assert.Equal((6, 3, AlertSeverity.Critical), (storm.Children.Count, storm.Occurrences, storm.Severity));
        Assert.Equal(["F-6", "F-7", "F-8"], storm.Alerts.Select(a => a.DeviceId));
        Assert.Equal(7, _book.Cases.Count);

        Work(storm.CaseNo);
        Assert.Equal(CaseRefusalKind.Illegal, Ask(storm.CaseNo, CaseCommandKind.Merge)!.Kind);
        Assert.Equal(CaseRefusalKind.BadInput, Ask(storm.Children[0], CaseCommandKind.Merge, to: storm.CaseNo)!.Kind);
        CaseRefusal refusal = Ask(storm.CaseNo, CaseCommandKind.Verify, "zhao", fieldCheck: true)!;
        Assert.Equal(CaseRefusalKind.NotVerifiable, refusal.Kind);
        Assert.Contains($"the end of {storm.Children[0]}, which is part of this storm", refusal.Missing);
        Assert.Contains("the same of 1 more", refusal.Missing);
        Assert.Contains(refusal.Missing, m => m.Contains("flood on F-7 is firing"));

        for (int i = 0; i < 9; i++)
        {
            Clear($"F-{i}", GridCodes[0]);
        }

        _clock += 10 * 60_000;
        foreach (string child in storm.Children)
        {
            Assert.Null(Ask(child, CaseCommandKind.Void));
        }

        refusal = Ask(storm.CaseNo, CaseCommandKind.Verify, "zhao")!;
        Assert.All(refusal.Missing, m => Assert.Contains("a cleared live reading of F-", m));
        for (int i = 6; i < 9; i++)
        {
            Observe($"F-{i}");
        }

        Assert.Null(Ask(storm.CaseNo, CaseCommandKind.Verify, "zhao"));
        Assert.Equal(CaseStatus.Closed, _book.Find(storm.CaseNo)?.Status ?? _changes.Find(storm.CaseNo)!.Status);
    }

    [Fact]
    public void Storm_of_nothing_but_cases_closes_without_a_reading_or_visit_of_its_own()
    {
        for (int i = 0; i < 5; i++)
        {
            Fire($"F-{i}", GridCodes[0]);
        }

        Case storm = Storms().Single();
        Work(storm.CaseNo);
        foreach (string child in storm.Children)
        {
            Ask(child, CaseCommandKind.Void);
        }

        Assert.Null(Ask(storm.CaseNo, CaseCommandKind.Verify, "zhao"));
    }

    [Fact]
    public void Street_with_many_is_a_storm_above_those_of_its_communities_and_new_communities_join_with_one_case()
    {
        for (int i = 0; i < 20; i++)
        {
            Fire($"F-{i}", GridCodes[i % (2 * Grids)]); // two communities
        }

        Case street = Storms("330101001").Single();
        Assert.Equal(["330101001001", "330101001002"], street.Children.Select(c => _book.Find(c)!.Facts.Key.Instance).Order());

        for (int i = 20; i < 40; i++)
        {
            Fire($"F-{i}", GridCodes[2 * Grids]); // a third
        }

        Case third = Storms("330101001003").Single();
        Assert.Equal((street.CaseNo, 20, 0), (third.Storm, third.Occurrences, third.Children.Count));
        Assert.Equal("F-20", third.Alerts[0].DeviceId);
        Assert.Equal("flood.storm in 330101001003: F-20: water_level 0.42 m >= 0.30", _changes.Events.OfType<CaseCollected>().Last().Summary);
    }

    [Fact]
    public void Storm_is_as_severe_as_the_worst_of_it()
    {
        for (int i = 0; i < 20; i++)
        {
            Fire($"F-{i}", GridCodes[i % (2 * Grids)]);
        }

        Send("F-3", GridCodes[3], AlertTransitionKind.Raised, AlertSeverity.Critical);

        Assert.Equal(AlertSeverity.Critical, Storms("330101001001").Single().Severity);
        Assert.Equal(AlertSeverity.Critical, Storms("330101001").Single().Severity);
        Assert.Equal(AlertSeverity.Warning, Storms("330101001002").Single().Severity);
    }

    [Fact]
    public void Report_of_a_person_in_a_full_storm_joins_it()
    {
        for (int i = 0; i < 20; i++)
        {
            Fire($"F-{i}", GridCodes[0]);
        }

        CaseIntakeResult result = _book.Handle(CaseWorld.Intake(GridCodes[1], "flood.road"), Now(), 1, _changes);

        Assert.Equal((true, Storms("330101001001").Single().CaseNo), (result.Joined, result.CaseNo));
    }

    [Fact]
    public void Report_from_a_community_that_a_wider_storm_comes_to_begins_its_storm_and_no_storm_is_part_of_itself()
    {
        for (int i = 0; i < 20; i++)
        {
            Fire($"F-{i}", GridCodes[i % 5 == 4 ? 3 * Grids : i % 5 * Grids]); // five communities of a street, four in each
        }

        Case street = Storms("330101001").Single();
        CaseIntakeResult report = _book.Handle(CaseWorld.Intake(GridCodes[1], "flood.road"), Now(), 1, _changes);
        Fire("F-20", GridCodes[2 * Grids]);

        Case begun = Storms("330101001001").Single();
        Assert.Equal((report.CaseNo, street.CaseNo, 1), (begun.CaseNo, begun.Storm, begun.ReportCount));
        Assert.Equal("", Storms("330101001").Single().Storm);
        AssertNoCircles();
    }

    [Fact]
    public void Alert_that_breaches_again_keeps_the_storm_that_had_it_from_closing()
    {
        _book = new CaseBook(Settings() with { Storms = new StormSettings { Children = 5, Street = 0 } });
        for (int i = 0; i < 6; i++)
        {
            Fire($"F-{i}", GridCodes[0]);
        }

        Case storm = Storms().Single();
        for (int i = 0; i < 6; i++)
        {
            Clear($"F-{i}", GridCodes[0]);
        }

        storm.Children.ToList().ForEach(child => Ask(child, CaseCommandKind.Void));
        Work(storm.CaseNo);
        _clock += 10 * 60_000;
        Send("F-5", GridCodes[0], AlertTransitionKind.Pending, AlertSeverity.Warning);
        Observe("F-5");

        CaseRefusal refusal = Ask(storm.CaseNo, CaseCommandKind.Verify, "zhao", fieldCheck: true)!;
        Assert.Contains(refusal.Missing, m => m.Contains("flood on F-5 is pending"));
        Send("F-5", GridCodes[0], AlertTransitionKind.Firing, AlertSeverity.Warning);
        Assert.Equal(2, _book.Find(storm.CaseNo)!.Occurrences);
    }

    [Fact]
    public void Ten_thousand_breaches_at_once_are_few_cases_and_each_is_in_one()
    {
        for (int i = 0; i < 10_000; i++)
        {
            Fire($"F-{i}", GridCodes[i * 7919 % GridCodes.Length], advance: 0);
        }

        int communities = Districts * Streets * Communities;
        Assert.InRange(_book.Cases.Count, communities, 400); // fewer than the city's 200, and its storms
        Assert.Single(Storms("3301"));
        Case[] withAlerts = [.. _book.Cases.Where(c => c.Alerts.Count > 0)];
        Assert.Equal(10_000, withAlerts.Sum(c => c.Alerts.Count));
        Assert.Equal(10_000, withAlerts.SelectMany(c => c.Alerts).Select(a => a.DeviceId).Distinct().Count());
        Case top = Storms("3301").Single();
        Assert.All(_book.Cases.Where(c => c != top), c => Assert.Equal(top, Top(c)));
    }

    /// <summary>Random breaches and ends, with the book restored from what a store would have at random moments: the same events.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Restart_at_any_moment_changes_nothing(int seed)
    {
        string plain = Play(seed, restarts: false), restarted = Play(seed, restarts: true);

        Assert.Contains("childJoined", plain);
        Assert.Equal(plain, restarted);
    }

    private string Play(int seed, bool restarts)
    {
        Random random = new(seed), moments = new(seed);
        Dictionary<string, Case> store = [];
        List<string> log = [];
        _book = new CaseBook(Settings());
        _clock = 0;
        for (int step = 0; step < 3_000; step++)
        {
            int gauge = random.Next(600);
            (string device, string grid) = ($"F-{gauge}", GridCodes[gauge % 40]);
            AlertTransitionKind kind = random.Next(3) == 0 ? AlertTransitionKind.Resolved : AlertTransitionKind.Firing;
            Send(device, grid, kind, (AlertSeverity)random.Next(1, 4), advance: random.Next(20_000));
            if (random.Next(8) == 0)
            {
                _book.Handle(CaseWorld.Intake(GridCodes[random.Next(60)], "flood.road", externalId: $"{step}"), Now(), _clock, _changes);
            }

            if (random.Next(10) == 0 && _book.Cases.Count > 0)
            {
                Case any = _book.Cases.OrderBy(c => c.Number).ElementAt(random.Next(_book.Cases.Count));
                Ask(any.CaseNo, (CaseCommandKind)random.Next(Enum.GetValues<CaseCommandKind>().Length), $"p{random.Next(3)}", fieldCheck: true);
            }

            log.AddRange(_changes.Events.Select(CaseWorld.Json));
            foreach (Case changed in _changes.Cases)
            {
                store[changed.CaseNo] = changed;
            }

            Check(store);
            AssertNoCircles();
            _changes.Clear();
            if (restarts && moments.Next(50) == 0)
            {
                _book = new CaseBook(Settings(), _book.LastNumber, store.Values.Where(c => c.IsOpen || c.ReopenUntil >= Now()));
            }
        }

        return string.Join('\n', log);
    }

    private void AssertNoCircles()
    {
        foreach (Case one in _book.Cases)
        {
            HashSet<string> seen = [];
            for (Case? above = one; above is not null; above = _book.Find(above.Storm))
            {
                Assert.True(seen.Add(above.CaseNo), $"{above.CaseNo} is part of itself");
            }
        }
    }

    private void Check(Dictionary<string, Case> store)
    {
        foreach (Case changed in _changes.Cases)
        {
            Assert.All(changed.Children, child => Assert.Contains(child, store.Keys));
            if (changed.Storm.Length > 0)
            {
                Assert.Contains(changed.CaseNo, store[changed.Storm].Children);
            }
        }

        Assert.Equal(store.Values.Count(c => c.IsOpen), store.Values.Where(c => c.IsOpen).Select(c => c.Facts.Key).Distinct().Count());
    }

    private Case Top(Case c) => c.Storm.Length == 0 ? c : Top(_book.Find(c.Storm)!);

    private IEnumerable<Case> Storms(string? unit = null) => _book.Cases.Where(c => c.IsStorm && (unit is null || c.Facts.Key.Instance == unit));

    private EventTime Now() => CaseWorld.Start + TimeSpan.FromMilliseconds(_clock);

    private void Fire(string device, string grid, RuleDefinition? rule = null, AlertSeverity severity = AlertSeverity.Warning, int advance = 1_000) =>
        Send(device, grid, AlertTransitionKind.Firing, severity, rule, advance);

    private void Clear(string device, string grid) => Send(device, grid, AlertTransitionKind.Resolved, AlertSeverity.Warning);

    private void Send(string device, string grid, AlertTransitionKind kind, AlertSeverity severity, RuleDefinition? rule = null, int advance = 1_000)
    {
        _clock += advance;
        rule ??= Underpass;
        AlertTransition alert = new(0, 0, kind, severity, Now(), Now(), Now(), false, "water_level 0.42 m >= 0.30") { RuleName = rule.Alert.Text, DeviceId = device };
        AlertContext context = new() { Rule = rule, RuleSha256 = "ab12", Device = new Device { Index = 0, Id = device, Profile = Gauge, Area = grid }, Offset = _clock, Values = "" };
        _book.Handle(alert, context, _changes);
    }

    private void Observe(string device) => _book.Observe(device, Now(), Now(), _clock, _changes);

    private CaseRefusal? Ask(string caseNo, CaseCommandKind kind, string actor = "li", bool fieldCheck = false, string to = "") =>
        _book.Handle(CaseWorld.Command(caseNo, kind, actor, fieldCheck, to), Now(), _clock, _changes);

    private void Work(string caseNo)
    {
        Assert.Null(Ask(caseNo, CaseCommandKind.Accept, "wang"));
        Assert.Null(Ask(caseNo, CaseCommandKind.Report, "wang"));
    }

    private static CaseSettings Settings() => CaseWorld.Settings with { Areas = Areas, Terms = CaseTerms.Of([Underpass, River, Smoke]) };

    private static RuleDefinition Rule(string name, string kind) => new()
    {
        Alert = new SourceText(name, CaseWorld.Location),
        Match = new DeviceMatch { Kind = new SourceText("flood", CaseWorld.Location) },
        Case = new CaseDefinition { Event = new SourceText(kind, CaseWorld.Location), Scope = CaseScope.Device, VerifyHold = TimeSpan.FromMinutes(5), ReopenWithin = TimeSpan.FromMinutes(10) },
    };

    private static IEnumerable<Area> Units()
    {
        yield return new Area { Code = "3301", Name = "city", Level = AreaLevel.City };
        for (int district = 1; district <= Districts; district++)
        {
            yield return new Area { Code = $"3301{district:D2}", Name = "district", Level = AreaLevel.District, Parent = "3301" };
            for (int street = 1; street <= Streets; street++)
            {
                string streetCode = $"3301{district:D2}{street:D3}";
                yield return new Area { Code = streetCode, Name = "street", Level = AreaLevel.Street, Parent = $"3301{district:D2}" };
                for (int community = 1; community <= Communities; community++)
                {
                    string code = $"{streetCode}{community:D3}";
                    yield return new Area { Code = code, Name = "community", Level = AreaLevel.Community, Parent = streetCode };
                    for (int grid = 1; grid <= Grids; grid++)
                    {
                        yield return new Area { Code = $"{code}G{grid:D2}", Name = "grid", Level = AreaLevel.Grid, Parent = code };
                    }
                }
            }
        }
    }
}
