using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

/// <summary><c>log verify</c> and <c>log inspect</c> as an operator runs them.</summary>
public sealed class LogCommandTests
{
    [Fact]
    public async Task Log_commands_work_beside_a_running_gateway_and_find_damage_when_it_has_stopped()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync();
        await gateway.PublishAsync("FLD-000001", "city/v1/flood/FLD-000001/telemetry", "{\"water_level\":0.01}", "\u001b[31m");

        ProgramRun running = await GatewayCommand.RunAsync(null, "log", "verify", gateway.Data);
        Assert.True(running.ExitCode == 0, running.Output + running.Errors);
        Assert.Matches(@"^1 segments, \d+ commits, \d+ records, \d+ bytes, offsets 0 to \d+, 20\S+Z to 20\S+Z; sound\n$", running.Output.ReplaceLineEndings("\n"));

        ProgramRun inspect = await GatewayCommand.RunAsync(null, "log", "inspect", gateway.Data, "--client", "FLD-000001", "--topic", "city/+/flood/#");
        Assert.Equal(0, inspect.ExitCode);
        string[] lines = inspect.Output.TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Matches(@"^\d+\t20\S+\tmessage\tqos1\+ingested\+counted\tFLD-000001\tcity/v1/flood/FLD-000001/telemetry\t\{""water_level"":0.01\}", lines[0]);
        Assert.EndsWith("\t\\u{1b}[31m", lines[1].TrimEnd('\r'), StringComparison.Ordinal);

        ProgramRun json = await GatewayCommand.RunAsync(null, "log", "inspect", Path.Combine(gateway.Data, "log"), "--from", "0", "--limit", "2", "--output", "json");
        Assert.Equal(0, json.ExitCode);
        JsonElement document = JsonDocument.Parse(json.Output).RootElement;
        Assert.Equal(["started", "snapshot"], document.List("records").Select(r => r.Text("kind")));
        Assert.Equal(2, document.GetProperty("next").GetInt64());

        ProgramRun ndjson = await GatewayCommand.RunAsync(null, "log", "inspect", gateway.Data, "--from", "0", "--limit", "2", "--output", "ndjson");
        Assert.Equal(document.List("records").Select(r => r.GetRawText()), ndjson.Output.TrimEnd().Split('\n').Select(l => l.TrimEnd('\r')));
        Assert.Contains("--from 2", ndjson.Errors, StringComparison.Ordinal);

        Assert.Equal(0, await gateway.StopAsync());
        ProgramRun closed = await GatewayCommand.RunAsync(null, "log", "verify", gateway.Data, "--output", "json");
        Assert.Equal(0, closed.ExitCode);
        JsonElement sound = JsonDocument.Parse(closed.Output).RootElement;
        Assert.True(sound.GetProperty("sound").GetBoolean());
        Assert.Empty(sound.List("findings"));

        string segment = Path.Combine(gateway.Data, "log", "00000000000000000000.seg");
        byte[] bytes = await File.ReadAllBytesAsync(segment);
        bytes[^3] ^= 1;
        await File.WriteAllBytesAsync(segment, bytes);
        ProgramRun damaged = await GatewayCommand.RunAsync(null, "log", "verify", gateway.Data);
        Assert.Equal(1, damaged.ExitCode);
        Assert.Matches(@"^00000000000000000000\.seg:\d+:\d+: error: the last \d+ bytes are damaged, or torn by a failure of the power; ", damaged.Output);
        Assert.EndsWith("; 1 error", damaged.Output.TrimEnd(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("log", "verify", "no-such-folder")]
    [InlineData("log", "verify", "--fast")]
    [InlineData("log", "inspect", "--topic", "a/#/b")]
    [InlineData("log", "inspect", "--from", "5", "--to", "4")]
    public async Task Log_command_used_wrongly_exits_2_and_says_why(params string[] arguments)
    {
        ProgramRun run = await GatewayCommand.RunAsync(null, arguments);
        Assert.Equal(2, run.ExitCode);
        Assert.NotEmpty(run.Errors.Trim());
    }
}
