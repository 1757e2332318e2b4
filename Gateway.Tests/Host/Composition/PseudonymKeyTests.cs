using Gateway.Host.Composition;
using Gateway.Tests.Support;

namespace Gateway.Tests.Host.Composition;

/// <summary>The key of card pseudonyms: made once, whole or not at all.</summary>
public sealed class PseudonymKeyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Secrets => Path.Combine(_folder.File("data"), "secrets");

    [Fact]
    public void Key_made_on_the_first_start_is_the_same_ever_after_and_its_owners_alone()
    {
        using DataDirectory data = DataDirectory.Open(_folder.File("data"));
        byte[] made = data.PseudonymKey(null);
        Assert.Equal(32, made.Length);
        Assert.Equal(made, data.PseudonymKey(null));
        string path = Assert.Single(Directory.GetFiles(Secrets));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path));
    }

    [Fact]
    public void Key_half_made_by_a_killed_start_is_made_again()
    {
        using DataDirectory data = DataDirectory.Open(_folder.File("data"));
        Directory.CreateDirectory(Secrets);
        File.WriteAllBytes(Path.Combine(Secrets, "pseudonym.key.tmp"), new byte[7]);
        Assert.Equal(32, data.PseudonymKey(null).Length);
        Assert.Single(Directory.GetFiles(Secrets));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    public void Key_file_that_is_too_short_is_refused_with_what_to_do(int lengthBytes)
    {
        using DataDirectory data = DataDirectory.Open(_folder.File("data"));
        Directory.CreateDirectory(Secrets);
        string path = Path.Combine(Secrets, "pseudonym.key");
        File.WriteAllBytes(path, new byte[lengthBytes]);
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => data.PseudonymKey(null));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains($"has {lengthBytes} bytes", error.Message, StringComparison.Ordinal);
        Assert.Contains("backup", error.Message, StringComparison.Ordinal);
        Assert.Equal(lengthBytes, new FileInfo(path).Length);
    }

    /// <inheritdoc />
    public void Dispose() => _folder.Dispose();
}
