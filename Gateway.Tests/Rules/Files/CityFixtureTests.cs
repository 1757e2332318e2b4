using Gateway.Rules.Files;

namespace Gateway.Tests.Rules.Files;

public class CityFixtureTests
{
    /// <summary>Codes whose fixture would be too large, or is no file: each has a test of its own.</summary>
    private static readonly string[] TestedInCode =
        ["Y002", "Y004", "Y015", "C002", "C004", "C005", "C006", "C007", "D011", "R010"];

    public static TheoryData<string> BadCities() =>
        [.. Directory.GetDirectories(CityFixtures.BadRoot).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)];

    [Fact]
    public void Good_city_reads_without_a_finding()
    {
        CityReadResult result = CityReader.Read(CityFixtures.Good());

        Assert.Empty(CityFixtures.Lines(result.Findings));
        Assert.NotNull(result.City);
    }

    [Theory]
    [MemberData(nameof(BadCities))]
    public void Bad_city_gives_exactly_the_findings_beside_it(string name)
    {
        CityReadResult result = CityReader.Read(CityFixtures.Bad(name));

        string[] expected = File.ReadAllLines(Path.Combine(CityFixtures.BadRoot, name, CityFixtures.ExpectedFile));
        Assert.Equal(expected, CityFixtures.Lines(result.Findings));
        Assert.Equal(result.Findings.All(f => f.Level == FindingLevel.Warning), result.City is not null);
    }

    [Fact]
    public void Every_code_has_a_fixture_or_a_test_of_its_own()
    {
        IEnumerable<string> shown = Directory.GetDirectories(CityFixtures.BadRoot)
            .SelectMany(d => File.ReadLines(Path.Combine(d, CityFixtures.ExpectedFile)))
            .Select(line => line.Split(' ')[2].TrimEnd(':'));

        Assert.Equal(FindingCodes.All.Select(c => c.Code), shown.Concat(TestedInCode).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_finding_tells_how_to_mend_it()
    {
        Assert.All(Directory.GetDirectories(CityFixtures.BadRoot).SelectMany(d => CityReader.Read(CityFixtures.Bad(Path.GetFileName(d))).Findings), f => Assert.NotEmpty(f.Fix));
    }
}
