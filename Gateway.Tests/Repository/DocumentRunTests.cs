using Gateway.Tests.Support;

namespace Gateway.Tests.Repository;

/// <summary>What documents tell readers to type works.</summary>
[Collection(ProcessTests.Name)]
public sealed class DocumentRunTests
{
    public static TheoryData<string> Documents() =>
        [.. MarkdownFile.All().Where(d => d.RunnableBlocks().Count > 0 && d.Name != "README.md").Select(d => d.Name)];

    [ComponentTheory("bash", "curl", "mosquitto_pub", "openssl")]
    [MemberData(nameof(Documents))]
    public async Task Document_commands_work(string name)
    {
        MarkdownFile document = MarkdownFile.Read(name);
        IReadOnlyList<string> outputs = await DocumentRun.RunAsync(document);
        Assert.Equal(document.RunnableBlocks().Count, outputs.Count);
    }

    [ComponentFact("bash", "curl", "mosquitto_pub")]
    public async Task Readme_commands_file_a_case_and_show_it_and_its_series()
    {
        MarkdownFile document = MarkdownFile.Read("README.md");
        IReadOnlyList<RunnableBlock> blocks = document.RunnableBlocks();
        IReadOnlyList<string> outputs = await DocumentRun.RunAsync(document);
        Assert.Equal(3, blocks.Count);
        Assert.Contains("mosquitto_pub", blocks[0].Text, StringComparison.Ordinal);
        Assert.Contains("\"event\":\"flood.underpass\"", outputs[1], StringComparison.Ordinal);
        Assert.Contains("\"value\":0.42", outputs[2], StringComparison.Ordinal);
    }
}
