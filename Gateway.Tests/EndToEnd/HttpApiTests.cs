using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

/// <summary>What the HTTP API tells of the state of things, of series and of itself; cases have a class of their own.</summary>
[Collection(ProcessTests.Name)]
public sealed partial class HttpApiTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    private const string Always = "from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z";

    private GatewayProcess Gateway => shared.Process;

    [Fact]
    public async Task Alert_that_fires_is_shown_with_its_device_and_cause()
    {
        await Gateway.PublishLevelsAsync("FLD-000001", 0.3);
        JsonElement alert = Assert.Single((await Gateway.JsonAsync("/api/v1/alerts")).List("alerts"), a => a.Text("deviceId") == "FLD-000001");
        Assert.Equal(("underpass-flood", "firing", "critical"), (alert.Text("alert"), alert.Text("state"), alert.Text("severity")));
        Assert.Equal("water_level 0.3 m >= 0.27", alert.Text("cause"));
    }

    [Fact]
    public async Task Rules_are_shown_with_the_hash_of_their_file()
    {
        JsonElement answer = await Gateway.JsonAsync("/api/v1/rules");
        JsonElement[] rules = answer.List("rules");
        Assert.True(rules.Length >= 12);
        Assert.Empty(answer.List("findings"));
        Assert.Equal(["access", "camera", "flood", "smoke"], rules.Select(r => r.Text("kind")!).Distinct().Order());
        Assert.All(rules, rule =>
        {
            byte[] file = File.ReadAllBytes(RepositoryFolder.PathOf($"Gateway.Host/city/{rule.Text("file")}"));
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(file)), rule.Text("sha256"));
        });
    }

    [Fact]
    public async Task Devices_are_paged_and_filtered_by_kind_and_area()
    {
        string[] all = await DevicesAsync("limit=10000");
        Assert.Equal(all.Order(StringComparer.Ordinal), all);
        string[] flood = await DevicesAsync("kind=flood&limit=10000");
        Assert.Equal(all.Where(d => d.StartsWith("FLD-", StringComparison.Ordinal)), flood);

        List<string> paged = [];
        string? after = "";
        do
        {
            JsonElement page = await Gateway.JsonAsync($"/api/v1/devices?kind=flood&limit=7&after={after}");
            paged.AddRange(page.List("devices").Select(d => d.Text("deviceId")!));
            after = page.Text("next");
        }
        while (after is not null);
        Assert.Equal(flood, paged);

        string[] north = await DevicesAsync("area=330102&limit=10000");
        string[] lakeside = await DevicesAsync("area=330105&limit=10000");
        Assert.Equal(all, north.Concat(lakeside).Order(StringComparer.Ordinal));
        Assert.NotEmpty(north);
        Assert.NotEmpty(lakeside);
    }

    [Fact]
    public async Task One_device_tells_where_it_is_and_when_it_was_heard()
    {
        await Gateway.PublishLevelsAsync("FLD-000005", 0.01);
        JsonElement device = await Gateway.JsonAsync("/api/v1/devices/FLD-000005");
        Assert.Equal("flood", device.Text("kind"));
        Assert.NotNull(device.Text("lastReceivedAt"));
        Assert.Equal(HttpStatusCode.NotFound, (await Gateway.Http.GetAsync("/api/v1/devices/FLD-999999")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await Gateway.Http.GetAsync("/api/v1/devices?area=1")).StatusCode);
    }

    [Fact]
    public async Task Areas_are_a_tree_of_city_districts_streets_communities_and_grids()
    {
        JsonElement[] areas = (await Gateway.JsonAsync("/api/v1/areas")).List("areas");
        Assert.Equal(
            new Dictionary<string, int> { ["city"] = 1, ["district"] = 2, ["street"] = 4, ["community"] = 8, ["grid"] = 24 },
            areas.GroupBy(a => a.Text("level")!).ToDictionary(g => g.Key, g => g.Count()));
        HashSet<string> codes = [.. areas.Select(a => a.Text("code")!)];
        Assert.All(areas, a => Assert.True(a.Text("level") == "city" ? a.Text("parent") is null : codes.Contains(a.Text("parent")!)));
    }

    [Fact]
    public async Task Map_is_valid_geojson_of_every_area_and_device()
    {
        using HttpResponseMessage answer = await Gateway.Http.GetAsync("/api/v1/map");
        Assert.Equal("application/geo+json", answer.Content.Headers.ContentType?.MediaType);
        JsonElement map = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
        GeoJson.Check(map);
        Dictionary<string, int> layers = map.List("features").GroupBy(f => f.GetProperty("properties").Text("layer")!).ToDictionary(g => g.Key, g => g.Count());
        Assert.Equal((39, (await DevicesAsync("limit=10000")).Length), (layers["area"], layers["device"]));

        JsonElement part = await Gateway.JsonAsync("/api/v1/map?layers=areas&area=330102001");
        Assert.All(part.List("features"), f => Assert.StartsWith("330102001", f.Text("id")!, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.BadRequest, (await Gateway.Http.GetAsync("/api/v1/map?layers=roads")).StatusCode);
    }

    [Fact]
    public async Task Series_are_listed_queried_bucketed_and_exported_as_they_were_sent()
    {
        const string device = "FLD-000006";
        double[] sent = [0.01, 0.02, 0.035];
        long first = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 1000; // times of their own: two of one millisecond would be one sample
        await Gateway.PublishAsync(device, $"city/v1/flood/{device}/telemetry", [.. sent.Select((m, i) => $"{{\"ts\":{first + i},\"water_level\":{m}}}")]);
        JsonElement listed = Assert.Single((await Gateway.JsonAsync($"/api/v1/series?device={device}")).List("series"));
        Assert.Equal(("water_level", "m", 3), (listed.Text("metric"), listed.Text("unit"), listed.GetProperty("count").GetInt32()));

        JsonElement points = Assert.Single((await Gateway.JsonAsync($"/api/v1/series/query?metric=water_level&device={device}")).List("series"));
        Assert.Equal(sent, points.List("points").Select(p => p.GetProperty("value").GetDouble()));

        foreach ((string aggregate, double expected) in new[] { ("min", 0.01), ("max", 0.035), ("sum", 0.065), ("count", 3), ("last", 0.035), ("first", 0.01) })
        {
            JsonElement[] buckets = Assert.Single((await Gateway.JsonAsync($"/api/v1/series/query?metric=water_level&device={device}&step=1d&agg={aggregate}")).List("series")).List("buckets");
            JsonElement full = Assert.Single(buckets, b => b.GetProperty("received").GetInt32() > 0); // midnight may lie between
            Assert.Equal((3, expected), (full.GetProperty("received").GetInt32(), Math.Round(full.GetProperty("value").GetDouble(), 9)));
        }

        string csv = await Gateway.Http.GetStringAsync($"/api/v1/series/export?metric=water_level&device={device}&{Always}");
        string[] rows = csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("time,device,metric,value", rows[0]);
        Assert.Equal(sent, rows[1..].Select(r => double.Parse(r.Split(',')[3], CultureInfo.InvariantCulture)));

        string ndjson = await Gateway.Http.GetStringAsync($"/api/v1/series/export?metric=water_level&device={device}&{Always}&format=ndjson");
        JsonElement[] objects = [.. ndjson.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonSerializer.Deserialize<JsonElement>(l))];
        Assert.Equal(sent, objects.Select(o => o.GetProperty("value").GetDouble()));
        Assert.Equal(rows[1..].Select(r => r.Split(',')[0]), objects.Select(o => o.Text("time")!));

        Assert.Equal(csv, await UnzippedAsync($"/api/v1/series/export?metric=water_level&device={device}&{Always}"));
    }

    [Theory]
    [InlineData("/api/v1/series/query", "metric")]
    [InlineData("/api/v1/series/query?metric=water_level&step=soon", "step")]
    [InlineData("/api/v1/series/query?metric=water_level&step=1m&agg=median", "agg")]
    [InlineData("/api/v1/series/export?format=xlsx", "format")]
    public async Task Series_question_that_makes_no_sense_names_its_parameter(string path, string parameter)
    {
        using HttpResponseMessage answer = await Gateway.Http.GetAsync(path);
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.StartsWith($"{parameter}: ", JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync()).Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ledger_and_quarantine_tell_what_became_of_each_message_of_a_device()
    {
        const string device = "SMK-000007";
        await Gateway.PublishAsync(device, $"city/v1/smoke/{device}/telemetry", "{\"temperature\":20,\"seq\":1}", "{\"temperature\":20,\"seq\":1}", "not json", "{\"temperature\":900}");
        LedgerView counts = LedgerView.Of(Assert.Single((await Gateway.JsonAsync($"/api/v1/ledger?device={device}")).List("devices")));
        Assert.Equal((4, 1, 1, 0), (counts.Received, counts.Stored, counts.Duplicate, counts.InFlight));
        Assert.Equal(new Dictionary<string, long> { ["not_json"] = 1, ["out_of_range"] = 1 }, counts.Quarantined);

        JsonElement[] kept = (await Gateway.JsonAsync($"/api/v1/quarantine?device={device}")).List("messages");
        Assert.Equal(["out_of_range", "not_json"], kept.Select(m => m.Text("reason")));
        JsonElement one = Assert.Single((await Gateway.JsonAsync($"/api/v1/quarantine?device={device}&reason=not_json")).List("messages"));
        Assert.Equal("not json", one.Text("payload"));
    }

    [Fact]
    public async Task Process_is_alive_and_every_part_of_it_ready()
    {
        Assert.Equal("ok\n", await Gateway.Http.GetStringAsync("/livez"));
        JsonElement ready = await Gateway.CaughtUpAsync();
        Assert.Equal(["accounts", "cases", "clock", "credentials", "log", "pipeline", "rules", "series", "tls", "workers"], ready.GetProperty("checks").EnumerateObject().Select(c => c.Name).Order());
        Assert.All(ready.GetProperty("checks").EnumerateObject(), c => Assert.Equal("ok", c.Value.GetString()));
    }

    [Fact]
    public async Task Metrics_are_prometheus_text_line_by_line()
    {
        using HttpResponseMessage answer = await Gateway.Http.GetAsync("/metrics");
        Assert.StartsWith("text/plain; version=0.0.4", answer.Content.Headers.ContentType?.ToString(), StringComparison.Ordinal);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        HashSet<string> helped = [];
        HashSet<string> typed = [];
        HashSet<string> samples = [];
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (HelpLine().Match(line) is { Success: true } help)
            {
                Assert.True(helped.Add(help.Groups[1].Value), line);
            }
            else if (TypeLine().Match(line) is { Success: true } type)
            {
                Assert.True(typed.Add(type.Groups[1].Value), line);
                Assert.Equal(type.Groups[2].Value == "counter", type.Groups[1].Value.EndsWith("_total", StringComparison.Ordinal));
            }
            else
            {
                Match sample = SampleLine().Match(line);
                Assert.True(sample.Success, line);
                Assert.True(samples.Add(sample.Groups[1].Value + sample.Groups[2].Value), line);
                Assert.Contains(sample.Groups[1].Value, typed);
            }
        }

        Assert.Equal(helped, typed);
        Assert.True(samples.Count > 20);
    }

    [Fact]
    public async Task Openapi_document_lists_the_paths()
    {
        JsonElement document = await Gateway.JsonAsync("/openapi/v1.json");
        Assert.Equal(("City Sensing Gateway", "v1"), (document.GetProperty("info").Text("title"), document.GetProperty("info").Text("version")));
        string[] paths = [.. document.GetProperty("paths").EnumerateObject().Select(p => p.Name)];
        string[] expected =
        [
            "/livez", "/readyz", "/metrics", "/api/v1/ledger", "/api/v1/cases", "/api/v1/cases/{caseNo}", "/api/v1/cases/{caseNo}/commands", "/api/v1/cases/stream",
            "/api/v1/cases/{caseNo}/rating-token", "/api/v1/ratings", "/api/v1/mode",
            "/api/v1/alerts", "/api/v1/rules", "/api/v1/rules/shadow", "/api/v1/devices", "/api/v1/devices/{deviceId}", "/api/v1/devices/{deviceId}/commands", "/api/v1/areas", "/api/v1/quarantine", "/api/v1/map",
            .. new[] { "discovery", "services", "requests", "requests/{serviceRequestId}" }.SelectMany(p => new[] { $"/open311/v2/{p}.json", $"/open311/v2/{p}.xml" }),
            "/api/v1/cases/{caseNo}/evidence", "/api/v1/cases/{caseNo}/evidence/{sha256}", "/api/v1/cases/{caseNo}/timeline", "/api/v1/cases/{caseNo}/timeline.svg",
            "/api/v1/metrics/cases", "/api/v1/metrics/load", "/api/v1/cap", "/api/v1/cases/{caseNo}/cap", "/api/v1/cases/{caseNo}/cap/{sequence}",
            "/api/v1/webhooks", "/api/v1/webhooks/{name}/deadletters/{id}/retry", "/api/v1/series", "/api/v1/series/query", "/api/v1/series/export",
            "/api/v1/session", "/api/v1/session/password", "/api/v1/setup", "/api/v1/accounts", "/api/v1/accounts/{name}", "/api/v1/accounts/{name}/role", "/api/v1/accounts/{name}/password",
            "/api/v1/accounts/{name}/tokens", "/api/v1/accounts/{name}/tokens/{id}",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), paths.Order(StringComparer.Ordinal));
        Assert.All(document.GetProperty("paths").EnumerateObject(), p => Assert.All(p.Value.EnumerateObject(), o => Assert.NotEqual("", o.Value.Text("summary"))));
    }

    private async Task<string[]> DevicesAsync(string query) =>
        [.. (await Gateway.JsonAsync($"/api/v1/devices?{query}")).List("devices").Select(d => d.Text("deviceId")!)];

    private async Task<string> UnzippedAsync(string path)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        using HttpResponseMessage answer = await Gateway.Http.SendAsync(request);
        Assert.Equal(["gzip"], answer.Content.Headers.ContentEncoding);
        await using GZipStream unzipped = new(await answer.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using StreamReader reader = new(unzipped);
        return await reader.ReadToEndAsync();
    }

    [GeneratedRegex(@"^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) \S.*$")]
    private static partial Regex HelpLine();

    [GeneratedRegex(@"^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary)$")]
    private static partial Regex TypeLine();

    [GeneratedRegex("^([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{[a-z_]+=\"[^\"]*\"(?:,[a-z_]+=\"[^\"]*\")*\\})? -?\\d+(?:\\.\\d+)?$")]
    private static partial Regex SampleLine();
}
