namespace Gateway.Tests.Support;

/// <summary>A command of the built gateway, run to its end.</summary>
public static class GatewayCommand
{
    /// <summary>Runs a command; <paramref name="input"/> is its standard input.</summary>
    public static Task<ProgramRun> RunAsync(string? input, params string[] arguments) =>
        ProgramRun.ToEndAsync("dotnet", [RepositoryFolder.GatewayDll, .. arguments], input);

    /// <summary>Makes a password for a device of the sample city.</summary>
    public static async Task<string> PasswordAsync(string data, string device) => Password(await RunAsync(null, "devices", "password", device, "--data", data));

    /// <summary>Makes a tool that may use some topics.</summary>
    public static async Task<string> ToolAsync(string data, string name, params string[] rights) => Password(await RunAsync(null, ["tools", "add", name, "--data", data, .. rights]));

    /// <summary>Makes an account and a token of it, as what a test's HTTP client shows.</summary>
    public static async Task<System.Net.Http.Headers.AuthenticationHeaderValue> BearerAsync(string data, string account, string role)
    {
        Password(await RunAsync(null, "users", "add", account, "--role", role, "--data", data));
        return new("Bearer", Password(await RunAsync(null, "users", "token", "add", account, "--data", data)));
    }

    /// <summary>The password that a command printed.</summary>
    private static string Password(ProgramRun run)
    {
        Assert.True(run.ExitCode == 0, $"{run.Output}\n{run.Errors}");
        string password = run.Output.Trim();
        Assert.Matches("^[A-Za-z0-9_-]{27,}$", password); // 27 characters of base64 are 162 bits
        return password;
    }
}
