using System.Text.Json;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

/// <summary>The city folder edited under a running gateway, and the same folder under <c>check</c>.</summary>
[Collection(ProcessTests.Name)]
public sealed class CityReloadTests : IDisposable
{
    private const string NewRule = """
        rules:
          - alert: any-water
            match: {kind: flood}
            expr: water_level >= 0.01
            severity: info
            case: {event: flood.test, scope: device, reopen_within: 30m}
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly string _city;

    public CityReloadTests() => _city = CityCopy.Of(RepositoryFolder.PathOf("Gateway.Host/city"), _folder.File("city"));

    [Fact]
    public async Task Valid_edit_is_at_work_without_a_restart()
    {
        await using GatewayProcess gateway = await StartAsync();
        await gateway.PublishLevelsAsync("FLD-000003", 0.02);
        Assert.Empty(await AlertsAsync(gateway, "FLD-000003"));

        await File.WriteAllTextAsync(Path.Combine(_city, "rules", "extra.yaml"), NewRule);
        await BecomesAsync(gateway, "gateway_city_reloads_total", 1);
        await gateway.PublishLevelsAsync("FLD-000003", 0.03);
        Alert fired = Assert.Single(await AlertsAsync(gateway, "FLD-000003"));
        Assert.Equal(("any-water", "firing"), (fired.Rule, fired.State));
        JsonElement rules = await gateway.JsonAsync("/api/v1/rules");
        Assert.Contains(rules.GetProperty("rules").EnumerateArray(), r => r.GetProperty("file").GetString() == "rules/extra.yaml");
        Assert.Equal(0, await gateway.StopAsync());
        Assert.Equal(1, ReplayedLog.AssertEqualToWhatHappened(gateway.Data).Alerts);
    }

    [Fact]
    public async Task Edit_with_ten_errors_leaves_the_last_good_snapshot_at_work_until_it_is_mended()
    {
        await using GatewayProcess gateway = await StartAsync();
        string good = (await gateway.CaughtUpAsync()).GetProperty("revision").GetString()!;
        CityCopy.Break(_city);
        await BecomesAsync(gateway, "gateway_city_refusals_total", 1);

        JsonElement rules = await gateway.JsonAsync("/api/v1/rules");
        Assert.Equal(CityCopy.Errors, rules.GetProperty("findings").EnumerateArray().Select(f => CityCopy.PlaceAndCode(f.GetString()!)));
        Assert.Equal((good, false), (rules.GetProperty("revision").GetString(), rules.GetProperty("folderValid").GetBoolean()));
        Assert.Equal((0, 0), (await gateway.MetricAsync("gateway_city_folder_valid"), await gateway.MetricAsync("gateway_city_reloads_total")));
        await gateway.PublishLevelsAsync("FLD-000001", 0.45);
        Assert.Equal("underpass-flood", Assert.Single(await AlertsAsync(gateway, "FLD-000001")).Rule);

        CityCopy.Mend(_city);
        await File.WriteAllTextAsync(Path.Combine(_city, "rules", "extra.yaml"), NewRule);
        await BecomesAsync(gateway, "gateway_city_reloads_total", 1);
        Assert.Equal(1, await gateway.MetricAsync("gateway_city_folder_valid"));
        Assert.Empty((await gateway.JsonAsync("/api/v1/rules")).GetProperty("findings").EnumerateArray());
        await gateway.PublishLevelsAsync("FLD-000003", 0.03);
        Assert.Equal("any-water", Assert.Single(await AlertsAsync(gateway, "FLD-000003")).Rule);
    }

    [Fact]
    public async Task Touched_folder_changes_nothing_and_a_firing_alert_outlives_the_reload_of_another_rule()
    {
        await using GatewayProcess gateway = await StartAsync();
        await gateway.PublishLevelsAsync("FLD-000001", 0.45);
        Alert before = Assert.Single(await AlertsAsync(gateway, "FLD-000001"));
        string revision = (await gateway.CaughtUpAsync()).GetProperty("revision").GetString()!;
        long events = await gateway.MetricAsync("gateway_case_events");

        foreach (string file in Directory.EnumerateFiles(_city, "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file).AddSeconds(1));
        }

        await BecomesAsync(gateway, "gateway_city_readings_total", 1);
        Assert.Equal(0, await gateway.MetricAsync("gateway_city_reloads_total"));
        Assert.Equal(revision, (await gateway.CaughtUpAsync()).GetProperty("revision").GetString());
        Assert.Equal(before, Assert.Single(await AlertsAsync(gateway, "FLD-000001")));

        CityCopy.ReplaceFirst(Path.Combine(_city, "rules", "smoke-kitchen.yaml"), "scope: building", "scope: device");
        await BecomesAsync(gateway, "gateway_city_reloads_total", 1);
        await gateway.PublishLevelsAsync("FLD-000001", 0.45); // through the pipeline behind the new snapshot
        Assert.NotEqual(revision, (await gateway.CaughtUpAsync()).GetProperty("revision").GetString());
        Assert.Equal(before, Assert.Single(await AlertsAsync(gateway, "FLD-000001")));
        Assert.Equal(events, await gateway.MetricAsync("gateway_case_events"));
    }

    [Fact]
    public async Task Reloads_under_load_that_change_no_rule_change_no_alert()
    {
        await using GatewayProcess gateway = await StartAsync();
        (string Device, double Metres)[] devices = [.. Enumerable.Range(1, 12).Select(i => ($"FLD-{i:D6}", i % 4 == 0 ? 0.05 : 0.45))];
        foreach ((string device, double metres) in devices)
        {
            await gateway.PublishLevelsAsync(device, metres);
        }

        string before = string.Join('\n', (await gateway.JsonAsync("/api/v1/alerts")).List("alerts").Select(a => a.GetRawText()));
        long transitions = await gateway.MetricAsync("gateway_alert_transitions_total"), events = await gateway.MetricAsync("gateway_case_events");
        Assert.NotEqual(0, transitions);

        using CancellationTokenSource edited = new();
        Task<int>[] publishers = [.. devices.Select(d => Task.Run(() => PublishUntilAsync(gateway, d.Device, d.Metres, edited.Token)))];
        string rules = Path.Combine(_city, "rules", "flood-underpass.yaml");
        for (int edit = 1; edit <= 3; edit++)
        {
            long records = await gateway.MetricAsync("gateway_log_records_total");
            await File.AppendAllTextAsync(rules, $"# edit {edit}\n");
            await BecomesAsync(gateway, "gateway_city_reloads_total", edit);
            await Eventually.BecomesAsync(() => gateway.MetricAsync("gateway_log_records_total"), n => n > records + 500, "messages come while the city is taken");
        }

        await edited.CancelAsync();
        Assert.All(await Task.WhenAll(publishers), sent => Assert.NotEqual(0, sent));
        await gateway.CaughtUpAsync();
        Assert.Equal(transitions, await gateway.MetricAsync("gateway_alert_transitions_total"));
        Assert.Equal(events, await gateway.MetricAsync("gateway_case_events"));
        Assert.Equal(before, string.Join('\n', (await gateway.JsonAsync("/api/v1/alerts")).List("alerts").Select(a => a.GetRawText())));
        Assert.Equal(0, await gateway.StopAsync());
        _ = ReplayedLog.AssertEqualToWhatHappened(gateway.Data);
    }

    [Fact]
    public async Task Edit_that_cannot_be_archived_is_shown_and_takes_effect_once_it_can()
    {
        await using GatewayProcess gateway = await StartAsync();
        string snapshots = Path.Combine(gateway.Data, "snapshots"), aside = _folder.File("aside");
        Directory.Move(snapshots, aside);
        await File.WriteAllTextAsync(snapshots, ""); // a file where the directory was: as a full disk, nothing can be written there
        await File.WriteAllTextAsync(Path.Combine(_city, "rules", "extra.yaml"), NewRule);
        await BecomesAsync(gateway, "gateway_city_folder_valid", 0);
        Assert.Contains("snapshots", (await gateway.JsonAsync("/api/v1/rules")).GetProperty("notInEffect").GetString(), StringComparison.Ordinal);
        Assert.Contains("not taken effect", (await gateway.JsonAsync("/readyz")).GetProperty("checks").GetProperty("rules").GetString(), StringComparison.Ordinal);

        File.Delete(snapshots);
        Directory.Move(aside, snapshots);
        await BecomesAsync(gateway, "gateway_city_reloads_total", 1);
        Assert.Equal(1, await gateway.MetricAsync("gateway_city_folder_valid"));
        Assert.Equal(JsonValueKind.Null, (await gateway.JsonAsync("/api/v1/rules")).GetProperty("notInEffect").ValueKind);
        await gateway.PublishLevelsAsync("FLD-000003", 0.03);
        Assert.Equal("any-water", Assert.Single(await AlertsAsync(gateway, "FLD-000003")).Rule);
    }

    [Fact]
    public async Task Check_prints_the_ten_findings_as_text_and_as_json()
    {
        Assert.Equal(0, (await CheckAsync(_city)).ExitCode);
        CityCopy.Break(_city);
        ProgramRun text = await CheckAsync(_city);
        Assert.Equal(1, text.ExitCode);
        Assert.Equal(CityCopy.Errors, text.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(CityCopy.PlaceAndCode));

        ProgramRun json = await CheckAsync(_city, "--output", "json");
        Assert.Equal(1, json.ExitCode);
        JsonElement answer = JsonDocument.Parse(json.Output).RootElement;
        Assert.Equal((10, 0), (answer.GetProperty("errors").GetInt32(), answer.GetProperty("warnings").GetInt32()));
        Assert.Equal(CityCopy.Errors, answer.GetProperty("findings").EnumerateArray().Select(f =>
            $"{f.GetProperty("file")}:{f.GetProperty("line")}:{f.GetProperty("column")}: {f.GetProperty("level")} {f.GetProperty("code")}"));
        Assert.All(answer.GetProperty("findings").EnumerateArray(), f => Assert.NotEqual("", f.GetProperty("message").GetString()));
    }

    [Theory]
    [InlineData("--output", "xml")]
    [InlineData("--bogus")]
    [InlineData("one", "two")]
    public async Task Check_used_wrongly_ends_with_2(params string[] arguments) => Assert.Equal(2, (await CheckAsync(arguments)).ExitCode);

    // The same level over and over, up to 20 messages in flight; returns how many were acknowledged.
    private static async Task<int> PublishUntilAsync(GatewayProcess gateway, string device, double metres, CancellationToken stop)
    {
        await using MqttTestClient client = await MqttTestClient.ConnectAsync(gateway.MqttPort, device);
        int sent = 0;
        while (!stop.IsCancellationRequested)
        {
            for (int i = 0; i < 20; i++)
            {
                Assert.True(await client.PublishAsync($"city/v1/flood/{device}/telemetry", $"{{\"water_level\":{metres}}}", (ushort)(i + 1)));
            }

            for (int i = 0; i < 20; i++)
            {
                Assert.Equal(PacketType.PubAck, (await client.ReceiveAsync())!.Value.Header.Type);
            }

            sent += 20;
        }

        return sent;
    }

    /// <inheritdoc />
    public void Dispose() => _folder.Dispose();

    private Task<GatewayProcess> StartAsync() => GatewayProcess.StartAsync(new GatewayProcessSettings { Arguments = ["--city", _city] });

    private static Task<ProgramRun> CheckAsync(params string[] arguments) => ProgramRun.ToEndAsync("dotnet", [RepositoryFolder.GatewayDll, "check", .. arguments]);

    private static async Task<IReadOnlyList<Alert>> AlertsAsync(GatewayProcess gateway, string device) =>
    [
        .. (await gateway.JsonAsync("/api/v1/alerts")).GetProperty("alerts").EnumerateArray()
            .Where(a => a.GetProperty("deviceId").GetString() == device)
            .Select(a => new Alert(a.GetProperty("alert").GetString()!, a.GetProperty("state").GetString()!, a.GetProperty("since").GetString()!)),
    ];

    private static Task<long> BecomesAsync(GatewayProcess gateway, string metric, long value) =>
        Eventually.BecomesAsync(() => gateway.MetricAsync(metric), v => v == value, $"{metric} {value}");

    private sealed record Alert(string Rule, string State, string Since);
}
