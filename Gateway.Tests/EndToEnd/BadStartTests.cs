using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

/// <summary>A gateway that cannot start says why in one line, without a stack trace, and ends with 1.</summary>
[Collection(ProcessTests.Name)]
public sealed class BadStartTests(SharedGateway running) : IClassFixture<SharedGateway>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Data_directory_in_use_is_named() =>
        await RefusesAsync("in use by another gateway", ["--data", running.Process.Data, "--mqtt-port", "0", "--http-port", "0"]);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Port_in_use_is_named(bool isMqtt)
    {
        int taken = isMqtt ? running.Process.MqttPort : running.Process.HttpPort;
        string[] ports = isMqtt ? ["--mqtt-port", $"{taken}", "--http-port", "0"] : ["--mqtt-port", "0", "--http-port", $"{taken}"];
        await RefusesAsync($"127.0.0.1:{taken}: address already in use", ["--data", Data, .. ports]);
    }

    [Fact]
    public async Task Exercise_on_what_really_happened_is_refused()
    {
        await using GatewayProcess before = await GatewayProcess.StartAsync(new GatewayProcessSettings { Data = Data });
        Assert.Equal(0, await before.StopAsync());
        string fault = $"the data directory {Data} holds what really happened: an exercise has a data directory of its own";
        await RefusesAsync(fault, ["--data", Data, "--clock-speed", "600"]);
        await RefusesAsync(fault, ["--data", Data, "--clock-start", "2099-01-01T00:00:00Z"]);
        await using GatewayProcess after = await GatewayProcess.StartAsync(new GatewayProcessSettings { Data = Data }); // and nothing has marked it
        Assert.Equal(0, await after.StopAsync());
    }

    [Fact]
    public async Task Real_gateway_on_an_exercise_is_refused_and_so_is_time_that_goes_back()
    {
        string[] exercise = ["--clock-start", "2026-01-13T00:00:00Z", "--clock-speed", "60"];
        await using GatewayProcess before = await GatewayProcess.StartAsync(new GatewayProcessSettings { Data = Data, Arguments = exercise });
        Assert.Equal(0, await before.StopAsync());
        await RefusesAsync($"the data directory {Data} is an exercise's (exercise.txt): nothing in it is real", ["--data", Data]);
        await RefusesAsync("--clock-start 2020-01-01T00:00:00.000Z is before ", ["--data", Data, "--clock-start", "2020-01-01T00:00:00Z"]);
        await using GatewayProcess after = await GatewayProcess.StartAsync(new GatewayProcessSettings { Data = Data, Arguments = ["--clock-start", "2099-02-13T00:00:00Z"] });
        Assert.Equal(0, await after.StopAsync());
        await using GatewayProcess goesOn = await GatewayProcess.StartAsync(new GatewayProcessSettings { Data = Data, Arguments = ["--clock-speed", "2"] }); // where it ended, which is ahead of the world
        Assert.Equal(0, await goesOn.StopAsync());
    }

    [Fact]
    public async Task Exercise_of_a_version_that_made_no_mark_is_known_by_its_cases()
    {
        await using GatewayProcess before = await GatewayProcess.StartAsync(new GatewayProcessSettings { Data = Data, Arguments = ["--clock-speed", "60"] });
        await before.PublishLevelsAsync("FLD-000003", 0.9);
        Assert.NotEmpty((await before.JsonAsync("/api/v1/cases")).List("cases"));
        Assert.Equal(0, await before.StopAsync());
        File.Delete(Path.Combine(Data, "exercise.txt"));
        await RefusesAsync("is an exercise's (exercise.txt)", ["--data", Data]);
    }

    [Theory]
    [InlineData("--clock-start", "yesterday", "--clock-start is a time like 2026-01-13T00:00:00Z, not yesterday")]
    [InlineData("--clock-speed", "0.5", "--clock-speed is from 1 to 100000")]
    [InlineData("--http-port", "70000", "ports are from 0 to 65535")]
    public async Task Option_without_meaning_is_refused(string option, string value, string message) =>
        await RefusesAsync(message, ["--data", Data, option, value]);

    [Fact]
    public async Task Plaintext_listener_off_loopback_is_refused() =>
        await RefusesAsync("Gateway:Host 0.0.0.0 is off loopback", ["--data", Data, "--mqtt-port", "0", "--http-port", "0"], "Gateway__Host=0.0.0.0");

    [Fact]
    public async Task City_folder_with_errors_is_refused_with_each_of_them()
    {
        string city = CityCopy.Of(RepositoryFolder.PathOf("Gateway.Host/city"), _folder.File("city"));
        CityCopy.Break(city);
        ProgramRun run = await StartAsync(["--data", Data, "--city", city]);
        Assert.Equal(1, run.ExitCode);
        string[] lines = run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith($"error: the city folder {city} has errors", lines[0], StringComparison.Ordinal);
        Assert.Equal(CityCopy.Errors, lines[1..].Select(CityCopy.PlaceAndCode));
    }

    /// <inheritdoc />
    public void Dispose() => _folder.Dispose();

    private string Data => _folder.File("data");

    private static async Task RefusesAsync(string message, string[] arguments, string variable = "Gateway__Host=127.0.0.1")
    {
        ProgramRun run = await StartAsync(arguments, variable);
        Assert.True(run.ExitCode == 1, $"ended with {run.ExitCode}\n{run.Output}\n{run.Errors}");
        string line = Assert.Single(run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("error: ", line, StringComparison.Ordinal);
        Assert.Contains(message, line, StringComparison.Ordinal);
        Assert.DoesNotContain("gateway ready", run.Output, StringComparison.Ordinal);
    }

    private static Task<ProgramRun> StartAsync(string[] arguments, string variable = "Gateway__Host=127.0.0.1") =>
        ProgramRun.ToEndAsync("env", [variable, "ASPNETCORE_ENVIRONMENT=Development", "dotnet", RepositoryFolder.GatewayDll, "serve", .. arguments]);
}
