using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Host.City;
using Gateway.Rules.Files;
using Gateway.Rules.Files.Schema;
using Gateway.Tests.Support;

namespace Gateway.Tests.Rules.Files.Schema;

/// <summary>The schema of rule files: what stands in it, and that the sample city has it.</summary>
public sealed class SchemaFileTests
{
    private const string SampleCity = "Gateway.Host/city";
    private static readonly JsonNode Schema = JsonNode.Parse(RuleFileSchema.Text())!;

    [Fact]
    public void Schema_of_the_sample_city_is_what_the_reader_takes()
    {
        string path = RepositoryFolder.PathOf($"{SampleCity}/{RuleFileSchema.Path}");
        if (Environment.GetEnvironmentVariable("GATEWAY_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, RuleFileSchema.Text());
        }

        Assert.True(RuleFileSchema.Text() == File.ReadAllText(path), $"{RuleFileSchema.Path} is not what the reader takes; GATEWAY_WRITE_DOCS=1 writes it anew");
    }

    [Fact]
    public void Every_sample_rule_file_names_the_schema_in_its_first_line()
    {
        string[] files = Directory.GetFiles(RepositoryFolder.PathOf($"{SampleCity}/rules"));
        Assert.NotEmpty(files);
        Assert.All(files, f => Assert.Equal($"# yaml-language-server: $schema=../{RuleFileSchema.Path}", File.ReadLines(f).First()));
    }

    [Fact]
    public void Generated_city_has_the_schema()
    {
        GeneratedCity city = CityGenerator.Plan(CityFolder.Read(CityFolder.SamplePath).Files, devices: 0, seed: 1);
        Assert.Equal(RuleFileSchema.Text(), city.Files.Single(f => f.Path == RuleFileSchema.Path).Text);
    }

    [Fact]
    public void Every_key_has_a_type_and_is_described_in_both_languages()
    {
        List<(string Key, JsonObject Value)> keys = [.. Keys(Schema)];
        Assert.True(keys.Count > 30);
        Assert.Empty(keys.Where(k => !k.Value.ContainsKey("type") && !k.Value.ContainsKey("enum") && !k.Value.ContainsKey("anyOf")).Select(k => $"{k.Key}: read it through a typed method of MapReader"));
        Assert.Empty(keys.Where(k => k.Value["description"] is not { } text || !Regex.IsMatch((string)text!, @"\p{IsCJKUnifiedIdeographs}")).Select(k => $"{k.Key}: describe it in RuleKeyDescriptions"));
    }

    [Theory]
    [InlineData("""{"required":["severity","expr"],"properties":{"levels":false}}""")]
    [InlineData("""{"required":["levels"],"properties":{"severity":false,"expr":false,"clear":false,"for":false,"keep_firing_for":false}}""")]
    [InlineData("""{"required":["absent"],"properties":{"levels":false,"severity":false,"expr":false,"clear":false,"for":false,"keep_firing_for":false}}""")]
    public void Rule_has_either_expr_or_levels_or_absence_alone(string variant) =>
        Assert.Contains(variant, Schema["properties"]!["rules"]!["items"]!["anyOf"]!.AsArray().Select(v => v!.ToJsonString()));

    [Fact]
    public void Pattern_of_durations_says_what_the_reader_does()
    {
        Gen<string> texts = Gen.ArrayOf(Gen.Elements("0", "1", "30", "m", "s", "h", "d", "ms", " ", "-", "1234567890", "\n")).Select(string.Concat);
        Prop.ForAll(Arb.From(texts), text =>
        {
            bool isDuration = DurationText.TryParse(text, out _);
            return isDuration == IsMatch(DurationText.Pattern, text) || text.Contains("1234567890", StringComparison.Ordinal) || text.Length > 10; // 10 000 days
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a-b")]
    [InlineData("a_b")]
    [InlineData("a.b")]
    [InlineData("a..b")]
    [InlineData("a.")]
    [InlineData("A")]
    [InlineData("1a")]
    [InlineData("a1")]
    [InlineData("-a")]
    [InlineData("a b")]
    [InlineData("é")]
    [InlineData("")]
    [InlineData("a:b")]
    public void Patterns_of_names_say_what_the_reader_does(string name)
    {
        JsonNode rule = Schema["properties"]!["rules"]!["items"]!["properties"]!;
        JsonNode test = Schema["properties"]!["tests"]!["items"]!["properties"]!;
        Assert.Equal(IsFine("\"x\"", $"\"{name}\"", "x", "d"), IsMatch((string)rule["case"]!["properties"]!["event"]!["pattern"]!, name));
        Assert.Equal(IsFine($"\"{name}\"", "x", "x", "d"), IsMatch((string)rule["alert"]!["pattern"]!, name));
        Assert.Equal(IsFine("x", "x", $"\"{name}\"", "d"), IsMatch((string)rule["labels"]!["propertyNames"]!["pattern"]!, name));
        Assert.Equal(IsFine("x", "x", "x", $"\"{name}\""), IsMatch((string)test["series"]!["propertyNames"]!["pattern"]!, name));
    }

    private static bool IsFine(string alert, string kind, string label, string device)
    {
        string rule = $"{{alert: {alert}, match: {{kind: flood}}, expr: water_level > 1, severity: info, case: {{event: {kind}}}, labels: {{{label}: v}}}}";
        string test = $"{{name: n, every: 1m, series: {{{device}: \"water_level: 0\"}}, expect: []}}";
        CityReadResult result = CityReader.Read(CityFixtures.With(new CityFile("rules/flood.yaml", $"rules: [{rule}]\ntests: [{test}]\n")));
        return !result.Findings.Any(f => f.Code is "R002" or "D004");
    }

    // JSON Schema's $ is the end of the text; .NET's also matches before a newline there.
    private static bool IsMatch(string pattern, string text) => Regex.IsMatch(text, pattern.Replace("$", "\\z", StringComparison.Ordinal), RegexOptions.CultureInvariant);

    private static IEnumerable<(string Key, JsonObject Value)> Keys(JsonNode? node)
    {
        IEnumerable<JsonNode?> inner = node switch
        {
            JsonObject map => map.Select(m => m.Value),
            JsonArray list => list,
            _ => [],
        };
        IEnumerable<(string, JsonObject)> own = (node as JsonObject)?["properties"] is not JsonObject keys ? []
            : keys.Where(k => k.Value is JsonObject).Select(k => (k.Key, (JsonObject)k.Value!));
        return own.Concat(inner.Where(n => n is JsonObject or JsonArray).SelectMany(Keys));
    }
}
