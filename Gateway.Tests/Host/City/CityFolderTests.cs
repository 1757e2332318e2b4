using Gateway.Host.City;

namespace Gateway.Tests.Host.City;

public sealed class CityFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("city-folder-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Files_come_in_ordinal_order_without_dotfiles()
    {
        Write("rules/b.yaml", "b"u8);
        Write("rules/B.yaml", "B"u8);
        Write("city.yaml", "c"u8);
        Write(".git/config", "x"u8);
        Write("rules/.b.yaml.swp", "x"u8);

        CityFolderReading reading = CityFolder.Read(_folder);

        Assert.Equal(["city.yaml", "rules/B.yaml", "rules/b.yaml"], reading.Files.Select(f => f.Path));
        Assert.Empty(reading.Findings);
    }

    [Fact]
    public void Missing_folder_is_a_finding()
    {
        CityFolderReading reading = CityFolder.Read(Path.Combine(_folder, "nowhere"));

        Assert.Equal(["C006"], reading.Findings.Select(f => f.Code));
        Assert.EndsWith("does not exist", reading.Findings[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_over_its_limit_is_not_read()
    {
        Write("city.yaml", "name: x"u8);
        Write("areas/big.yaml", new byte[(4 * 1024 * 1024) + 1]);

        CityFolderReading reading = CityFolder.Read(_folder);

        Assert.Equal(["city.yaml"], reading.Files.Select(f => f.Path));
        Assert.Equal(("Y002", "areas/big.yaml"), (reading.Findings[0].Code, reading.Findings[0].Location.File));
    }

    [Fact]
    public void File_that_is_not_UTF8_is_a_finding()
    {
        Write("city.yaml", [(byte)'n', 0xC1, 0xD9]); // GB 18030

        Assert.Equal(["C007"], CityFolder.Read(_folder).Findings.Select(f => f.Code));
    }

    [Fact]
    public void Folders_nested_too_deep_are_a_finding()
    {
        Write("a/b/c/d/e.yaml", "x"u8);

        Assert.Equal(["C006"], CityFolder.Read(_folder).Findings.Select(f => f.Code));
    }

    private void Write(string path, ReadOnlySpan<byte> content)
    {
        string full = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, content);
    }
}
