using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Areas;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;

namespace Gateway.Tests.Rules.Cases;

/// <summary>
/// One matter, one case: whatever rules look at, whatever people say of the place, whoever is first. Grids are about a kilometre wide; a minute of
/// degree is more than 100 m.
/// </summary>
public sealed class CaseTwinTests
{
    private const string Kind = "fire.smoke", Street = "330102001", Community = "330102001001", Grid = "330102001001G01", Beside = "330102001001G02", Far = "330102001002G03";

    private static readonly AreaTree Areas = Tree("2026-01-01", Square(Grid, 120.10, 120.11), Square(Beside, 120.11, 120.12), Square(Far, 120.12, 120.13));
    private static readonly AreaTree Recut = Tree("2026-06-01", Square("330102001001G11", 120.10, 120.105), Square("330102001001G12", 120.105, 120.11), Square(Beside, 120.11, 120.12), Square(Far, 120.12, 120.13));

    private static readonly DeviceProfile Smoke = new("smoke", [], []);

    // Two in a building, one beside it, one just over the grid's border, one in the other community.
    private static readonly Device[] Devices =
    [
        Device(0, "S-1", Grid, "B-1", 120.103),
        Device(1, "S-2", Grid, "B-1", 120.103),
        Device(2, "S-3", Grid, "B-2", 120.1095),
        Device(3, "S-4", Beside, "B-3", 120.1105),
        Device(4, "S-5", Far, "", 120.125),
    ];

    private readonly CaseChanges _changes = new();
    private CaseBook _book = new(Settings(CaseScope.Device));
    private CaseScope _scope;
    private int _minute;

    public static TheoryData<CaseScope, string, bool> Table()
    {
        TheoryData<CaseScope, string, bool> rows = [];
        foreach (CaseScope scope in new[] { CaseScope.Device, CaseScope.Building, CaseScope.Grid })
        {
            foreach (string gives in new[] { "device", "device and city", "building", "building and street", "grid", "community", "position", "position over the border" })
            {
                rows.Add(scope, gives, false);
                rows.Add(scope, gives, true);
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Table))]
    public void Report_and_alert_of_one_matter_are_one_case(CaseScope scope, string gives, bool isPersonFirst)
    {
        foreach (bool restarts in new[] { false, true })
        {
            Begin(scope);
            CaseIntakeResult? report = isPersonFirst ? Tell(Form(gives)) : null;
            Fire(0);
            Restart(restarts);
            report ??= Tell(Form(gives));

            Case one = Assert.Single(_book.Cases);
            Assert.Equal((one.CaseNo, !isPersonFirst, 1, 1), (report.CaseNo, report.Joined, one.Occurrences, one.ReportCount));
            Assert.Equal(CaseCertainty.Observed, one.Certainty);

            // What comes later of the same alert, also anew, and of the same report, stays there.
            Restart(restarts);
            Clear(0);
            Fire(0);
            Assert.True(Tell(Form(gives)).Joined);
            Assert.Equal((2, 2), (Assert.Single(_book.Cases).Occurrences, _book.Cases.Single().ReportCount));
            AssertFolds();
        }
    }

    [Fact]
    public void Second_device_of_a_building_joins_what_the_first_found_and_one_of_another_building_does_not()
    {
        Begin(CaseScope.Building);
        CaseIntakeResult report = Tell(Form("grid"));
        Fire(0);
        Restart(true);
        Fire(1);
        Assert.Equal(2, Assert.Single(_book.Cases).Occurrences);
        Fire(2);
        Assert.Equal(2, _book.Cases.Count);
        Assert.Equal(report.CaseNo, Tell(Form("building")).CaseNo);
        Assert.NotEqual(report.CaseNo, Tell(Say(building: "B-2", area: Grid)).CaseNo); // though its grid is the first one's key
    }

