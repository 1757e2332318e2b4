using Gateway.Tests.Support;

namespace Gateway.Tests.Faults;

/// <summary>
/// The bugs that <c>./mutate.sh</c> plants are still ones: each is one place of the product, and names the tests that must catch it.
/// Whether they do costs a build a bug, so it is not tried here.
/// </summary>
public sealed class PlantedBugTests
{
    private static readonly string Folder = RepositoryFolder.PathOf("Gateway.Tests/Faults/Planted");

    public static TheoryData<string> Bugs() => [.. Directory.EnumerateFiles(Folder, "*.txt").Select(f => Path.GetFileNameWithoutExtension(f))];

    [Theory]
    [MemberData(nameof(Bugs))]
    public void Planted_bug_fits_one_place_of_the_product(string name)
    {
        string text = File.ReadAllText(Path.Combine(Folder, name + ".txt")).ReplaceLineEndings("\n");
        int right = text.IndexOf("\n--- right\n", StringComparison.Ordinal);
        int wrong = text.IndexOf("\n--- wrong\n", StringComparison.Ordinal);
        string[] head = text[..right].Split('\n');
        string search = text[(right + 11)..wrong];
        string source = File.ReadAllText(RepositoryFolder.PathOf(head[0]["file: ".Length..])).ReplaceLineEndings("\n");
        Assert.Equal(2, source.Split(search).Length);
        Assert.NotEqual(search, text[(wrong + 11)..].TrimEnd('\n'));
        Assert.StartsWith("tests: FullyQualifiedName~", head[1], StringComparison.Ordinal);
    }

    [Fact]
    public void There_are_enough_planted_bugs() => Assert.True(Directory.GetFiles(Folder, "*.txt").Length >= 10);

    [Fact]
    public void Table_in_the_documents_names_every_planted_bug()
    {
        string page = File.ReadAllText(RepositoryFolder.PathOf("docs/developers.md"));
        Assert.All(Directory.EnumerateFiles(Folder, "*.txt"), f => Assert.Contains($"| {Path.GetFileNameWithoutExtension(f)} |", page, StringComparison.Ordinal));
    }
}
