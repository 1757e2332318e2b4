using System.CommandLine;
using Gateway.Host.City;
using Gateway.Host.Cli;
using Gateway.Rules.Files;

namespace Gateway.Tests.Host.Cli;

public sealed class CityCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("city-command-").FullName;
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public void Generate_writes_a_city_that_reads_clean()
    {
        string target = Path.Combine(_folder, "new");

        Assert.Equal(0, Run("generate", target, "--devices", "100", "--seed", "5"));

        CityReadResult result = CityReader.Read(CityFolder.Read(target).Files);
        Assert.Empty(result.Findings.Select(f => f.ToString()));
        Assert.Equal(100, result.City!.Devices.Devices.Count);
    }

    [Fact]
    public void Generate_leaves_a_folder_that_is_not_empty_alone()
    {
        File.WriteAllText(Path.Combine(_folder, "mine.txt"), "precious");

        Assert.Equal(2, Run("generate", _folder, "--devices", "100"));
        Assert.Contains("is not empty", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal(["mine.txt"], Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("2000001")]
    public void Generate_refuses_a_count_out_of_range(string devices)
    {
        Assert.Equal(2, Run("generate", _folder, "--devices", devices));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    private int Run(params string[] arguments) =>
        CityCommand.Create().Parse(arguments).Invoke(new InvocationConfiguration { Output = _output, Error = _error });
}
