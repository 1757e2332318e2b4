using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Areas;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;

namespace Gateway.Tests.Rules.Cases;

/// <summary>A case book of one community and more, in which matters are told and sensed. Grids are about a kilometre wide; a thousandth of a degree is about 100 m.</summary>
public abstract class MatterRig
{
    protected const string Kind = "fire.smoke", Street = "330102001", Community = "330102001001", Grid = "330102001001G01", Beside = "330102001001G02", Far = "330102001002G03";

    protected static readonly AreaTree Areas = Tree("2026-01-01", Square(Grid, 120.10, 120.11), Square(Beside, 120.11, 120.12), Square(Far, 120.12, 120.13));
    protected static readonly AreaTree Recut = Tree("2026-06-01", Square("330102001001G11", 120.10, 120.105), Square("330102001001G12", 120.105, 120.11), Square(Beside, 120.11, 120.12), Square(Far, 120.12, 120.13));

    protected static readonly DeviceProfile Smoke = new("smoke", [], []);

    // Two in a building, one beside it, one just over the grid's border, one in the other community.
    protected static readonly Device[] Devices =
    [
        Device(0, "S-1", Grid, "B-1", 120.103),
        Device(1, "S-2", Grid, "B-1", 120.103),
        Device(2, "S-3", Grid, "B-2", 120.1095),
        Device(3, "S-4", Beside, "B-3", 120.1105),
        Device(4, "S-5", Far, "", 120.125),
    ];

    /// <summary>All that changed.</summary>
    protected CaseChanges Changes { get; } = new();
    /// <summary>The book.</summary>
    protected CaseBook Book { get; private set; } = new(Settings(CaseScope.Device));
    private CaseScope _scope;
    private int _minute;

    protected static CaseIntake Report() => new() { Source = "hotline", Event = Kind, Area = Grid };

    protected static CaseIntakeForm Say(string? area = null, string? building = null, string? device = null, double? latitude = null, double? longitude = null) =>
        new("hotline", Kind, area, building, device, null, latitude, longitude, null, null, null, null);

    /// <summary>What somebody says of the place of the first device.</summary>
    protected static CaseIntakeForm Form(string gives) => gives switch
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

    protected static CaseIntake Read(AreaTree areas, string gives) => Read(areas, Form(gives));

    protected static CaseIntake Read(AreaTree areas, CaseIntakeForm form)
    {
        (CaseIntake? intake, IReadOnlyList<string> faults) = form.Read(areas, new DeviceRegister([Devices[0].Profile], Devices), CaseWorld.At(10_000));
        Assert.True(intake is not null, string.Join('\n', faults));
        return intake;
    }

    protected void Begin(CaseScope scope, AreaTree? areas = null)
    {
        _scope = scope;
        Changes.Clear();
        Book = new CaseBook(Settings(scope) with { Areas = areas ?? Areas });
    }

    protected void Restart(bool restarts) => Book = restarts ? new CaseBook(Book.Settings, Book.LastNumber, Book.Cases.OrderBy(c => c.Number)) : Book;

    protected CaseIntakeResult Tell(CaseIntakeForm form) => Book.Handle(Read(Book.Settings.Areas, form), Next(), 5, Changes);

    protected void Fire(int device) => Send(device, AlertTransitionKind.Firing);

    protected void Clear(int device) => Send(device, AlertTransitionKind.Resolved);

    protected void Send(int device, AlertTransitionKind kind)
    {
        EventTime at = Next();
        AlertContext context = new() { Rule = Rule(_scope), RuleSha256 = "ab12", Device = Devices[device], Offset = 7 };
        Book.Handle(new AlertTransition(0, device, kind, AlertSeverity.Warning, at, at, at, false, "smoke") { RuleName = "smoke", DeviceId = Devices[device].Id }, context, Changes);
    }

    protected void Work(string caseNo)
    {
        foreach ((CaseCommandKind command, string actor) in new[] { (CaseCommandKind.Accept, "li"), (CaseCommandKind.Report, "li"), (CaseCommandKind.Verify, "wang") })
        {
            Assert.Null(Book.Handle(CaseWorld.Command(caseNo, command, actor, fieldCheck: true), Next(), 5, Changes));
        }
    }

    protected Case Of(string device) => Book.Cases.Single(c => c.Alerts.Any(a => a.DeviceId == device));

    protected EventTime Next() => CaseWorld.At(++_minute);

    protected void AssertFolds() => Assert.All(Changes.Events.GroupBy(e => e.CaseNo), h => Assert.Equal(CaseWorld.Json(Case.Fold(h)), CaseWorld.Json(Changes.Find(h.Key))));

    protected static CaseSettings Settings(CaseScope scope) => CaseWorld.Settings with { Areas = Areas, Terms = CaseTerms.Of([Rule(scope)]) };

    protected static RuleDefinition Rule(CaseScope scope) => CaseWorld.Latched with
    {
        Alert = new SourceText("smoke", CaseWorld.Location),
        Case = new CaseDefinition { Event = new SourceText(Kind, CaseWorld.Location), Scope = scope, ReopenWithin = TimeSpan.FromHours(1), VerifyHold = TimeSpan.Zero },
    };

    protected static Device Device(int index, string id, string area, string building, double longitude) => new()
    {
        Index = index,
        Id = id,
        Profile = Smoke,
        Area = area,
        Building = building,
        Latitude = 30.205,
        Longitude = longitude,
    };

    protected static AreaTree Tree(string version, params Area[] grids) => new(version, CaseWorld.Time(version),
    [
        new Area { Code = "3301", Name = "city", Level = AreaLevel.City },
        new Area { Code = "330102", Name = "district", Level = AreaLevel.District, Parent = "3301" },
        new Area { Code = Street, Name = "street", Level = AreaLevel.Street, Parent = "330102" },
        new Area { Code = Community, Name = "community 1", Level = AreaLevel.Community, Parent = Street },
        new Area { Code = "330102001002", Name = "community 2", Level = AreaLevel.Community, Parent = Street },
        .. grids,
    ]);

    protected static Area Square(string code, double west, double east) => new()
    {
        Code = code,
        Name = code,
        Level = AreaLevel.Grid,
        Parent = code[..12],
        Polygon = [(west, 30.20), (east, 30.20), (east, 30.21), (west, 30.21), (west, 30.20)],
    };
}
