using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gateway.Protocols.Readings;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

/// <summary>Cases over HTTP: the list, the life of one, its commands, the stream and the map.</summary>
[Collection(ProcessTests.Name)]
public sealed class HttpCaseTests(ExerciseGateway shared) : IClassFixture<ExerciseGateway>
{
    private GatewayProcess Gateway => shared.Process;

    [Fact]
    public async Task Case_goes_from_filed_to_closed_and_only_when_the_water_has_gone()
    {
        const string device = "FLD-000001";
        await Gateway.PublishLevelsAsync(device, 0.45);
        JsonElement filed = Assert.Single((await Gateway.JsonAsync("/api/v1/cases?event=flood.underpass")).List("cases"));
        string caseNo = filed.Text("caseNo")!;
        Assert.Equal(("Dispatched", "critical", "drainage-office", device), (filed.Text("status"), filed.Text("severity"), filed.Text("lead"), filed.Text("deviceId")));
        Assert.True(filed.GetProperty("exercise").GetBoolean());

        JsonElement tooSoon = await RefusedAsync(caseNo, new { command = "verify", actor = "inspector" });
        Assert.Equal(["accept", "return", "void", "comment", "whistle", "supervise", "merge"], tooSoon.List("legal").Select(l => l.GetString()));
        Assert.Equal("InProgress", (await TakenAsync(caseNo, new { command = "accept", actor = "crew-7" })).Text("status"));
        Assert.Equal("Verifying", (await TakenAsync(caseNo, new { command = "report", actor = "crew-7", reason = "pumps at work" })).Text("status"));

        JsonElement tooEarly = await RefusedAsync(caseNo, new { command = "verify", actor = "inspector" });
        Assert.Contains(tooEarly.List("missing"), m => m.GetString()!.Contains($"the condition to clear: underpass-flood on {device}", StringComparison.Ordinal));

        using HttpResponseMessage verified = await Eventually.BecomesAsync(
            async () =>
            {
                await Gateway.PublishLevelsAsync(device, 0.02);
                return await CommandAsync(caseNo, new { command = "verify", actor = "inspector", reason = "road is dry" });
            },
            answer => answer.StatusCode == HttpStatusCode.OK,
            "a case that can be closed");
        JsonElement closed = await Gateway.JsonAsync($"/api/v1/cases/{caseNo}");
        Assert.Equal("Closed", closed.Text("status"));
        Assert.NotNull(closed.Text("clearedAt"));
        Assert.NotNull(closed.Text("closedAt"));
        string[] actors = [.. closed.List("timeline").Select(e => e.Text("actor")!).Where(a => a != "gateway")];
        Assert.Equal(["crew-7", "crew-7", "inspector"], actors);
        Assert.NotEmpty(closed.List("evidence"));
        Assert.Equal(["evaluate"], (await RefusedAsync(caseNo, new { command = "accept", actor = "crew-7" })).List("legal").Select(l => l.GetString()));
        Assert.Equal(("Evaluated", 4), (await TakenAsync(caseNo, new { command = "evaluate", actor = "inspector", score = 4 })) is var done ? (done.Text("status"), done.GetProperty("score").GetInt32()) : default);
        Assert.Equal(["accepting", "handling", "verifying"], closed.List("timeSpent").Select(s => s.Text("stage")));
    }

