using Gateway.Host.Access.Credentials;
using Gateway.Tests.Support;

namespace Gateway.Tests.Host.Access;

/// <summary>The commands on credentials, as a person types them.</summary>
[Collection(ProcessTests.Name)]
public sealed class CredentialCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Data => _folder.File("data");

    private string StoredText => File.ReadAllText(CredentialStore.PathIn(Data));

    [Fact]
    public async Task Password_is_printed_once_and_kept_as_a_hash_only()
    {
        string password = await GatewayCommand.PasswordAsync(Data, "SMK-000001");
        Assert.DoesNotContain(password, StoredText, StringComparison.Ordinal);
        ProgramRun list = await Run("devices", "list");
        Assert.Matches(@"^SMK-000001\t\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n$", list.Output);
        Assert.True(Assert.Single(CredentialEditor.Read(CredentialStore.PathIn(Data))).Password.Matches(System.Text.Encoding.UTF8.GetBytes(password)));
        Assert.NotEqual(password, await GatewayCommand.PasswordAsync(Data, "SMK-000001"));
        Assert.Equal(0, (await Run("devices", "revoke", "SMK-000001")).ExitCode);
        Assert.Equal("", (await Run("devices", "list")).Output);
        Assert.Equal(1, (await Run("devices", "revoke", "SMK-000001")).ExitCode);
    }

    [Fact]
    public async Task Password_from_standard_input_is_taken_and_not_shown()
    {
        ProgramRun run = await GatewayCommand.RunAsync("correct horse battery\n", "devices", "password", "SMK-000001", "--data", Data, "--stdin");
        Assert.Equal((0, ""), (run.ExitCode, run.Output));
        Assert.DoesNotContain("horse", run.Errors, StringComparison.Ordinal);
        Credential stored = Assert.Single(CredentialEditor.Read(CredentialStore.PathIn(Data)));
        Assert.Equal(PasswordHash.ChosenIterations, stored.Password.Iterations);
        Assert.True(stored.Password.Matches("correct horse battery"u8));
    }

    [Theory]
    [InlineData("short", "at least 12 characters")]
    [InlineData("", "at least 12 characters")]
    [InlineData("long enough for one\nand another\n", "more than one line")]
    public async Task Bad_password_on_standard_input_is_refused_without_being_shown(string input, string message)
    {
        ProgramRun run = await GatewayCommand.RunAsync(input, "devices", "password", "SMK-000001", "--data", Data, "--stdin");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(message, run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("enough", run.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Data));
    }

    [Fact]
    public async Task Unknown_device_is_refused_with_the_nearest_ids_unless_forced()
    {
        ProgramRun refused = await Run("devices", "password", "SMK-00001");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("nearest: SMK-0000", refused.Errors, StringComparison.Ordinal);
        Assert.Equal("", refused.Output);
        Assert.Equal(0, (await Run("devices", "password", "SMK-00001", "--force")).ExitCode);
        Assert.Contains("1 to 64 letters", (await Run("devices", "password", "a/b", "--force")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tool_has_filters_and_no_devices_name()
    {
        await GatewayCommand.ToolAsync(Data, "dashboard", "--subscribe", "city/v1/cases/#", "--subscribe", "city/v1/+/+/status", "--publish", "city/v1/+/+/command");
        Assert.Matches(@"^dashboard\t[^\t]+\tpublish city/v1/\+/\+/command\tsubscribe city/v1/cases/#\tsubscribe city/v1/\+/\+/status\n$", (await Run("tools", "list")).Output);
        Assert.Equal("", (await Run("devices", "list")).Output);
        Assert.Contains("is a device", (await Run("tools", "add", "SMK-000001", "--publish", "a")).Errors, StringComparison.Ordinal);
        Assert.Contains("could do nothing", (await Run("tools", "add", "empty")).Errors, StringComparison.Ordinal);
        Assert.Contains("no topic filter", (await Run("tools", "add", "bad", "--publish", "a#")).Errors, StringComparison.Ordinal);
        Assert.Contains("is a tool already", (await Run("devices", "password", "dashboard", "--force")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damaged_file_is_named_with_its_line_and_left_as_it_is()
    {
        await GatewayCommand.PasswordAsync(Data, "SMK-000001");
        File.AppendAllText(CredentialStore.PathIn(Data), "nonsense\n");
        string before = StoredText;
        foreach (string[] command in new string[][] { ["devices", "password", "SMK-000002"], ["devices", "list"], ["devices", "revoke", "SMK-000001"] })
        {
            ProgramRun run = await Run(command);
            Assert.Equal(1, run.ExitCode);
            Assert.Contains("mqtt-credentials:3: ", run.Errors, StringComparison.Ordinal);
        }

        Assert.Equal(before, StoredText);
    }

    /// <inheritdoc />
    public void Dispose() => _folder.Dispose();

    private Task<ProgramRun> Run(params string[] arguments) => GatewayCommand.RunAsync(null, [.. arguments, "--data", Data]);
}
