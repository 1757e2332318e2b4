namespace Gateway.Tests.Repository;

public sealed class DocumentTests
{
    [Fact]
    public void Documents_name_only_paths_that_exist() =>
        Assert.Empty(MarkdownFile.All().SelectMany(d => d.MissingPaths()));

    [Fact]
    public void Documents_link_every_page_for_readers_from_the_readme()
    {
        string readme = File.ReadAllText(Support.RepositoryFolder.PathOf("README.md"));
        IEnumerable<string> pages = Directory.EnumerateFiles(Support.RepositoryFolder.PathOf("docs"), "*.md").Select(Support.RepositoryFolder.Relative);
        Assert.All(pages, p => Assert.Contains($"({p})", readme, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Gateway.Host/Program.cs", true)]
    [InlineData("Gateway.Host/Nowhere", true)]
    [InlineData("rules/flood-underpass.yaml", true)]
    [InlineData("SegmentLog.cs", true)]
    [InlineData("city/v1/flood/FLD-000001/telemetry", false)]
    [InlineData("/openapi/v1.json", false)]
    [InlineData("rules/*.yaml", false)]
    [InlineData("./data", false)]
    [InlineData("water_level", false)]
    public void Text_in_backticks_is_taken_for_a_path_or_not(string text, bool expected) =>
        Assert.Equal(expected, MarkdownFile.IsPath(text));
}
