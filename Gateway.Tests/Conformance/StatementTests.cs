using System.Text.RegularExpressions;
using Gateway.Tests.Support;

namespace Gateway.Tests.Conformance;

public sealed partial class StatementTests
{
    private const string PageName = "docs/mqtt-conformance.md";

    [Theory]
    [InlineData("3.1.1", 141)]
    [InlineData("5.0", 251)]
    public void Table_holds_every_statement_of_the_appendix(string version, int count) =>
        Assert.Equal(count, StatementTable.All.Count(s => s.Version == version));

    [Fact]
    public void Table_numbers_statements_without_gap_or_repetition()
    {
        var sections =
            from statement in StatementTable.All
            let match = Number().Match(statement.Id)
            group (statement.Id, Number: int.Parse(match.Groups[2].Value)) by (statement.Version, Section: match.Groups[1].Value);
        foreach (var section in sections)
        {
            // The appendix of 5.0 has no MQTT-2.2.1-1.
            int first = section.Key == ("5.0", "2.2.1") ? 2 : 1;
            Assert.Equal(Enumerable.Range(first, section.Count()), section.Select(s => s.Number));
        }
    }

    [Fact]
    public void Table_says_of_every_statement_whom_it_binds() =>
        Assert.All(StatementTable.All, s => Assert.True(s.Binds is "server" or "client" or "both", s.ToString()));

    [Fact]
    public void Tests_name_only_statements_that_exist()
    {
        HashSet<(string, string)> known = [.. StatementTable.All.Select(s => (s.Version, s.Id))];
        Assert.Empty(StatementCoverage.Tests.Where(t => !known.Contains(t.Key)).Select(t => $"{t.Key} in {string.Join(", ", t)}"));
    }

    [Fact]
    public void Tests_that_carry_a_statement_are_run() =>
        Assert.All(StatementCoverage.Methods, m => Assert.True(m.IsDefined(typeof(FactAttribute), inherit: true), $"{m.DeclaringType!.Name}.{m.Name} is no test"));

    [Fact]
    public void Every_statement_for_the_server_has_a_test() =>
        Assert.Empty(StatementTable.All.Where(s => s.NeedsTest && !StatementCoverage.Tests.Contains((s.Version, s.Id))).Select(s => $"{s.Version} {s.Id} {s.Summary}"));

    [Fact]
    public void Statements_with_a_reason_not_to_be_tested_have_no_test() =>
        Assert.DoesNotContain(StatementTable.All, s => s.NotTested is not null && StatementCoverage.Tests.Contains((s.Version, s.Id)));

    [Fact]
    public void Page_is_current()
    {
        string path = RepositoryFolder.PathOf(PageName);
        if (Environment.GetEnvironmentVariable("GATEWAY_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, StatementCoverage.Page());
        }

        Assert.True(StatementCoverage.Page() == File.ReadAllText(path), $"{PageName} is not what the tests say; GATEWAY_WRITE_DOCS=1 writes it anew");
    }

    [GeneratedRegex(@"^MQTT-(\d+\.\d+\.\d+)-(\d+)$")]
    private static partial Regex Number();
}
