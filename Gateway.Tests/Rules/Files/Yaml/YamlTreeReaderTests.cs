using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Rules.Files;
using Gateway.Rules.Files.Yaml;

namespace Gateway.Tests.Rules.Files.Yaml;

public class YamlTreeReaderTests
{
    [Theory]
    [InlineData("a: text", 1, 4)]
    [InlineData("a: \"text\"", 1, 5)]
    [InlineData("a: 'text'", 1, 5)]
    [InlineData("a:\n  text", 2, 3)]
    [InlineData("a: |\n  text", 2, 3)]
    [InlineData("a: >-\n\n    text", 3, 5)]
    [InlineData("{b: 1, a: text}", 1, 11)]
    [InlineData("# c\n\"a\" :   text # more", 2, 9)]
    [InlineData("临: 江\na: 'text'", 2, 5)]
    [InlineData("b: 1\r\na: text\r\n", 2, 4)]
    [InlineData("\uFEFFa: text", 1, 4)]
    public void Text_location_is_that_of_its_first_character(string yaml, int line, int column)
    {
        YamlMap map = Assert.IsType<YamlMap>(Read(yaml, out _));

        YamlScalar value = Assert.IsType<YamlScalar>(map.Entries.Single(e => e.Key.Text == "a").Value);
        Assert.Equal("text", value.Text.Trim('\n'));
        Assert.Equal(new SourceLocation("t.yaml", line, column), value.Location);
    }

    [Theory]
    [InlineData("a: 1\nb: 2", 2, 1)]
    [InlineData("a: 1\n\"b\": 2", 2, 2)]
    [InlineData("{a: 1, b: 2}", 1, 8)]
    public void Key_location_is_that_of_its_first_character(string yaml, int line, int column)
    {
        YamlMap map = Assert.IsType<YamlMap>(Read(yaml, out _));

        Assert.Equal(new SourceText("b", new SourceLocation("t.yaml", line, column)), map.Entries[1].Key);
    }

    [Theory]
    [InlineData("a: &x 1", "Y005")]
    [InlineData("a: *x", "Y005")]
    [InlineData("a: !!binary aGk=", "Y006")]
    [InlineData("a: !type {b: 1}", "Y006")]
    [InlineData("a: 1\na: 2", "Y007")]
    [InlineData("a: 1\n---\nb: 2", "Y008")]
    [InlineData("[a]: 1", "Y009")]
    [InlineData("a: [1", "Y001")]
    [InlineData("a: {1", "Y001")]
    [InlineData("a: [1}", "Y001")]
    [InlineData("a: \"\\uD800\"", "Y001")]
    [InlineData("a: \"\\UFFFFFFFF\"", "Y001")]
    [InlineData("a:\n\t- b", "Y001")]
    [InlineData("%YAML 9.9\n---\na: 1", "Y001")]
    public void Yaml_that_is_refused_gives_one_finding(string yaml, string code)
    {
        Read(yaml, out List<Finding> findings);

        Assert.Equal([code], findings.Select(f => f.Code));
    }

    [Fact]
    public void Alias_bomb_is_refused_at_its_first_anchor()
    {
        string bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + string.Concat("bcdefgh".Select((c, i) => $"{c}: &{c} [{string.Join(", ", Enumerable.Repeat($"*{"abcdefg"[i]}", 9))}]\n"));

        Assert.Null(Read(bomb, out List<Finding> findings));
        Assert.Equal(new SourceLocation("t.yaml", 1, 4), Assert.Single(findings).Location);
    }

    [Theory]
    [InlineData(16, 0)]
    [InlineData(17, 1)]
    [InlineData(100_000, 1)]
    public void Depth_is_bounded(int depth, int findingCount)
    {
        Read(new string('[', depth) + new string(']', depth), out List<Finding> findings);

        Assert.Equal(Enumerable.Repeat("Y003", findingCount), findings.Select(f => f.Code));
    }

    [Theory]
    [InlineData(YamlLimits.FileSizeBytes, 'x', 0)]
    [InlineData(YamlLimits.FileSizeBytes + 1, 'x', 1)]
    [InlineData(YamlLimits.FileSizeBytes / 2, '江', 1)]
    public void Size_is_bounded_in_bytes(int length, char letter, int findingCount)
    {
        Read("# " + new string(letter, length - 2), out List<Finding> findings);

        Assert.Equal(Enumerable.Repeat("Y002", findingCount), findings.Select(f => f.Code));
    }

    [Fact]
    public void Node_count_is_bounded()
    {
        Read("[" + new StringBuilder().Insert(0, "1, ", YamlLimits.NodeCount) + "1]", out List<Finding> findings);

        Assert.Equal(["Y004"], findings.Select(f => f.Code));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("# only a comment", true)]
    [InlineData("a: ", false)]
    public void Empty_file_gives_no_tree_and_no_finding(string yaml, bool isEmpty)
    {
        Assert.Equal(isEmpty, Read(yaml, out List<Finding> findings) is null);
        Assert.Empty(findings);
    }

    [Fact]
    public void Any_text_gives_a_tree_or_findings_but_never_throws()
    {
        const string Alphabet = "ab01 \n\t:-[]{},\"'|>&*!%#?~\\xuU@`江\r\0";
        Gen<string> texts = Gen.ArrayOf(Gen.Elements(Alphabet.ToCharArray())).Select(letters => new string(letters));

        Prop.ForAll(Arb.From(texts), text =>
        {
            YamlNode? tree = Read(text, out List<Finding> findings);
            return tree is not null || findings.Count > 0 || !text.Contains('a') || text.Contains('#'); // a comment is nothing
        }).QuickCheckThrowOnFailure();
    }

    private static YamlNode? Read(string yaml, out List<Finding> findings)
    {
        findings = [];
        return YamlTreeReader.Read(new CityFile("t.yaml", yaml), findings);
    }
}
