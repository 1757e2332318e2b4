using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

/// <summary>The switch of mode 平战转换 over HTTP, on a city whose rule asks for it.</summary>
[Collection(ProcessTests.Name)]
public sealed class HttpModeTests : IDisposable
{
    private const string Rule = """
        rules:
          - alert: any-water
            match: {kind: flood}
            expr: "water_level >= 0.3 or (water_level >= 0.05 and mode == emergency)"
            severity: info
            case: {event: flood.test, scope: device, reopen_within: 0s}
        """;

    private const string Duty = """
        responsibilities:
          - {event: flood.test, area: 330100, lead: water-bureau, limits: {accept: 20m, resolve: 2h, verify: 1d}, mode_limits: {emergency: {accept: 4m, resolve: 1h}}}
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly string _city;

    public HttpModeTests()
    {
        _city = CityCopy.Of(RepositoryFolder.PathOf("Gateway.Host/city"), _folder.File("city"));
        File.WriteAllText(Path.Combine(_city, "rules", "any-water.yaml"), Rule);
        File.WriteAllText(Path.Combine(_city, "duty", "any-water.yaml"), Duty);
        File.AppendAllText(Path.Combine(_city, "city.yaml"), "\nmode_limits: {emergency: {arrive: 10m}}\n");
    }

    [Fact]
    public async Task Same_reading_has_two_outcomes_in_two_modes_and_the_switch_has_a_name_and_survives_a_kill()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(new GatewayProcessSettings { Arguments = ["--city", _city] });
        await gateway.PublishLevelsAsync("FLD-000003", 0.1);
        Assert.Empty((await gateway.JsonAsync("/api/v1/cases?event=flood.test")).List("cases"));
        JsonElement normal = await gateway.JsonAsync("/api/v1/mode");
        Assert.Equal(("normal", 0), (normal.Text("mode"), normal.List("switches").Length));

        JsonElement switched = await SwitchAsync(gateway, "emergency", "zhang", "台风: \"red\" #1");
        Assert.Equal("emergency", switched.Text("mode"));
        JsonElement filed = Assert.Single((await gateway.JsonAsync("/api/v1/cases?event=flood.test")).List("cases")); // judged at once
        Assert.Equal("emergency", filed.Text("mode"));
        Assert.Equal([("accept", 4.0), ("resolve", 60.0)], await ClocksAsync(gateway, filed.Text("caseNo")!));
        Assert.Equal([("accept", 4.0), ("resolve", 60.0), ("arrive", 10.0)], await ClocksAsync(gateway, await WhistleAsync(gateway, filed.Text("caseNo")!)));

        await gateway.KillAsync();
        await gateway.StartAgainAsync();
        JsonElement after = Assert.Single((await gateway.JsonAsync("/api/v1/mode")).List("switches"));
        Assert.Equal(("emergency", "zhang", "台风: \"red\" #1"), (after.Text("mode"), after.Text("actor"), after.Text("reason")));

        // A broken edit of the folder keeps nobody from switching, and back it goes.
        CityCopy.Break(_city);
        JsonElement back = await SwitchAsync(gateway, "normal", "li", "over");
        Assert.Equal(("normal", 2), (back.Text("mode"), back.List("switches").Length));
        CityCopy.Mend(_city);
        await Eventually.BecomesAsync(() => gateway.MetricAsync("gateway_city_folder_valid"), v => v == 1, "the folder is mended");
        Assert.Equal("normal", (await gateway.JsonAsync("/api/v1/mode")).Text("mode"));
        await gateway.PublishLevelsAsync("FLD-000004", 0.1);
        Assert.Single((await gateway.JsonAsync("/api/v1/cases?event=flood.test")).List("cases"));

        // In normal times it is another case, by other clocks; the first one's were moved by nothing.
        await gateway.PublishLevelsAsync("FLD-000004", 0.4);
        JsonElement slow = (await gateway.JsonAsync("/api/v1/cases?event=flood.test")).List("cases").Single(c => c.Text("mode") == "normal");
        Assert.Equal([("accept", 20.0), ("resolve", 120.0)], await ClocksAsync(gateway, slow.Text("caseNo")!));
        Assert.Equal([("accept", 20.0), ("resolve", 120.0), ("arrive", 30.0)], await ClocksAsync(gateway, await WhistleAsync(gateway, slow.Text("caseNo")!)));
        Assert.Equal([("accept", 4.0), ("resolve", 60.0), ("arrive", 10.0)], await ClocksAsync(gateway, filed.Text("caseNo")!));

        Assert.Equal(0, await gateway.StopAsync());
        Assert.Equal(2, ReplayedLog.AssertEqualToWhatHappened(gateway.Data).Alerts); // of the water that still stands
    }

    [Fact]
    public async Task Bad_switches_are_refused_with_what_is_wrong()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(new GatewayProcessSettings());
        foreach ((object body, string says) in new (object, string)[]
        {
            (new { mode = "war", actor = "li", reason = "x" }, "mode is one of normal, emergency"),
            (new { actor = "li", reason = "x" }, "mode is one of"),
            (new { mode = "emergency", reason = "x" }, "actor"),
            (new { mode = "emergency", actor = "li" }, "reason"),
            (new { mode = "emergency", actor = "li", reason = "two\nlines" }, "control characters"),
        })
        {
            using HttpResponseMessage answer = await gateway.Http.PostAsJsonAsync("/api/v1/mode", body);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Contains(says, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.Text("detail"), StringComparison.Ordinal);
        }

        using HttpResponseMessage same = await gateway.Http.PostAsJsonAsync("/api/v1/mode", new { mode = "normal", actor = "li", reason = "x" });
        Assert.Equal(HttpStatusCode.Conflict, same.StatusCode);
    }

    public void Dispose() => _folder.Dispose();

    // The clocks of a case, and how many minutes each has.
    private static async Task<(string Kind, double Minutes)[]> ClocksAsync(GatewayProcess gateway, string caseNo) =>
        [.. (await gateway.JsonAsync($"/api/v1/cases/{caseNo}")).List("clocks").Select(c => (c.Text("kind")!, (c.GetProperty("dueAt").GetDateTimeOffset() - c.GetProperty("startedAt").GetDateTimeOffset()).TotalMinutes))];

    private static async Task<string> WhistleAsync(GatewayProcess gateway, string caseNo)
    {
        using HttpResponseMessage answer = await gateway.Http.PostAsJsonAsync($"/api/v1/cases/{caseNo}/commands", new { command = "whistle", actor = "li", reason = "help", to = "traffic-police" });
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return caseNo;
    }

    private static async Task<JsonElement> SwitchAsync(GatewayProcess gateway, string mode, string actor, string reason)
    {
        using HttpResponseMessage answer = await gateway.Http.PostAsJsonAsync("/api/v1/mode", new { mode, actor, reason });
        string body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, body);
        return JsonDocument.Parse(body).RootElement.Clone();
    }
}
