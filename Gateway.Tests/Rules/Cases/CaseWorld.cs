using System.Text.Json;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Areas;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;

namespace Gateway.Tests.Rules.Cases;

/// <summary>A small city to decide cases in: one street, two grids, flood and camera devices, one flood rule by grid, two by device.</summary>
internal static class CaseWorld
{
    public static readonly EventTime Start = Time("2026-01-27T09:00:00Z");

    private static readonly SourceLocation Here = new("rules/test.yaml", 3, 5);

    public static readonly AreaTree Areas = new("2026-01-01", Time("2026-01-01"),
    [
        new Area { Code = "3301", Name = "city", Level = AreaLevel.City },
        new Area { Code = "330102", Name = "district", Level = AreaLevel.District, Parent = "3301" },
        new Area { Code = "330102001", Name = "street", Level = AreaLevel.Street, Parent = "330102" },
        new Area { Code = "330102001001", Name = "community", Level = AreaLevel.Community, Parent = "330102001" },
        new Area { Code = "330102001001G01", Name = "grid 1", Level = AreaLevel.Grid, Parent = "330102001001" },
        new Area { Code = "330102001001G02", Name = "grid 2", Level = AreaLevel.Grid, Parent = "330102001001" },
    ]);

    public static readonly TimeLimits Limits = new(TimeSpan.FromMinutes(30), TimeSpan.FromHours(4), TimeSpan.FromHours(2));

    private static readonly DeviceProfile Flood = new("flood", [], []) { ReportingInterval = TimeSpan.FromMinutes(1) };
    private static readonly DeviceProfile Camera = new("camera", [], []);

    public static readonly Device[] Devices =
    [
        Make(0, "FLD-1", Flood, "330102001001G01", ""),
        Make(1, "FLD-2", Flood, "330102001001G01", "B-1"),
        Make(2, "FLD-3", Flood, "330102001001G02", "B-1"),
        Make(3, "CAM-1", Camera, "330102001001G02", ""),
    ];

    public static readonly RuleDefinition Underpass = Rule("underpass-flood", "flood.underpass", CaseScope.Grid, reopen: TimeSpan.FromMinutes(30));
    public static readonly RuleDefinition Rising = Rule("underpass-rising", "flood.underpass", CaseScope.Grid, reopen: TimeSpan.FromMinutes(30));
    public static readonly RuleDefinition Latched = Rule("smoke", "fire.smoke", CaseScope.Device, latched: true);
    public static readonly RuleDefinition Odd = Rule("odd", "noise.unknown", CaseScope.Building);

    public static readonly ResponsibilityList Duty = new(
        new Dictionary<string, ResponsibleUnit>
        {
            ["water"] = new("water", "Water bureau", "12345", "always", Here),
            ["fire"] = new("fire", "Fire brigade", "119", "always", Here),
            ["street"] = new("street", "Street office", "12346", "always", Here),
        },
        [Row("flood.*", "3301", "water", ["street"]), Row("fire.*", "3301", "fire", [])],
        [new ForbiddenPair("flood.*", "fire", "no boats", Here)]);

    public static CaseSettings Settings { get; } = new()
    {
        Router = new Router(Duty),
        Areas = Areas,
        TimeZone = TimeZoneInfo.CreateCustomTimeZone("east-8", TimeSpan.FromHours(8), "east-8", "east-8"),
    };

    public static EventTime Time(string text) => EventTime.TryParse(text, out EventTime time) ? time : throw new FormatException(text);

    public static EventTime At(double minutes) => Start + TimeSpan.FromMinutes(minutes);

    public static AlertContext Context(RuleDefinition rule, int device, long offset = 7) =>
        new() { Rule = rule, RuleSha256 = "ab12", Device = Devices[device], Offset = offset, Values = "water_level=0.42" };

    public static AlertTransition Alert(AlertTransitionKind kind, EventTime at, int device = 0, AlertSeverity severity = AlertSeverity.Warning) =>
        new(0, device, kind, severity, at, at, at, false, "water_level 0.42 m >= 0.30") { RuleName = "underpass-flood", DeviceId = Devices[device].Id };

    public static CaseCommand Command(string caseNo, CaseCommandKind kind, string actor = "li", bool fieldCheck = false, string to = "") =>
        new() { CaseNo = caseNo, Command = kind, Actor = actor, Reason = "because", FieldCheck = fieldCheck, To = to };

    public static CaseIntake Intake(string area, string kind, string source = "hotline", string externalId = "") =>
        new() { Source = source, Event = kind, Area = area, Description = "路面积水", ExternalId = externalId };

    public static string Json(Case? c) => JsonSerializer.Serialize(c!, CaseJsonContext.Readable.Case);

    public static string Json(CaseEvent e) => JsonSerializer.Serialize(e, CaseJsonContext.Readable.CaseEvent);

    public static ResponsibilityRow Row(string kind, string area, string lead, string[] co, TimeLimits? limits = null) => new()
    {
        Event = new SourceText(kind, Here),
        Area = new SourceText(area, Here),
        Lead = lead,
        CoHandlers = co,
        Limits = limits ?? Limits,
    };

    public static SourceLocation Location => Here;

    private static RuleDefinition Rule(string name, string kind, CaseScope scope, bool latched = false, TimeSpan reopen = default) => new()
    {
        Alert = new SourceText(name, Here),
        Match = new DeviceMatch { Kind = new SourceText("flood", Here) },
        Case = new CaseDefinition { Event = new SourceText(kind, Here), Scope = scope, Latched = latched, ReopenWithin = reopen },
    };

    private static Device Make(int index, string id, DeviceProfile profile, string area, string building) =>
        new() { Index = index, Id = id, Profile = profile, Area = area, Building = building, Address = "江边路 1 号", Latitude = 30.2, Longitude = 120.1 };
}
