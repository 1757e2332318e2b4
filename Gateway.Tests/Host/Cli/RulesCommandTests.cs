using System.CommandLine;
using Gateway.Host.Cli.RuleFiles;
using Gateway.Tests.EndToEnd;
using Gateway.Tests.Support;

namespace Gateway.Tests.Host.Cli;

/// <summary><c>rules test</c> on copies of the sample city.</summary>
public sealed class RulesCommandTests : IDisposable
{
    private const string River = "rules/flood-river.yaml";

    // The readings of one of its tests, and others at which that test fails.
    private const string Wave = "6.2 7.1 7.2 7.4 8.1";
    private const string LowWave = "6.2 6.4 6.4 6.4 8.1";

    private readonly TemporaryFolder _folder = new();
    private readonly string _city;
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public RulesCommandTests() => _city = CityCopy.Of(RepositoryFolder.PathOf("Gateway.Host/city"), _folder.File("city"));

    [Fact]
    public void Tests_of_a_whole_city_pass_and_each_is_named()
    {
        Assert.Equal(0, Run(_city));
        Assert.Contains(": a flood wave climbs the stages", _output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("FAIL", _output.ToString(), StringComparison.Ordinal);
        Assert.EndsWith(" passed, 0 failed\n", _output.ToString(), StringComparison.Ordinal);
        Assert.Empty(_error.ToString());
    }

    [Fact]
    public void Tests_of_one_file_are_run_alone()
    {
        Assert.Equal(0, Run(Path.Combine(_city, River)));
        Assert.EndsWith($"\n{RiverTests} passed, 0 failed\n", _output.ToString(), StringComparison.Ordinal);
        Assert.All(_output.ToString().Split('\n').Where(l => l.StartsWith("pass", StringComparison.Ordinal)), l => Assert.Contains(River, l, StringComparison.Ordinal));
    }

    [Fact]
    public void Test_that_fails_is_shown_with_its_place_and_what_fires_instead()
    {
        Edit(River, text => text.Replace(Wave, LowWave, StringComparison.Ordinal));
        Assert.Equal(1, Run(Path.Combine(_city, River)));
        string[] lines = _output.ToString().Split('\n');
        int failed = Array.FindIndex(lines, l => l.StartsWith($"FAIL {River}:", StringComparison.Ordinal) && l.EndsWith(": a flood wave climbs the stages", StringComparison.Ordinal));
        Assert.Matches($"^     {River}:\\d+:\\d+: at 15m: expected river-stage \\(warning\\) to fire; nothing fires; nearest: ", lines[failed + 1]);
        Assert.EndsWith($"\n{RiverTests - 1} passed, 1 failed\n", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void List_shows_the_rules_that_hold_and_where_each_comes_from()
    {
        Directory.CreateDirectory(Path.Combine(_city, "overlays"));
        File.WriteAllText(Path.Combine(_city, "overlays", "local.yaml"), """
            when: {mode: emergency}
            changes:
              - {alert: river-stage, levels: [{severity: warning, for: 5m}]}
              - {alert: waste-dumped, disabled: true}
            rules:
              - {alert: any-rain, match: {kind: flood}, expr: "rainfall > 1", severity: info}
            """);
        Assert.Equal(0, RunList(_city));
        string normal = _output.ToString();
        Assert.Matches("(?m)^river-stage +flood, 9 devices: warning/critical/emergency  rules/flood-river.yaml:\\d+$", normal);
        Assert.EndsWith("overlays 叠加: none\n", normal, StringComparison.Ordinal);

        _output.GetStringBuilder().Clear();
        Assert.Equal(0, RunList(_city, "--mode", "emergency"));
        string emergency = _output.ToString();
        Assert.Matches("(?m)^river-stage .*rules/flood-river.yaml:\\d+ \\+ overlays/local.yaml \\(mode emergency\\)$", emergency);
        Assert.Matches("(?m)^any-rain .*overlays/local.yaml:6 \\+ \\(mode emergency\\)$", emergency);
        Assert.DoesNotContain("waste-dumped", emergency, StringComparison.Ordinal);
        Assert.Contains(", 1 disabled by overlays; mode 模式 emergency", emergency, StringComparison.Ordinal);

        Assert.Equal(2, RunList(_city, "--mode", "emergncy"));
        Assert.Contains("did you mean emergency?", _error.ToString(), StringComparison.Ordinal);
        File.AppendAllText(Path.Combine(_city, "overlays", "local.yaml"), "x: 1\n");
        Assert.Equal(1, RunList(_city));
    }

    [Fact]
    public void File_without_tests_is_named()
    {
        Edit(River, text => text[..text.IndexOf("tests:", StringComparison.Ordinal)]);
        Assert.Equal(0, Run(Path.Combine(_city, River)));
        Assert.Equal($"none {River}: no test stands beside its rules\n0 passed, 0 failed, 1 rule file without tests\n", _output.ToString());
    }

    [Fact]
    public void City_with_errors_is_not_tested_and_its_errors_are_shown()
    {
        Edit(River, text => text.Replace("water_level >= 7.0", "water_levle >= 7.0", StringComparison.Ordinal));
        Assert.Equal(1, Run(_city));
        Assert.Matches($"{River}:\\d+:\\d+: error R104: .*did you mean water_level", _output.ToString());
        Assert.Contains("nothing was tested", _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "neither a city folder nor a file in one")]
    [InlineData("city/nowhere.yaml", "neither a city folder nor a file in one")]
    [InlineData("city/duty/duty.yaml", "is no rule file of")]
    public void Path_that_names_no_rules_is_refused(string path, string why)
    {
        Assert.Equal(2, Run(_folder.File(path)));
        Assert.Contains(why, _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_for_programs_counts_and_places()
    {
        Edit(River, text => text.Replace(Wave, LowWave, StringComparison.Ordinal));
        ProgramRun run = await ProgramRun.ToEndAsync("dotnet", [RepositoryFolder.GatewayDll, "rules", "test", _city, "--output", "json"]);
        Assert.Equal(1, run.ExitCode);
        using System.Text.Json.JsonDocument json = System.Text.Json.JsonDocument.Parse(run.Output);
        Assert.Equal(1, json.RootElement.GetProperty("failed").GetInt32());
        Assert.Empty(json.RootElement.GetProperty("untested").EnumerateArray());
        System.Text.Json.JsonElement failure = Assert.Single(json.RootElement.GetProperty("tests").EnumerateArray(), t => !t.GetProperty("passed").GetBoolean()).GetProperty("failures")[0];
        Assert.Equal(River, failure.GetProperty("file").GetString());
        Assert.StartsWith("at 15m: expected river-stage", failure.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    private int RiverTests => File.ReadLines(Path.Combine(_city, River)).Count(l => l.StartsWith("  - name:", StringComparison.Ordinal));

    private void Edit(string file, Func<string, string> edit)
    {
        string path = Path.Combine(_city, file);
        File.WriteAllText(path, edit(File.ReadAllText(path)));
    }

    private int RunList(params string[] arguments) =>
        RulesCommand.Create().Parse(["list", .. arguments]).Invoke(new InvocationConfiguration { Output = _output, Error = _error });

    private int Run(string path) => RulesCommand.Create().Parse(["test", path]).Invoke(new InvocationConfiguration { Output = _output, Error = _error });
}
