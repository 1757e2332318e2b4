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

    /// <summary>The blocks run the program itself; that the command they show comes to the same, paths and all, is shown here.</summary>
    [Fact]
    public async Task Paths_are_relative_to_where_a_command_is_typed()
    {
        string configuration = new DirectoryInfo(RepositoryFolder.GatewayDll).Parent!.Parent!.Name;
        ProgramRun run = await ProgramRun.ToEndAsync(
            "dotnet", ["run", "-c", configuration, "--no-build", "--project", "Gateway.Host", "--", "check", "Gateway.Host/city"], directory: RepositoryFolder.PathOf(""));
        Assert.True(run.ExitCode == 0 && (run.Output + run.Errors).Contains("0 errors", StringComparison.Ordinal), run.Output + run.Errors);
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
