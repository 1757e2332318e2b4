using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Rules.Files;
using Gateway.Rules.Files.Schema;
using Gateway.Rules.Files.Yaml;
using Gateway.Tests.Support;

namespace Gateway.Tests.Rules.Files.Schema;

/// <summary>The schema in the hands of a real validator: it takes every good rule file, and refuses what <c>check</c> refuses.</summary>
public sealed class AjvTests
{
    /// <summary>Findings of the shape of a rule file: these a schema can know of. What hangs on other files, or on several values, it cannot.</summary>
    private static readonly HashSet<string> ShapeCodes = ["Y009", "Y010", "Y011", "Y013", "Y014", "Y015", "Y016", "Y018", "R002", "R003", "R004", "D004"];

    /// <summary>Every key there is, in both ways to write a rule.</summary>
    private const string WholeFile = """
        rules:
          - alert: ladder
            match: {kind: flood, tags: {site: underpass, floor: 3}, devices: [FLD-1], areas: [330102001]}
            levels:
              - {severity: warning, expr: "water_level >= 0.15", clear: "water_level < 0.10", for: 1m, keep_firing_for: 10m}
              - {severity: critical, expr: "water_level >= 0.27"}
            absent: {after: 15m, severity: warning}
            case: {event: flood.underpass, scope: grid, reopen_within: 30m, latched: false, verify_hold: 10m}
            max_age: 5m
            mode: shadow
            labels: {family: flood, wing: 3}
            annotations: {summary: Water, summary_zh: 积水}
          - {alert: plain, match: {kind: flood}, expr: water_level > 1, severity: critical, clear: water_level < 1, for: 0, keep_firing_for: 1h30m}
          - {alert: silent, match: {kind: flood}, absent: {after: 15m, severity: warning}, mode: , labels: }
        tests:
          - name: water fires
            every: 1m
            series: {FLD-1: "water_level: 0.1 0.4", FLD-2: 'water_level: 0x3'}
            expect:
              - {at: 0, alerts: []}
              - {at: 1m, alerts: [ladder, {alert: ladder, device: FLD-1, severity: critical}, {alert: plain}]}

        """;

    /// <summary>Slips of the pen that no change of one value in <see cref="WholeFile"/> makes.</summary>
    private static readonly string[] Slips =
    [
        "rules: [{alert: a, match: {kind: flood}, expr: water_level > 1, severity: info, levels: [{severity: info, expr: water_level > 1}]}]",
        "rules: [{alert: a, match: {kind: flood}, expr: water_level > 1, severity: info, levels: }]",
        "rules: [{alert: a, match: {kind: flood}}]",
        "rules: [{alert: a, match: {kind: flood}, levels: []}]",
        "rules: [{alert: a, match: {kind: flood}, severity: info, absent: {after: 15m, severity: info}}]",
        "rules: [{alert: a, match: {kind: flood}, for: 1m, levels: [{severity: info, expr: water_level > 1}]}]",
        "rules: [{alert: a, match: {kind: flood}, expr: water_level > 1, severity: info, for: 1h1h}]",
        "rules: [{alert: a, match: {kind: flood}, expr: water_level > 1, severity: info, for: 60}]",
        "rules: [{alert: a, match: {kind: flood}, expr: water_level > 1, severity: info, for: 1.5m}]",
        "rules: [{alert: a, match: {kind: flood}, expr: water_level > 1, severity: info, for: -1m}]",
        "rules: [{alert: a, match: {kind: flood}, expr: water_level > 1, severity: Info}]",
        "rules: [{alert: A, match: {kind: flood}, expr: water_level > 1, severity: info}]",
        "rules: [{alert: 7, match: {kind: flood}, expr: water_level > 1, severity: info}]",
        "rules: [null]",
        "- rules",
        "rules",
        $"rules: [{{alert: a, match: {{kind: flood}}, expr: \"{new string(' ', 4_097)}\", severity: info}}]",
        $"rules: [{{alert: a, match: {{kind: flood}}, expr: water_level > 1, severity: info, labels: {{{string.Join(", ", Enumerable.Range(0, 33).Select(i => $"l{i}: v"))}}}}}]",
        $"rules: [{{alert: a, match: {{kind: flood}}, levels: [{string.Join(", ", Enumerable.Repeat("{severity: info, expr: water_level > 1}", 5))}]}}]",
    ];