    [Theory]
    [InlineData("building B-2")]
    [InlineData("device S-3")]
    [InlineData("other grid")]
    [InlineData("street")]
    [InlineData("other kind")]
    [InlineData("exercise")]
    public void What_is_elsewhere_or_says_too_little_is_a_case_of_its_own(string what)
    {
        Begin(CaseScope.Device);
        Fire(0);
        CaseIntake report = what switch
        {
            "building B-2" => Report() with { Area = Grid, Building = "B-2" },
            "device S-3" => Report() with { Area = Grid, DeviceId = "S-3", Building = "B-2" },
            "other grid" => Report() with { Area = Beside },
            "street" => Report() with { Area = Street },
            "other kind" => Report() with { Area = Grid, Event = "fire.gas" },
            _ => Report() with { Area = Grid },
        };
        _book.Settings = _book.Settings with { Exercise = what == "exercise" };
        Assert.False(_book.Handle(report, Next(), 5, _changes).Joined);
        Assert.Equal(2, _book.Cases.Count);
    }

    [Fact]
    public void Of_several_the_nearest_is_meant_and_without_a_position_the_oldest()
    {
        Begin(CaseScope.Device);
        Fire(2);
        Fire(0);
        (string older, string younger) = (Of("S-3").CaseNo, Of("S-1").CaseNo);
        Assert.Equal(older, Tell(Say(area: Grid)).CaseNo);
        Assert.Equal(younger, Tell(Form("building")).CaseNo);
        Assert.Equal(younger, Tell(Say(latitude: 30.205, longitude: 120.1045)).CaseNo); // 144 m from one, 480 m from the other
        Assert.Equal(older, Tell(Say(latitude: 30.205, longitude: 120.108)).CaseNo);
        Assert.False(Tell(Say(area: Community)).Joined); // two there: nobody knows which
        Assert.Equal(3, _book.Cases.Count);
    }

    [Fact]
    public void Alert_takes_the_report_of_its_building_before_that_of_its_grid_and_only_one_that_no_sensor_is_in()
    {
        Begin(CaseScope.Device);
        string ofGrid = Tell(Say(area: Grid)).CaseNo, ofBuilding = Tell(Say(building: "B-1", area: Community)).CaseNo;
        Assert.NotEqual(ofGrid, ofBuilding);
        Fire(0);
        Fire(2);
        Assert.Equal((ofBuilding, ofGrid), (Of("S-1").CaseNo, Of("S-3").CaseNo));
        Fire(1);
        Fire(3);
        Assert.Equal((0, 0, 4), (Of("S-2").ReportCount, Of("S-4").ReportCount, _book.Cases.Count));
    }

    [Fact]
    public void Just_closed_case_of_the_place_is_opened_again_and_no_other()
    {
        Begin(CaseScope.Device);
        Fire(0);
        string caseNo = _book.Cases.Single().CaseNo;
        Clear(0);
        Work(caseNo);
        Assert.Equal(CaseStatus.Closed, _book.Find(caseNo)!.Status);
        Assert.False(Tell(Say(area: Far)).Joined);
        Assert.Equal((caseNo, true), (Tell(Form("grid")).CaseNo, _book.Find(caseNo)!.IsOpen));
        Fire(0);
        Assert.Equal(2, _book.Cases.Count);
    }

    [Fact]
    public void Merged_case_is_found_by_its_place()
    {
        Begin(CaseScope.Device);
        Fire(0);
        Fire(4);
        Assert.Null(_book.Handle(CaseWorld.Command(Of("S-1").CaseNo, CaseCommandKind.Merge, to: Of("S-5").CaseNo), Next(), 5, _changes));
        Restart(true);
        Assert.Equal((Assert.Single(_book.Cases).CaseNo, true), (Tell(Form("grid")).CaseNo, Tell(Form("building")).Joined));
        AssertFolds();
    }

