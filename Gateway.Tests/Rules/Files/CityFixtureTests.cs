using System.Text;
using System.Text.RegularExpressions;
using Gateway.Host.City;
using Gateway.Host.Cli;
using Gateway.Rules.Files;
using Gateway.Tests.Support;

namespace Gateway.Tests.Rules.Files;

/// <summary>What <c>check</c> says of the fixtures, as text and as JSON, to the letter. GATEWAY_WRITE_DOCS=1 writes what it says now beside them.</summary>
public class CityFixtureTests
{
    private const string JsonFile = "expected.json";

    /// <summary>Codes whose fixture would be too large, or is no file: each has a test of its own.</summary>
    private static readonly string[] TestedInCode =
        ["Y002", "Y004", "Y015", "C002", "C004", "C005", "C006", "C007", "D011", "O006", "R010"];

    /// <summary>What the compiler guards against whoever calls it; of files the reader finds it first, as Y015, R001, R006, R007, R005 and Y020.</summary>
    private static readonly string[] FoundByTheReader = ["R102", "R201", "R203", "R204", "R207", "R208"];

    public static TheoryData<string> BadCities() =>
        [.. Directory.GetDirectories(CityFixtures.BadRoot).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)];

    [Fact]
    public void Good_city_is_taken_without_a_finding()
    {
        CitySnapshotResult result = CitySnapshot.Create(CityFixtures.Good());

        Assert.Empty(CityFixtures.Lines(result.Findings));
        Assert.NotNull(result.Snapshot);
    }

    [Theory]
    [MemberData(nameof(BadCities))]
    public void Bad_city_gives_exactly_the_findings_beside_it(string name)
    {
        CitySnapshotResult result = CitySnapshot.Create(CityFixtures.Bad(name));

        Assert.Equal(Expected(name, CityFixtures.ExpectedFile, Text(result.Findings)), Text(result.Findings));
        Assert.Equal(Expected(name, JsonFile, Json(result.Findings)), Json(result.Findings));
        Assert.Equal(result.Findings.All(f => f.Level == FindingLevel.Warning), result.Snapshot is not null);
        Assert.All(result.Findings, f => Assert.NotEmpty(f.Fix));
    }

    [Fact]
    public void Every_code_has_a_fixture_or_a_test_of_its_own()
    {
        IEnumerable<string> shown = Directory.GetDirectories(CityFixtures.BadRoot)
            .SelectMany(d => File.ReadLines(Path.Combine(d, CityFixtures.ExpectedFile)))
            .Select(line => line.Split(' ')[2].TrimEnd(':'));
        IEnumerable<string> compiler = Regex.Matches(File.ReadAllText(RepositoryFolder.PathOf("Gateway.Rules/Compilation/README.md")), @"\bR[12]\d\d\b").Select(m => m.Value);

        Assert.Equal(
            FindingCodes.All.Select(c => c.Code).Concat(compiler).Append(CitySnapshot.FailedTestCode).Distinct().Order(StringComparer.Ordinal),
            shown.Concat(TestedInCode).Concat(FoundByTheReader).Distinct().Order(StringComparer.Ordinal));
    }

    private static string Expected(string name, string file, string now)
    {
        if (Environment.GetEnvironmentVariable("GATEWAY_WRITE_DOCS") == "1")
        {
            File.WriteAllText(RepositoryFolder.PathOf($"Gateway.Tests/Fixtures/city-bad/{name}/{file}"), now);
            return now;
        }

        return File.ReadAllText(Path.Combine(CityFixtures.BadRoot, name, file));
    }

    private static string Text(IReadOnlyList<Finding> findings)
    {
        using StringWriter text = new() { NewLine = "\n" };
        CheckOutput.WriteText(findings, text);
        return text.ToString();
    }

    private static string Json(IReadOnlyList<Finding> findings)
    {
        using MemoryStream json = new();
        CheckOutput.WriteJson(findings, json);
        return Encoding.UTF8.GetString(json.ToArray()) + "\n";
    }
}