    [Fact]
    public async Task Report_of_a_person_opens_a_case_and_a_second_one_joins_it()
    {
        var report = new { source = "hotline", @event = "order.litter", area = "330105001001G01", externalId = "H-7", description = "垃圾堆放" };
        using HttpResponseMessage first = await Gateway.Http.PostAsJsonAsync("/api/v1/cases", report);
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        JsonElement filed = await BodyAsync(first);
        Assert.Equal($"/api/v1/cases/{filed.Text("caseNo")}", first.Headers.Location!.ToString());
        Assert.Equal(("Dispatched", "hotline", "urban-management", 1), (filed.Text("status"), filed.Text("source"), filed.Text("lead"), filed.GetProperty("reportCount").GetInt32()));

        using HttpResponseMessage again = await Gateway.Http.PostAsJsonAsync("/api/v1/cases", report);
        using HttpResponseMessage other = await Gateway.Http.PostAsJsonAsync("/api/v1/cases", new { source = "patrol", @event = "order.litter", area = "330105001001G01", severity = "critical" });
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (again.StatusCode, other.StatusCode));
        JsonElement joined = await BodyAsync(other);
        Assert.Equal((filed.Text("caseNo"), "critical", 2), (joined.Text("caseNo"), joined.Text("severity"), joined.GetProperty("reportCount").GetInt32()));
    }

    [Theory]
    [InlineData("""{}""", "source", "event", "area")]
    [InlineData("""{"source":"sensor","event":"order.litter","area":"330105001001G01"}""", "source")]
    [InlineData("""{"source":"hotline","event":"Litter!","area":"330105001001G01"}""", "event")]
    [InlineData("""{"source":"hotline","event":"order.litter","area":"999"}""", "area")]
    [InlineData("""{"source":"hotline","event":"order.litter","latitude":1,"longitude":2}""", "no grid")]
    [InlineData("""{"source":"hotline","event":"order.litter","latitude":91,"longitude":2}""", "latitude")]
    [InlineData("""{"source":"hotline","event":"order.litter","deviceId":"NO-SUCH"}""", "deviceId")]
    [InlineData("""{"source":"hotline","event":"order.litter","area":"330105001001G01","severity":"huge"}""", "severity")]
    [InlineData("""{"source":"hotline","event":"order.litter","area":"330105001001G01","occurredAt":"2999-01-01T00:00:00Z"}""", "occurredAt")]
    [InlineData("""{"source":"hotline","event":"order.litter","area":"330105001001G01","description":"a\u0000b"}""", "description")]
    public async Task Report_that_cannot_be_is_refused_with_all_that_is_wrong(string body, params string[] says)
    {
        using StringContent content = new(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await Gateway.Http.PostAsync("/api/v1/cases", content);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        string detail = (await BodyAsync(answer)).Text("detail")!;
        Assert.All(says, s => Assert.Contains(s, detail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Deferral_asked_for_and_granted_stops_the_clocks()
    {
        using HttpResponseMessage filed = await Gateway.Http.PostAsJsonAsync("/api/v1/cases", new { source = "patrol", @event = "order.vendors", area = "330105001001G01" });
        string caseNo = (await BodyAsync(filed)).Text("caseNo")!;
        await TakenAsync(caseNo, new { command = "accept", actor = "urban-management/li" });
        string until = DateTimeOffset.UtcNow.AddDays(3650).ToString("O"); // the exercise's clock may be far ahead
        JsonElement refused = await BodyAsync(await CommandAsync(caseNo, new { command = "defer", actor = "urban-management/li", reason = "festival", until }));
        Assert.Contains("366 days", refused.Text("detail"), StringComparison.Ordinal);
        EventTime now = EventTime.TryParse((await Gateway.JsonAsync($"/api/v1/cases/{caseNo}")).Text("updatedAt"), out EventTime at) ? at : default;
        await TakenAsync(caseNo, new { command = "defer", actor = "urban-management/li", reason = "festival", until = (now + TimeSpan.FromDays(9)).ToString() });
        JsonElement deferred = await TakenAsync(caseNo, new { command = "approve", actor = "street-330105001/wang" });
        Assert.Equal((now + TimeSpan.FromDays(9)).ToString(), deferred.Text("deferredUntil"));
        Assert.Equal("paused", Assert.Single(deferred.List("clocks"), c => c.Text("kind") == "resolve").Text("state"));
    }

    [Fact]
    public async Task List_filters_and_its_pages_neither_skip_nor_repeat()
    {
        string[] devices = ["ACC-000001", "ACC-000002", "ACC-000003", "ACC-000004", "ACC-000005"];
        foreach (string device in devices)
        {
            await Gateway.PublishAsync(device, $"city/v1/access/{device}/event", "{\"event\":\"door_forced\",\"door\":\"D-1\"}");
        }

        List<JsonElement> paged = [];
        string? cursor = null;
        do
        {
            JsonElement page = await Gateway.JsonAsync($"/api/v1/cases?event=security.door-forced&limit=2{(cursor is null ? "" : $"&cursor={cursor}")}");
            paged.AddRange(page.List("cases"));
            Assert.True(page.List("cases").Length <= 2);
            cursor = page.Text("next");
        }
        while (cursor is not null);
        Assert.Equal(devices.Reverse(), paged.Select(c => c.Text("deviceId")!));

        string area = paged[0].Text("area")!;
        string[] expected = [.. paged.Where(c => c.Text("area") == area).Select(c => c.Text("caseNo")!)];
        Assert.Equal(expected, await NumbersAsync($"event=security.door-forced&area={area}"));
        Assert.Superset(paged.Select(c => c.Text("caseNo")!).ToHashSet(), (await NumbersAsync("event=security.*&area=330100&status=open")).ToHashSet());
        Assert.Equal(5, (await NumbersAsync("event=security.door-forced&status=dispatched,inProgress")).Length);
        Assert.Empty(await NumbersAsync("event=security.door-forced&status=closed"));
        string third = paged[2].Text("openedAt")!;
        Assert.Equal(paged.Take(3).Select(c => c.Text("caseNo")!), await NumbersAsync($"event=security.door-forced&from={third}"));
        Assert.Equal(paged.Skip(3).Select(c => c.Text("caseNo")!), await NumbersAsync($"event=security.door-forced&to={third}"));
    }

    [Theory]
    [InlineData("status=asleep", "status is open")]
    [InlineData("limit=0", "limit is a number from 1 to 1000")]
    [InlineData("from=yesterday", "from is a time")]
    [InlineData("cursor=zzz", "cursor is what the page before gave")]
    public async Task Query_that_makes_no_sense_is_a_problem_that_says_what_would(string query, string detail)
    {
        using HttpResponseMessage answer = await Gateway.Http.GetAsync($"/api/v1/cases?{query}");
        Assert.StartsWith(detail, (await ProblemAsync(answer, HttpStatusCode.BadRequest)).Text("detail"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"command\":", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("[]", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("{\"command\":\"explode\",\"actor\":\"x\"}", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("{\"command\":\"accept\"}", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("{\"command\":\"accept\",\"actor\":\"x\"}", "application/json", HttpStatusCode.NotFound)]
    [InlineData("command=accept", "text/plain", HttpStatusCode.UnsupportedMediaType)]
    public async Task Command_that_cannot_be_is_a_problem(string body, string type, HttpStatusCode status)
    {
        using StringContent content = new(body, Encoding.UTF8, type);
        using HttpResponseMessage answer = await Gateway.Http.PostAsync("/api/v1/cases/AJ-19990101-000001/commands", content);
        JsonElement problem = await ProblemAsync(answer, status);
        Assert.NotEqual("", problem.Text("detail"));
    }

    [Theory]
    [InlineData("/api/v1/cases/AJ-19990101-000001")]
    [InlineData("/api/v1/nothing")]
    public async Task What_is_not_there_is_a_problem(string path)
    {
        using HttpResponseMessage answer = await Gateway.Http.GetAsync(path);
        await ProblemAsync(answer, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Stream_resumes_after_the_last_event_seen_without_loss_or_repeat()
    {
        const string device = "ACC-000010";
        await Gateway.PublishAsync(device, $"city/v1/access/{device}/event", "{\"event\":\"tamper\"}");
        string caseNo = Assert.Single(await NumbersAsync("event=security.tamper"));
        await TakenAsync(caseNo, new { command = "comment", actor = "desk", reason = "one" });
        await TakenAsync(caseNo, new { command = "comment", actor = "desk", reason = "two" });

        long last = await Gateway.MetricAsync("gateway_case_events");
        using CaseEventStream whole = await CaseEventStream.OpenAsync(Gateway.Http, after: 0);
        CaseEventStream.Entry[] all = await whole.TakeThroughAsync(last);
        Assert.Equal(Enumerable.Range(1, (int)last).Select(n => (long)n), all.Select(e => e.Id));

        long seen = all[all.Length / 2].Id;
        using CaseEventStream resumed = await CaseEventStream.OpenAsync(Gateway.Http, seen);
        CaseEventStream.Entry[] rest = await resumed.TakeThroughAsync(last);
        Assert.Equal(all.Where(e => e.Id > seen).Select(e => (e.Id, e.CaseNo, e.Text)), rest.Select(e => (e.Id, e.CaseNo, e.Text)));

        await TakenAsync(caseNo, new { command = "comment", actor = "desk", reason = "while it listens" });
        CaseEventStream.Entry[] live = await resumed.TakeThroughAsync(await Gateway.MetricAsync("gateway_case_events"));
        Assert.Equal(Enumerable.Range(1, live.Length).Select(n => last + n), live.Select(e => e.Id));
        Assert.Contains(live, e => e.CaseNo == caseNo && e.Text.Contains("while it listens", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Map_has_every_open_case_once_inside_its_grid()
    {
        await Gateway.PublishLevelsAsync("FLD-000004", 0.01);
        await Gateway.PublishAsync("ACC-000020", "city/v1/access/ACC-000020/event", "{\"event\":\"fire_release\"}");
        (JsonElement map, string[] open) = await Eventually.BecomesAsync(
            async () => (await Gateway.JsonAsync("/api/v1/map"), await NumbersAsync("status=open&limit=1000")),
            seen => Layer(seen.Item1, "case").Select(f => f.Text("id")!).Order().SequenceEqual(seen.Item2.Order()),
            "a map of the open cases");
        Assert.NotEmpty(open);
        Assert.Equal(open.Length, open.Distinct().Count());

        GeoJson.Check(map);
        Dictionary<string, JsonElement> areas = Layer(map, "area").ToDictionary(f => f.Text("id")!);
        foreach (JsonElement one in Layer(map, "case"))
        {
            string grid = one.GetProperty("properties").Text("area")!;
            Assert.True(GeoJson.Contains(areas[grid], one), $"{one.Text("id")} is outside {grid}");
            Assert.True(areas[grid].GetProperty("properties").GetProperty("openCases").GetInt32() > 0);
            Assert.Equal((await Gateway.JsonAsync($"/api/v1/cases/{one.Text("id")}")).Text("status"), one.GetProperty("properties").Text("status"));
        }
    }

    private static JsonElement[] Layer(JsonElement map, string layer) =>
        [.. map.List("features").Where(f => f.GetProperty("properties").Text("layer") == layer)];

    private async Task<string[]> NumbersAsync(string query) =>
        [.. (await Gateway.JsonAsync($"/api/v1/cases?{query}")).List("cases").Select(c => c.Text("caseNo")!)];

    private Task<HttpResponseMessage> CommandAsync(string caseNo, object body) => Gateway.Http.PostAsJsonAsync($"/api/v1/cases/{caseNo}/commands", body);

    private async Task<JsonElement> TakenAsync(string caseNo, object body)
    {
        using HttpResponseMessage answer = await CommandAsync(caseNo, body);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    private static async Task<JsonElement> BodyAsync(HttpResponseMessage answer) => JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());

    private async Task<JsonElement> RefusedAsync(string caseNo, object body)
    {
        using HttpResponseMessage answer = await CommandAsync(caseNo, body);
        return await ProblemAsync(answer, HttpStatusCode.Conflict);
    }

    private static async Task<JsonElement> ProblemAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        string text = await answer.Content.ReadAsStringAsync();
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}