    [Theory]
    [InlineData(CaseScope.Device)]
    [InlineData(CaseScope.Building)]
    [InlineData(CaseScope.Grid)]
    public void Device_list_that_is_behind_a_recut_of_units_makes_no_twin(CaseScope scope)
    {
        foreach (bool isPersonFirst in new[] { false, true })
        {
            foreach (string gives in new[] { "device", "position", "building in new grid" })
            {
                Begin(scope, Recut);
                CaseIntake? early = isPersonFirst ? Read(Recut, gives) : null;
                if (early is not null)
                {
                    Assert.Equal("330102001001G11", early.Area);
                    _book.Handle(early, Next(), 5, _changes);
                }

                Fire(0);
                if (!isPersonFirst)
                {
                    Assert.True(_book.Handle(Read(Recut, gives), Next(), 5, _changes).Joined);
                }

                Assert.Equal((1, 1), (Assert.Single(_book.Cases).Occurrences, _book.Cases.Single().ReportCount));
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Matter_that_goes_on_over_a_recut_stays_one_case(bool isPersonFirst)
    {
        foreach (CaseScope scope in new[] { CaseScope.Device, CaseScope.Building, CaseScope.Grid })
        {
            Begin(scope);
            if (isPersonFirst)
            {
                Tell(Form("position"));
            }
            else
            {
                Fire(0);
            }

            Restart(true);
            _book.Settings = Settings(scope) with { Areas = Recut };
            if (isPersonFirst)
            {
                Fire(0);
            }
            else
            {
                Assert.True(_book.Handle(Read(Recut, "position"), Next(), 5, _changes).Joined);
            }

            Assert.Equal((1, 1), (Assert.Single(_book.Cases).Occurrences, _book.Cases.Single().ReportCount));
        }
    }

    [Fact]
    public void Lead_over_the_first_report_is_negative_where_people_were_first_and_comes_along_when_cases_are_merged()
    {
        Begin(CaseScope.Device);
        Fire(0);
        Assert.Null(Of("S-1").LeadTime);
        Tell(Form("grid"));
        Tell(Form("grid"));
        Assert.Equal(TimeSpan.FromMinutes(1), Of("S-1").LeadTime);

        string later = Tell(Say(area: Far)).CaseNo;
        Assert.Null(_book.Find(later)!.LeadTime);
        Fire(4);
        Assert.Equal(TimeSpan.FromMinutes(-1), _book.Find(later)!.LeadTime);

        Assert.Null(_book.Handle(CaseWorld.Command(later, CaseCommandKind.Merge, to: Of("S-1").CaseNo), Next(), 5, _changes));
        Assert.Equal(TimeSpan.FromMinutes(1), Of("S-1").LeadTime); // sensed in minute 1, told in minute 2
        AssertFolds();
    }

    private static CaseIntake Report() => new() { Source = "hotline", Event = Kind, Area = Grid };

    private static CaseIntakeForm Say(string? area = null, string? building = null, string? device = null, double? latitude = null, double? longitude = null) =>
        new("hotline", Kind, area, building, device, null, latitude, longitude, null, null, null, null);

    /// <summary>What somebody says of the place of the first device.</summary>
    private static CaseIntakeForm Form(string gives) => gives switch
    {
        "device" => Say(device: "S-1"),
        "device and city" => Say(device: "S-1", area: "3301"),
        "building" => Say(building: "B-1", area: Grid),
        "building and street" => Say(building: "B-1", area: Street),
        "building in new grid" => Say(building: "B-1", area: "330102001001G11"),
        "grid" => Say(area: Grid),
        "community" => Say(area: Community),
        "position" => Say(latitude: 30.2055, longitude: 120.1035),
        _ => Say(latitude: 30.2055, longitude: 120.1035, area: Beside),
    };

    private static CaseIntake Read(AreaTree areas, string gives) => Read(areas, Form(gives));

    private static CaseIntake Read(AreaTree areas, CaseIntakeForm form)
    {
        (CaseIntake? intake, IReadOnlyList<string> faults) = form.Read(areas, new DeviceRegister([Devices[0].Profile], Devices), CaseWorld.At(10_000));
        Assert.True(intake is not null, string.Join('\n', faults));
        return intake;
    }

    private void Begin(CaseScope scope, AreaTree? areas = null)
    {
        _scope = scope;
        _changes.Clear();
        _book = new CaseBook(Settings(scope) with { Areas = areas ?? Areas });
    }

    private void Restart(bool restarts) => _book = restarts ? new CaseBook(_book.Settings, _book.LastNumber, _book.Cases.OrderBy(c => c.Number)) : _book;

    private CaseIntakeResult Tell(CaseIntakeForm form) => _book.Handle(Read(_book.Settings.Areas, form), Next(), 5, _changes);

    private void Fire(int device) => Send(device, AlertTransitionKind.Firing);

    private void Clear(int device) => Send(device, AlertTransitionKind.Resolved);

    private void Send(int device, AlertTransitionKind kind)
    {
        EventTime at = Next();
        AlertContext context = new() { Rule = Rule(_scope), RuleSha256 = "ab12", Device = Devices[device], Offset = 7 };
        _book.Handle(new AlertTransition(0, device, kind, AlertSeverity.Warning, at, at, at, false, "smoke") { RuleName = "smoke", DeviceId = Devices[device].Id }, context, _changes);
    }

    private void Work(string caseNo)
    {
        foreach ((CaseCommandKind command, string actor) in new[] { (CaseCommandKind.Accept, "li"), (CaseCommandKind.Report, "li"), (CaseCommandKind.Verify, "wang") })
        {
            Assert.Null(_book.Handle(CaseWorld.Command(caseNo, command, actor, fieldCheck: true), Next(), 5, _changes));
        }
    }

    private Case Of(string device) => _book.Cases.Single(c => c.Alerts.Any(a => a.DeviceId == device));

    private EventTime Next() => CaseWorld.At(++_minute);

    private void AssertFolds() => Assert.All(_changes.Events.GroupBy(e => e.CaseNo), h => Assert.Equal(CaseWorld.Json(Case.Fold(h)), CaseWorld.Json(_changes.Find(h.Key))));

    private static CaseSettings Settings(CaseScope scope) => CaseWorld.Settings with { Areas = Areas, Terms = CaseTerms.Of([Rule(scope)]) };

    private static RuleDefinition Rule(CaseScope scope) => CaseWorld.Latched with
    {
        Alert = new SourceText("smoke", CaseWorld.Location),
        Case = new CaseDefinition { Event = new SourceText(Kind, CaseWorld.Location), Scope = scope, ReopenWithin = TimeSpan.FromHours(1), VerifyHold = TimeSpan.Zero },
    };

    private static Device Device(int index, string id, string area, string building, double longitude) => new()
    {
        Index = index,
        Id = id,
        Profile = Smoke,
        Area = area,
        Building = building,
        Latitude = 30.205,
        Longitude = longitude,
    };

    private static AreaTree Tree(string version, params Area[] grids) => new(version, CaseWorld.Time(version),
    [
        new Area { Code = "3301", Name = "city", Level = AreaLevel.City },
        new Area { Code = "330102", Name = "district", Level = AreaLevel.District, Parent = "3301" },
        new Area { Code = Street, Name = "street", Level = AreaLevel.Street, Parent = "330102" },
        new Area { Code = Community, Name = "community 1", Level = AreaLevel.Community, Parent = Street },
        new Area { Code = "330102001002", Name = "community 2", Level = AreaLevel.Community, Parent = Street },
        .. grids,
    ]);

    private static Area Square(string code, double west, double east) => new()
    {
        Code = code,
        Name = code,
        Level = AreaLevel.Grid,
        Parent = code[..12],
        Polygon = [(west, 30.20), (east, 30.20), (east, 30.21), (west, 30.21), (west, 30.20)],
    };
}
