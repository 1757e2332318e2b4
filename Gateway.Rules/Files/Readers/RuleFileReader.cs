using Gateway.Rules.Evaluation;
using Gateway.Rules.Files.Yaml;
using Gateway.Rules.Suppression;

namespace Gateway.Rules.Files.Readers;

/// <summary>What one rule file holds.</summary>
internal sealed record RuleFile(string Path, IReadOnlyList<RuleDefinition> Rules, IReadOnlyList<RuleTestDefinition> Tests);

/// <summary>
/// Reads one <c>rules/*.yaml</c>. A rule with errors is still returned, with the missing parts empty, so that the checks across files
/// find what else is wrong with it; a snapshot is made only when there is no error at all.
/// </summary>
internal sealed class RuleFileReader(FindingSink sink)
{
    /// <summary>Longest expression, as the expression parser bounds it.</summary>
    public const int ExpressionLengthLimit = 4_096;

    /// <summary>Most rules of a city.</summary>
    public const int RuleCountLimit = 10_000;

    /// <summary>Longest wait for late readings: what is later is historical, and no rule sees it.</summary>
    public static readonly TimeSpan LongestLateness = TimeSpan.FromMinutes(5);

    private const int ListCountLimit = 1_000;
    private const int LabelCountLimit = 32;

    public static readonly TimeSpan LongestHold = TimeSpan.FromDays(31);

    public static readonly IReadOnlyDictionary<string, AlertSeverity> Severities = new Dictionary<string, AlertSeverity>
    {
        ["info"] = AlertSeverity.Info,
        ["warning"] = AlertSeverity.Warning,
        ["critical"] = AlertSeverity.Critical,
        ["emergency"] = AlertSeverity.Emergency,
    };

    public static readonly IReadOnlyDictionary<string, RuleMode> Modes =
        new Dictionary<string, RuleMode> { ["active"] = RuleMode.Active, ["shadow"] = RuleMode.Shadow };

    private static readonly IReadOnlyDictionary<string, CaseScope> Scopes =
        new Dictionary<string, CaseScope> { ["device"] = CaseScope.Device, ["building"] = CaseScope.Building, ["grid"] = CaseScope.Grid };

    private static readonly IReadOnlyDictionary<string, InhibitionArea> InhibitionAreas = new Dictionary<string, InhibitionArea>
    {
        ["device"] = InhibitionArea.Device,
        ["building"] = InhibitionArea.Building,
        ["grid"] = InhibitionArea.Grid,
        ["community"] = InhibitionArea.Community,
        ["street"] = InhibitionArea.Street,
    };

    public RuleFile Read(string path, YamlNode node)
    {
        if (MapReader.Over(node, sink, "rule file") is not { } map)
        {
            return new RuleFile(path, [], []);
        }

        // One over the city's limit, so that the check across files sees that there are too many.
        List<RuleDefinition> rules = [.. map.List("rules", RuleCountLimit + 1).Select(ReadRule).OfType<RuleDefinition>()];
        RuleTestReader tests = new(sink, [.. rules.Select(r => r.Alert.Text)]);
        List<RuleTestDefinition> read = tests.Read(map);
        map.RejectUnknownKeys();
        return new RuleFile(path, rules, read);
    }

    public RuleDefinition? ReadRule(YamlNode node)
    {
        if (MapReader.Over(node, sink, "rule") is not { } map)
        {
            return null;
        }

        SourceText alert = map.Name("alert", NamePattern.Rule, "rule name", required: true) ?? new SourceText("", map.Location);
        RuleDefinition rule = new()
        {
            Alert = alert,
            Match = ReadMatch(map),
            Levels = ReadLevels(map),
            Absent = ReadAbsence(map.Map("absent")),
            Case = ReadCase(map.Map("case")),
            Inhibits = ReadInhibition(map.Map("inhibits")),
            MaxAge = map.Duration("max_age", TimeSpan.FromSeconds(1), LongestHold) ?? TimeSpan.FromMinutes(5),
            Lateness = map.Duration("lateness", TimeSpan.Zero, LongestLateness) ?? TimeSpan.Zero,
            Mode = map.Word("mode", Modes) ?? RuleMode.Active,
            Labels = ReadTexts(map.Map("labels"), "label", MapReader.NameLengthLimit),
            Annotations = ReadTexts(map.Map("annotations"), "annotation", MapReader.TextLengthLimit),
        };
        map.RejectUnknownKeys();
        if (!map.Has("expr") && !map.Has("levels") && !map.Has("absent"))
        {
            sink.Add(FindingCodes.NoCondition, alert.Location, $"rule {FindingSink.Quote(alert.Text)} has neither levels nor absent");
        }

        return rule;
    }

