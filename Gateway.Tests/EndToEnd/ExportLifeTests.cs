using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Host.Export;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

/// <summary>A gateway that is exported, imported and started elsewhere: it answers as the old one did, and goes on from there.</summary>
[Collection(ProcessTests.Name)]
public sealed class ExportLifeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Imported_gateway_answers_as_the_old_one_did_and_goes_on()
    {
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        await using GatewayProcess old = await GatewayProcess.StartAsync(Settings(receiver.Url));
        await old.PublishLevelsAsync("FLD-000001", 0.12, 0.45);
        await old.PublishLevelsAsync("FLD-000002", 0.5);
        JsonElement[] cases = (await old.JsonAsync("/api/v1/cases")).List("cases");
        string first = cases.Single(c => c.Text("deviceId") == "FLD-000001").Text("caseNo")!, second = cases.Single(c => c.Text("deviceId") == "FLD-000002").Text("caseNo")!;
        using (HttpResponseMessage accepted = await old.Http.PostAsJsonAsync($"/api/v1/cases/{first}/commands", new { command = "accept", actor = "li", reason = "" }))
        {
            Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
        }

        foreach (string caseNo in (string[])[first, second])
        {
            await Eventually.BecomesAsync(async () => (await old.JsonAsync($"/api/v1/cases/{caseNo}/evidence")).List("evidence"), found => found.Length == 1, "a decision that is sealed");
        }

        long last = (await old.JsonAsync($"/api/v1/cases/{first}")).List("timeline").Length + (await old.JsonAsync($"/api/v1/cases/{second}")).List("timeline").Length;
        await Eventually.BecomesAsync(async () => (await old.JsonAsync("/api/v1/webhooks")).List("receivers").Single(), r => r.GetProperty("lagEvents").GetInt64() == 0, "a receiver that has everything");
        Dictionary<string, string> before = await AnswersAsync(old, first, second);
        Assert.Equal(0, await old.StopAsync());

        int timeline = JsonDocument.Parse(before[$"/api/v1/cases/{first}"]).RootElement.List("timeline").Length;
        string data = _folder.File("data");
        ProgramRun exported = await RunAsync(0, "export", _folder.File("export"), "--data", old.Data);
        Assert.Contains($"exported {last} events of 2 cases", exported.Output, StringComparison.Ordinal);
        Assert.Equal("", exported.Errors); // what a gateway keeps and an export does not know is told there: it needs a place in GatewayExport
        Assert.Contains($"imported {last} events of 2 cases", (await RunAsync(0, "import", _folder.File("export"), "--data", data)).Output, StringComparison.Ordinal);
        await RunAsync(0, "export", _folder.File("again"), "--data", data);
        Assert.Equal(ExportRig.Files(_folder.File("export")), ExportRig.Files(_folder.File("again")));
        Assert.NotEmpty(receiver.Rest());

        await using GatewayProcess gateway = await GatewayProcess.StartAsync(Settings(receiver.Url) with { Data = data });
        await gateway.CatchUpAsync();
        Assert.Equal(before, await AnswersAsync(gateway, first, second));
        Assert.Contains("an earlier gateway", (await RunAsync(0, "audit", "verify", "--data", data)).Output, StringComparison.Ordinal);
        await RunAsync(0, "case", "replay", first, "--data", data);
        Assert.Equal(2, (await RunAsync(2, "export", _folder.File("beside"), "--data", data)).ExitCode);
        Assert.False(Path.Exists(_folder.File("beside")) || Path.Exists(_folder.File("beside.partial")));

        await gateway.PublishLevelsAsync("FLD-000001", 0.1, 0.47); // clears and breaches again
        Assert.Equal(2, (await gateway.JsonAsync("/api/v1/cases")).List("cases").Length);
        Assert.True((await gateway.JsonAsync($"/api/v1/cases/{first}")).List("timeline").Length > timeline, "nothing was added to the case");
        await gateway.PublishLevelsAsync("FLD-000003", 0.5);
        string third = (await gateway.JsonAsync("/api/v1/cases")).List("cases").Single(c => c.Text("deviceId") == "FLD-000003").Text("caseNo")!;
        Assert.EndsWith("-000003", third, StringComparison.Ordinal);
        WebhookRequest news = await receiver.NextAsync();
        Assert.All(receiver.Rest().Prepend(news), r => Assert.True(r.FirstSequence > last, $"event {r.FirstSequence} was sent again"));
        Assert.Equal(0, await gateway.StopAsync());
        await RunAsync(0, "audit", "verify", "--data", data);
    }

    [Fact]
    public async Task Gateway_that_was_killed_is_exported_with_its_log_and_works_off_the_rest_elsewhere()
    {
        await using GatewayProcess old = await GatewayProcess.StartAsync();
        await old.PublishLevelsAsync("FLD-000001", 0.11, 0.45, 0.46, 0.47);
        string caseNo = Assert.Single((await old.JsonAsync("/api/v1/cases")).List("cases")).Text("caseNo")!;
        const string Query = "/api/v1/series/query?metric=water_level&from=2020-01-01&to=2100-01-01";
        string points = (await old.JsonAsync(Query)).GetRawText();
        await old.KillAsync(); // the samples are in memory, and the last checkpoint is from before all of it

        string data = _folder.File("data");
        Assert.Contains(" 0 points", (await RunAsync(0, "export", _folder.File("export"), "--data", old.Data)).Output, StringComparison.Ordinal);
        await RunAsync(0, "import", _folder.File("export"), "--data", data);
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(new GatewayProcessSettings { Data = data });
        await gateway.CatchUpAsync();
        Assert.Equal(points, (await gateway.JsonAsync(Query)).GetRawText());
        Assert.Equal(caseNo, Assert.Single((await gateway.JsonAsync("/api/v1/cases")).List("cases")).Text("caseNo"));
        Assert.Equal(0, await gateway.StopAsync());
        await RunAsync(0, "audit", "verify", "--data", data);
    }

    private static async Task<Dictionary<string, string>> AnswersAsync(GatewayProcess gateway, string first, string second)
    {
        Dictionary<string, string> answers = [];
        foreach (string path in (string[])[
            "/api/v1/cases", $"/api/v1/cases/{first}", $"/api/v1/cases/{second}", "/api/v1/alerts", "/api/v1/series", "/api/v1/devices/FLD-000001",
            $"/api/v1/series/query?metric=water_level&from=2020-01-01&to=2100-01-01", $"/api/v1/cases/{first}/evidence", $"/api/v1/cases/{second}/evidence",
        ])
        {
            answers[path] = (await gateway.JsonAsync(path)).GetRawText();
        }

        string url = (await gateway.JsonAsync($"/api/v1/cases/{first}/evidence")).List("evidence")[0].Text("url")!;
        answers["evidence"] = await gateway.Http.GetStringAsync(url);
        return answers;
    }

    private static async Task<ProgramRun> RunAsync(int exit, params string[] arguments)
    {
        ProgramRun run = await GatewayCommand.RunAsync(null, arguments);
        Assert.True(run.ExitCode == exit, $"{string.Join(' ', arguments)}: {run.ExitCode}\n{run.Output}\n{run.Errors}");
        return run;
    }

    private static GatewayProcessSettings Settings(string url) => new()
    {
        Variables = new Dictionary<string, string> { ["Gateway__Webhooks__0__Name"] = "duty", ["Gateway__Webhooks__0__Url"] = url, ["Gateway__Webhooks__0__Format"] = "alertmanager-webhook" },
    };
}
