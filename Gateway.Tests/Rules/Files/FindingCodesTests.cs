using Gateway.Rules.Files;

namespace Gateway.Tests.Rules.Files;

public class FindingCodesTests
{
    [Fact]
    public void Codes_are_unique_and_well_formed()
    {
        Assert.Equal(FindingCodes.All.Count, FindingCodes.All.Select(c => c.Code).Distinct().Count());
        Assert.All(FindingCodes.All, c => Assert.Matches("^[YCAPDROSUK][0-9]{3}$", c.Code));
    }

    [Fact]
    public void Page_for_operators_lists_every_code_as_the_table_has_it()
    {
        string[] rows = [.. File.ReadLines(Path.Combine(RepositoryRoot(), "docs", "city-files.md"))
            .Where(line => System.Text.RegularExpressions.Regex.IsMatch(line, @"^\| [A-Z]\d{3} \|"))];

        Assert.Equal(
            FindingCodes.All.Select(c => $"| {c.Code} | {c.Level.ToString().ToLowerInvariant()} | {c.Meaning} | {c.Fix.Replace("|", "\\|", StringComparison.Ordinal)} |"),
            rows);
    }

    private static string RepositoryRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Gateway.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("Gateway.sln not found above the tests");
    }
}