    private DeviceMatch ReadMatch(MapReader rule)
    {
        if (rule.Map("match", required: true) is not { } map)
        {
            return new DeviceMatch { Kind = new SourceText("", rule.Location) };
        }

        Dictionary<string, SourceText> tags = new(StringComparer.Ordinal);
        foreach ((SourceText name, YamlNode value) in map.Map("tags")?.Entries ?? [])
        {
            if (MapReader.TextOf(value, $"tag {FindingSink.Quote(name.Text)}", sink, MapReader.NameLengthLimit) is { } text)
            {
                tags[name.Text] = text;
            }
        }

        DeviceMatch match = new()
        {
            Kind = map.Text("kind", required: true) ?? new SourceText("", map.Location),
            Tags = tags,
            Devices = map.Texts("devices", ListCountLimit),
            Areas = map.Texts("areas", ListCountLimit),
        };
        map.RejectUnknownKeys();
        return match;
    }

    private List<LevelDefinition> ReadLevels(MapReader rule)
    {
        bool isPlain = rule.Has("expr");
        if (isPlain && rule.Has("levels"))
        {
            sink.Add(FindingCodes.ExprAndLevels, rule.KeyLocation("expr"), "a rule has either expr or levels");
        }

        List<LevelDefinition> levels = [];
        foreach (YamlNode node in rule.List("levels", Severities.Count, whenEmpty: FindingCodes.NoCondition))
        {
            if (MapReader.Over(node, sink, "level") is { } map)
            {
                AddLevel(levels, map);
                map.RejectUnknownKeys();
            }
        }

        if (isPlain)
        {
            // Its keys stand in the rule itself; the rule rejects the unknown ones.
            LevelDefinition? plain = ReadLevel(rule);
            return levels.Count > 0 || plain is null ? levels : [plain];
        }

        // Asked for only so that a misspelt expr is told as such.
        rule.Node("expr");
        return levels;
    }

    private void AddLevel(List<LevelDefinition> levels, MapReader map)
    {
        if (ReadLevel(map) is not { } level)
        {
            return;
        }

        if (levels.Count > 0 && level.Severity <= levels[^1].Severity)
        {
            string severity = level.Severity.ToString().ToLowerInvariant();
            string before = levels[^1].Severity.ToString().ToLowerInvariant();
            sink.Add(FindingCodes.LadderOrder, map.KeyLocation("severity"), $"level {severity} stands after {before}");
        }

        levels.Add(level);
    }

    private static LevelDefinition? ReadLevel(MapReader map)
    {
        AlertSeverity? severity = map.Word("severity", Severities, required: true);
        SourceText? expression = map.Text("expr", required: true, lengthLimit: ExpressionLengthLimit);
        SourceText? clear = map.Text("clear", lengthLimit: ExpressionLengthLimit);
        TimeSpan hold = map.Duration("for", TimeSpan.Zero, LongestHold) ?? TimeSpan.Zero;
        TimeSpan keep = map.Duration("keep_firing_for", TimeSpan.Zero, LongestHold) ?? TimeSpan.Zero;
        return severity is { } known && expression is { } raise
            ? new LevelDefinition { Severity = known, Expression = raise, Clear = clear, For = hold, KeepFiringFor = keep }
            : null;
    }

    public static AbsenceDefinition? ReadAbsence(MapReader? map)
    {
        if (map is null)
        {
            return null;
        }

        TimeSpan? after = map.Duration("after", TimeSpan.FromSeconds(1), LongestHold, required: true);
        AlertSeverity? severity = map.Word("severity", Severities, required: true);
        map.RejectUnknownKeys();
        return after is { } silence && severity is { } known ? new AbsenceDefinition(silence, known, map.KeyLocation("after")) : null;
    }

    private CaseDefinition? ReadCase(MapReader? map)
    {
        if (map is null)
        {
            return null;
        }

        SourceText? kind = map.Name("event", NamePattern.Event, "event", required: true);
        CaseScope scope = map.Word("scope", Scopes) ?? CaseScope.Device;
        TimeSpan reopen = map.Duration("reopen_within", TimeSpan.Zero, TimeSpan.FromDays(366)) ?? TimeSpan.Zero;
        bool latched = map.Boolean("latched", absent: false);
        TimeSpan verify = map.Duration("verify_hold", TimeSpan.Zero, LongestHold) ?? TimeSpan.FromMinutes(5);
        map.RejectUnknownKeys();
        return kind is { } known
            ? new CaseDefinition { Event = known, Scope = scope, ReopenWithin = reopen, Latched = latched, VerifyHold = verify }
            : null;
    }

    private static InhibitionDefinition? ReadInhibition(MapReader? map)
    {
        if (map is null)
        {
            return null;
        }

        IReadOnlyList<SourceText> rules = map.Texts("rules", ListCountLimit, required: true);
        InhibitionArea? area = map.Word("area", InhibitionAreas, required: true);
        map.RejectUnknownKeys();
        return area is { } known ? new InhibitionDefinition(rules, known) : null;
    }

    public Dictionary<string, string> ReadTexts(MapReader? map, string what, int lengthLimit)
    {
        Dictionary<string, string> texts = new(StringComparer.Ordinal);
        foreach ((SourceText name, YamlNode value) in map?.NamedEntries(NamePattern.Label, $"{what} name", LabelCountLimit, $"{what}s") ?? [])
        {
            if (MapReader.TextOf(value, what, sink, lengthLimit) is { } text)
            {
                texts[name.Text] = text.Text;
            }
        }

        return texts;
    }
}