    [ComponentFact(Components.Ajv)]
    public async Task Good_rule_files_are_valid()
    {
        string[] files =
        [
            .. Directory.GetFiles(RepositoryFolder.PathOf("Gateway.Host/city/rules")),
            .. Directory.GetFiles(RepositoryFolder.PathOf("Gateway.Tests/Fixtures"), "*.yaml", SearchOption.AllDirectories)
                .Where(f => f.Contains("/rules/", StringComparison.Ordinal) && !f.Contains("/city-bad/", StringComparison.Ordinal)),
        ];
        Dictionary<string, IReadOnlyList<string>> said = await ValidateAsync(files.Select(f => (RepositoryFolder.Relative(f), File.ReadAllText(f))).Append(("whole", WholeFile)));
        Assert.True(said.Count > 15);
        Assert.All(said, s => Assert.True(s.Value.Count == 0, $"{s.Key}: {string.Join("; ", s.Value)}"));
    }

    [ComponentFact(Components.Ajv)]
    public async Task Slip_that_check_refuses_is_refused()
    {
        Dictionary<string, IReadOnlyList<string>> said = await ValidateAsync(Slips.Select(s => (s, s)));
        Assert.All(said, s => Assert.NotEmpty(s.Value));
        Assert.All(Slips, s => Assert.NotEmpty(ShapeFindings(s)));
    }

    [ComponentFact(Components.Ajv)]
    public async Task Every_change_of_one_value_is_judged_as_check_judges_it()
    {
        string[] changed = [.. Changes(Read(WholeFile)).Select(YamlText.ToYaml).Where(c => c != "null").Distinct()];
        Assert.True(changed.Length > 400);
        Dictionary<string, IReadOnlyList<string>> said = await ValidateAsync(changed.Select(c => (c, c)));
        List<string> differences = [];
        foreach (string file in changed)
        {
            string check = string.Join("; ", ShapeFindings(file));
            if (said[file].Count > 0 != check.Length > 0)
            {
                differences.Add($"{file}\n  check: {check}\n  schema: {string.Join("; ", said[file])}");
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    private static string[] ShapeFindings(string rules) =>
        [.. CityReader.Read(CityFixtures.With(new CityFile("rules/flood.yaml", rules + "\n"))).Findings
            .Where(f => f.Location.File == "rules/flood.yaml" && ShapeCodes.Contains(f.Code))
            .Select(f => f.ToString())];

    /// <summary>The tree with one value of another shape, one key too many, or one too few; each of these at every place.</summary>
    private static IEnumerable<YamlNode> Changes(YamlNode node)
    {
        yield return new YamlScalar("odd-", true, node.Location);
        yield return new YamlScalar("12", true, node.Location);
        yield return new YamlScalar("true", false, node.Location);
        yield return new YamlScalar("", true, node.Location);
        yield return new YamlList([], node.Location);
        yield return new YamlMap([], node.Location);
        if (node is YamlList list)
        {
            yield return list with { Items = [.. list.Items, new YamlScalar("", true, node.Location)] };
            for (int i = 0; i < list.Items.Count; i++)
            {
                foreach (YamlNode changed in Changes(list.Items[i]))
                {
                    yield return list with { Items = [.. list.Items.Take(i), changed, .. list.Items.Skip(i + 1)] };
                }
            }
        }
        else if (node is YamlMap map)
        {
            yield return map with { Entries = [.. map.Entries, new YamlEntry(new SourceText("odd", node.Location), new YamlScalar("1m", true, node.Location))] };
            for (int i = 0; i < map.Entries.Count; i++)
            {
                yield return map with { Entries = [.. map.Entries.Where((_, at) => at != i)] };
                foreach (YamlNode changed in Changes(map.Entries[i].Value))
                {
                    yield return map with { Entries = [.. map.Entries.Take(i), map.Entries[i] with { Value = changed }, .. map.Entries.Skip(i + 1)] };
                }
            }
        }
    }

    private static YamlNode Read(string yaml)
    {
        List<Finding> findings = [];
        YamlNode? tree = YamlTreeReader.Read(new CityFile("rules/x.yaml", yaml), findings);
        Assert.Empty(findings);
        return Assert.IsType<YamlNode>(tree, exactMatch: false);
    }

    private static async Task<Dictionary<string, IReadOnlyList<string>>> ValidateAsync(IEnumerable<(string Name, string Yaml)> files)
    {
        JsonObject request = new()
        {
            ["schema"] = JsonNode.Parse(RuleFileSchema.Text()),
            ["documents"] = new JsonObject(files.Select(f => KeyValuePair.Create(f.Name, YamlText.ToJson(Read(f.Yaml))))),
        };
        ProgramRun run = await ProgramRun.ToEndAsync("node", [RepositoryFolder.PathOf("Gateway.Tests/Fixtures/ajv/validate.js")], request.ToJsonString());
        Assert.True(run.ExitCode == 0 && run.Errors.Length == 0, run.Errors);
        return JsonSerializer.Deserialize<Dictionary<string, IReadOnlyList<string>>>(run.Output)!;
    }
}
