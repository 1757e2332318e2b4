using System.Globalization;
using Gateway.Protocols.Devices;
using Gateway.Rules.Areas;
using Gateway.Rules.Calendars;
using Gateway.Rules.Compilation;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;

namespace Gateway.Tests.Rules.Support;

/// <summary>A small city to try rules on: two kinds, a few devices, a small area tree, and short ways to write rules.</summary>
internal static class SmallCity
{
    public static readonly DeviceProfile Flood = new("flood", [], [
        new FieldDefinition { Name = "water_level", Type = FieldType.Number, Unit = "m", Minimum = 0, Maximum = 10 },
        new FieldDefinition { Name = "rainfall", Type = FieldType.Number, Unit = "mm", Minimum = 0 },
        new FieldDefinition { Name = "battery", Type = FieldType.Integer, Unit = "%", Minimum = 0, Maximum = 100 },
        new FieldDefinition { Name = "submerged", Type = FieldType.Boolean },
        new FieldDefinition { Name = "ground", Type = FieldType.Number, Unit = "m" },
        new FieldDefinition { Name = "note", Type = FieldType.Text },
    ])
    { ReportingInterval = TimeSpan.FromMinutes(1) };

    public static readonly DeviceProfile Access = new("access", [], [
        new FieldDefinition { Name = "event", Type = FieldType.Enumeration, Values = ["door_opened", "door_closed", "door_forced", "max2"] },
        new FieldDefinition { Name = "previous", Type = FieldType.Enumeration, Values = ["door_opened", "door_closed", "door_forced", "max2"] },
        new FieldDefinition { Name = "card", Type = FieldType.Pseudonym },
        new FieldDefinition { Name = "armed", Type = FieldType.Boolean },
    ]);

    public static readonly AreaTree Areas = new("2026-01-01", default, [
        new Area { Code = "1", Name = "City", Level = AreaLevel.City },
        new Area { Code = "1-1", Name = "Street", Level = AreaLevel.Street, Parent = "1" },
        new Area { Code = "1-1-1", Name = "Grid one", Level = AreaLevel.Grid, Parent = "1-1" },
        new Area { Code = "1-2", Name = "Other street", Level = AreaLevel.Street, Parent = "1" },
        new Area { Code = "1-2-1", Name = "Grid two", Level = AreaLevel.Grid, Parent = "1-2" },
    ]);

    public static DeviceRegister Register(params string[] floodIds) => new([Flood, Access], [
        .. floodIds.Select((id, i) => new Device { Index = i, Id = id, Profile = Flood, Area = i % 2 == 0 ? "1-1-1" : "1-2-1" }),
        new Device { Index = floodIds.Length, Id = "ACC-1", Profile = Access, Area = "1-1-1", Tags = new Dictionary<string, string> { ["site"] = "school" } },
    ]);

    public static DeviceRegister Register() => Register("FLD-1", "FLD-2", "FLD-3");

    public static SourceText Text(string text, int line = 1) => new(text, new SourceLocation("rules/test.yaml", line, 11));

    public static LevelDefinition Level(AlertSeverity severity, string raise, string? clear = null, int forSeconds = 0, int keepSeconds = 0) => new()
    {
        Severity = severity,
        Expression = Text(raise, 5),
        Clear = clear is null ? null : Text(clear, 6),
        For = TimeSpan.FromSeconds(forSeconds),
        KeepFiringFor = TimeSpan.FromSeconds(keepSeconds),
    };

    public static RuleDefinition RuleOf(string name, string kind, params LevelDefinition[] levels) => new()
    {
        Alert = Text(name),
        Match = new DeviceMatch { Kind = Text(kind, 2) },
        Levels = levels,
    };

    public static RuleDefinition Rule(string name, string raise, string? clear = null, int forSeconds = 0, int keepSeconds = 0) =>
        RuleOf(name, "flood", Level(AlertSeverity.Warning, raise, clear, forSeconds, keepSeconds));

    public static RuleDefinition Absent(this RuleDefinition rule, int afterSeconds, AlertSeverity severity = AlertSeverity.Info) =>
        rule with { Absent = new AbsenceDefinition(TimeSpan.FromSeconds(afterSeconds), severity, new SourceLocation("rules/test.yaml", 9, 3)) };

    public static RuleSet Compile(DeviceRegister devices, params RuleDefinition[] rules) => Compile(devices, CityContext.Plain, rules);

    /// <summary>A city with one calendar of all days, with hours such as <c>09:00-17:30</c>, in UTC.</summary>
    public static CityContext WithCalendar(string id, params string[] hours)
    {
        CalendarDefinition calendar = new()
        {
            Id = id,
            WorkingDays = Enum.GetValues<DayOfWeek>(),
            WorkingHours = [.. hours.Select(h => h.Split('-')).Select(h => new WorkingHours(TimeSpan.Parse(h[0], CultureInfo.InvariantCulture), TimeSpan.Parse(h[1], CultureInfo.InvariantCulture)))],
            Location = new SourceLocation("calendars/test.yaml", 1, 1),
        };
        return new CityContext { Calendars = [new WorkingCalendar(calendar, TimeZoneInfo.Utc)] };
    }

    public static RuleSet Compile(DeviceRegister devices, CityContext city, params RuleDefinition[] rules)
    {
        RuleCompilation compilation = RuleCompiler.Compile(rules, devices, Areas, city);
        Assert.DoesNotContain(compilation.Findings, f => f.Level == FindingLevel.Error);
        return compilation.Rules!;
    }

    public static IReadOnlyList<Finding> Findings(params RuleDefinition[] rules) => Findings(CityContext.Plain, rules);

    public static IReadOnlyList<Finding> Findings(CityContext city, params RuleDefinition[] rules) => RuleCompiler.Compile(rules, Register(), Areas, city).Findings;
}
