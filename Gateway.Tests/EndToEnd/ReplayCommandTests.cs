using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

/// <summary><c>rules explain</c> and <c>rules backtest</c> beside a running gateway, on the log it has written.</summary>
[Collection(ProcessTests.Name)]
public sealed class ReplayCommandTests : IAsyncLifetime, IDisposable
{
    private const string Underpass = "FLD-000001"; // site=underpass
    private const string Road = "FLD-000002"; // site=road
    private const string UnderpassFile = "flood-underpass.yaml";

    private readonly TemporaryFolder _folder = new();
    private readonly string _rules;
    private GatewayProcess _gateway = null!;

    public ReplayCommandTests()
    {
        _rules = _folder.File("candidate");
        Directory.CreateDirectory(_rules);
        foreach (string file in Directory.GetFiles(RepositoryFolder.PathOf("Gateway.Host/city/rules"), "*.yaml"))
        {
            File.Copy(file, Path.Combine(_rules, Path.GetFileName(file)));
        }
    }

    /// <inheritdoc />
    public async Task InitializeAsync()
    {
        _gateway = await GatewayProcess.StartAsync();
        await _gateway.PublishLevelsAsync(Underpass, 0.05, 0.20);
        await _gateway.PublishLevelsAsync(Underpass, 0.45); // of another connection, so some milliseconds later
        await _gateway.PublishLevelsAsync(Road, 0.05);
        await _gateway.CaughtUpAsync();
    }

