using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.Host.Cases.Audit;

/// <summary>The commands, as they are typed.</summary>
[Collection(ProcessTests.Name)]
public sealed class AuditCommandTests : IDisposable
{
    private readonly AuditRig _rig = new AuditRig().WithCases();

    [Fact]
    public async Task Second_party_keeps_a_line_and_a_key_and_finds_what_was_cut_off()
    {
        ProgramRun made = await RunAsync("checkpoint");
        ProgramRun key = await RunAsync("key");
        Assert.Equal((0, 0), (made.ExitCode, key.ExitCode));
        Assert.StartsWith("case-audit-1 checkpoint=1 entries=18 ", made.Output, StringComparison.Ordinal);
        string kept = Keep("kept.txt", made.Output), given = Keep("given.pem", key.Output);

        ProgramRun clean = await RunAsync("verify", "--checkpoint", kept, "--key", given);
        Assert.True(clean.ExitCode == 0, clean.Output + clean.Errors);
        Assert.Matches("^18 events, 3 cases, 1 checkpoints, 2 lines beside the store, 0 sealed decisions, signed up to event 18 of 18, root [0-9a-f]{64}; clean\n$", clean.Output);

        File.Delete(_rig.Folder.Checkpoints);
        _rig.Tamper("DELETE FROM case_events WHERE sequence > 12; DELETE FROM audit_entries WHERE sequence > 12; DELETE FROM audit_checkpoints; UPDATE sqlite_sequence SET seq = 12");
        ProgramRun cut = await RunAsync("verify", "--checkpoint", kept, "--key", given);
        Assert.Equal(1, cut.ExitCode);
        Assert.Contains($"{kept}:1: error: removed: it covers entries up to 18, the history ends with 12: entries 13 to 18 are gone; restore cases.db", cut.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finding_is_one_line_and_the_same_for_programs()
    {
        _rig.Tamper("UPDATE case_events SET body = replace(body, '\"li\"', '\"mi\"') WHERE sequence = 7");

        ProgramRun text = await RunAsync("verify");
        Assert.Equal(1, text.ExitCode);
        Assert.Matches("^7:AJ-20260127-00000[12]: error: edited: event 4 of the case does not make the hash it was sealed with; restore ", text.Output);
        ProgramRun json = await RunAsync("verify", "--output", "json");
        Assert.Equal(1, json.ExitCode);
        JsonElement root = JsonDocument.Parse(json.Output).RootElement;
        JsonElement finding = root.GetProperty("findings")[0];
        Assert.Equal(("edited", 7), (finding.GetProperty("fault").GetString(), finding.GetProperty("sequence").GetInt32()));
        Assert.False(root.GetProperty("clean").GetBoolean());
    }

    [Theory]
    [InlineData("verify", "--data", "nowhere")]
    [InlineData("verify", "--checkpoint", "nowhere.txt")]
    [InlineData("verify", "--key", "nowhere.pem")]
    [InlineData("verify", "--frobnicate")]
    [InlineData("checkpoint", "--data", "nowhere")]
    [InlineData("key", "--data", "nowhere")]
    public async Task What_cannot_be_read_ends_with_2(params string[] arguments)
    {
        ProgramRun run = await RunAsync(arguments);

        Assert.Equal(2, run.ExitCode);
        Assert.NotEqual("", run.Errors);
    }

    public void Dispose() => _rig.Dispose();

    private Task<ProgramRun> RunAsync(params string[] arguments) =>
        GatewayCommand.RunAsync(null, ["audit", .. arguments, .. arguments.Contains("--data") ? Array.Empty<string>() : ["--data", _rig.Data]]);

    private string Keep(string name, string content)
    {
        string path = Path.Combine(_rig.Data, name);
        File.WriteAllText(path, content);
        return path;
    }
}