    /// <inheritdoc />
    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    /// <inheritdoc />
    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Explain_says_why_a_rule_fired()
    {
        ProgramRun run = await RunAsync("explain", Underpass, "underpass-flood");
        Assert.Equal(0, run.ExitCode);
        Assert.Matches("^underpass-flood on FLD-000001 at .*: firing 告警中, critical\n", run.Output);
        Assert.Contains("  critical: raised\n    expr  true: water_level 0.45 m >= 0.27\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("  emergency: idle\n    expr  false: water_level 0.45 m >= 0.50\n      does not hold 不满足: water_level 0.45 m >= 0.50\n", run.Output, StringComparison.Ordinal);
        Assert.Matches("history 经过: \\S+ firing critical: water_level 0.45 m >= 0.27 \\(log offset \\d+\\)\n", run.Output);
        Assert.Matches("case 案卷: AJ-\\d{8}-000001, ", run.Output);
    }

    [Fact]
    public async Task Explain_says_what_kept_a_rule_from_firing()
    {
        ProgramRun run = await RunAsync("explain", Road, "road-ponding", "--output", "json");
        JsonElement answer = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal("not firing 未告警: water_level 0.05 m >= 0.10 does not hold", answer.GetProperty("summary").GetString());
        JsonElement block = answer.GetProperty("levels")[0].GetProperty("expr").GetProperty("blocking")[0];
        Assert.Equal(("water_level 0.05 m >= 0.10", "false"), (block.GetProperty("text").GetString(), block.GetProperty("truth").GetString()));

        Assert.Contains("not watched 不适用: the rule is for devices with site=underpass, the device has site=road", (await RunAsync("explain", Road, "underpass-flood")).Output, StringComparison.Ordinal);
        Assert.Contains("none; nothing has been heard of the device", (await RunAsync("explain", "FLD-000003", "underpass-flood")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_tells_slips_of_names_and_times()
    {
        ProgramRun device = await RunAsync("explain", "FLD-00001", "underpass-flood");
        Assert.Equal(2, device.ExitCode);
        Assert.Contains("did you mean FLD-000001?", device.Errors, StringComparison.Ordinal);
        Assert.Contains("did you mean underpass-flood?", (await RunAsync("explain", Underpass, "underpas-flood")).Errors, StringComparison.Ordinal);
        Assert.Contains("yesterday is no time", (await RunAsync("explain", Underpass, "underpass-flood", "--at", "yesterday")).Errors, StringComparison.Ordinal);
        Assert.Contains("the log has nothing before 2020-01-01", (await RunAsync("explain", Underpass, "underpass-flood", "--at", "2020-01-01")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backtest_of_the_rules_in_force_reproduces_what_happened()
    {
        ProgramRun run = await RunAsync("backtest", "--rules", _rules);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("cases 案卷: 1 -> 1; gained 新增 0, lost 减少 0, moved 变动 0, same 不变 1\n", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("what really happened 实际情况: reproduced exactly by the log and the rules of its days\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backtest_shows_cases_lost_moved_and_gained()
    {
        string file = Path.Combine(_rules, UnderpassFile);
        CityCopy.ReplaceFirst(file, "water_level >= 0.27", "water_level >= 0.47");
        await WithoutTestsAsync(file);
        ProgramRun lost = await RunAsync("backtest", "--rules", _rules);
        Assert.Matches("^lost    \\S+ flood\\.underpass FLD-000001 critical underpass-flood: water_level 0.45 m >= 0.27\n", lost.Output);
        Assert.Contains("fired   underpass-flood: 1 -> 0 times\n", lost.Output, StringComparison.Ordinal);
        Assert.Contains("lost 减少 1, moved 变动 0, same 不变 0", lost.Output, StringComparison.Ordinal);

        CityCopy.ReplaceFirst(file, "water_level >= 0.47", "water_level >= 0.17");
        ProgramRun moved = await RunAsync("backtest", "--rules", _rules);
        Assert.Matches("^moved   \\S+ flood\\.underpass FLD-000001 critical underpass-flood \\(\\S+ earlier\\): water_level 0.2 m >= 0.17\n", moved.Output);

        await File.WriteAllTextAsync(Path.Combine(_rules, "extra.yaml"), """
            rules:
              - alert: damp-road
                match: {kind: flood, tags: {site: road}}
                expr: water_level >= 0.01
                severity: info
                case: {event: flood.road, scope: grid}
            """);
        ProgramRun gained = await RunAsync("backtest", "--rules", _rules, "--output", "json");
        JsonElement cases = JsonDocument.Parse(gained.Output).RootElement.GetProperty("cases");
        Assert.Equal(["moved", "gained"], cases.EnumerateArray().Select(c => c.GetProperty("fate").GetString()));
        Assert.Equal("damp-road", cases[1].GetProperty("rule").GetString());
        Assert.False(cases[1].TryGetProperty("before", out _));

        ProgramRun later = await RunAsync("backtest", "--rules", _rules, "--from", "2099-01-01");
        Assert.Contains("cases 案卷: 0 -> 0", later.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backtest_of_rules_with_errors_shows_them_and_runs_nothing()
    {
        CityCopy.ReplaceFirst(Path.Combine(_rules, UnderpassFile), "water_level >= 0.27", "watr_level >= 0.27");
        ProgramRun run = await RunAsync("backtest", "--rules", _rules);
        Assert.Equal(1, run.ExitCode);
        Assert.Matches("rules/flood-underpass.yaml:\\d+:\\d+: error R104", run.Output);
        Assert.Contains("nothing was run", run.Errors, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("backtest", "--rules", Path.Combine(_rules, "nowhere"))).ExitCode);
        Assert.Contains("holds no log", (await ProgramRun.ToEndAsync("dotnet", [RepositoryFolder.GatewayDll, "rules", "backtest", "--rules", _rules, "--data", _folder.Path])).Errors, StringComparison.Ordinal);
    }

    private static async Task WithoutTestsAsync(string file)
    {
        string text = await File.ReadAllTextAsync(file);
        await File.WriteAllTextAsync(file, text[..text.IndexOf("tests:", StringComparison.Ordinal)]);
    }

    private Task<ProgramRun> RunAsync(string command, params string[] arguments) =>
        ProgramRun.ToEndAsync("dotnet", [RepositoryFolder.GatewayDll, "rules", command, .. arguments, "--data", _gateway.Data]);
}
