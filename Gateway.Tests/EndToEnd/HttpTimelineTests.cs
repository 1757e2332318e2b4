using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Xml.Linq;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

/// <summary>After-action timelines over HTTP, of cases that went through the whole gateway.</summary>
[Collection(ProcessTests.Name)]
public sealed class HttpTimelineTests(ExerciseGateway shared) : IClassFixture<ExerciseGateway>
{
    private GatewayProcess Gateway => shared.Process;

    [Fact]
    public async Task Case_that_went_all_seven_stages_has_a_timeline_and_a_picture()
    {
        const string device = "FLD-000001";
        await Gateway.PublishLevelsAsync(device, 0.03, 0.45);
        string caseNo = Assert.Single((await Gateway.JsonAsync("/api/v1/cases?event=flood.underpass")).List("cases")).Text("caseNo")!;
        await TakenAsync(caseNo, new { command = "accept", actor = "crew-7" });
        await TakenAsync(caseNo, new { command = "report", actor = "crew-7", reason = "pumps at work, ring 13800138000 <b>" });
        await Eventually.BecomesAsync(
            async () =>
            {
                await Gateway.PublishLevelsAsync(device, 0.02);
                using HttpResponseMessage answer = await CommandAsync(caseNo, new { command = "verify", actor = "inspector" });
                return answer.StatusCode;
            },
            status => status == HttpStatusCode.OK,
            "a case that can be closed");
        await TakenAsync(caseNo, new { command = "evaluate", actor = "supervisor", score = 5 });

        JsonElement timeline = await Gateway.JsonAsync($"/api/v1/cases/{caseNo}/timeline?before=PT2H&after=30m");
        Assert.Equal(["Collected", "Filed", "Dispatched", "InProgress", "Reported", "Verifying", "Closed", "Evaluated"], timeline.List("stages").Select(s => s.Text("status")));
        Assert.Equal(TimeSpan.FromHours(2), timeline.GetProperty("breachedAt").GetDateTimeOffset() - timeline.GetProperty("from").GetDateTimeOffset());
        Assert.True(timeline.GetProperty("to").GetDateTimeOffset() <= timeline.GetProperty("now").GetDateTimeOffset());
        Assert.Equal(["accept", "resolve", "verify"], timeline.List("clocks").Select(k => k.Text("kind")));
        JsonElement series = Assert.Single(timeline.List("readings"));
        Assert.Equal((device, "water_level", "m"), (series.Text("device"), series.Text("metric"), series.Text("unit")));
        Assert.True(series.List("buckets").Sum(b => b.GetProperty("received").GetInt64()) >= 2);
        Assert.Contains(series.List("limits"), l => l.Text("kind") == "raise" && l.GetProperty("value").GetDouble() == 0.27 && l.GetProperty("ruleOfThen").GetBoolean());
        JsonElement reported = Assert.Single(timeline.List("events"), e => e.Text("type") == "reported");
        Assert.Equal(("crew-7", "reported done: pumps at work, ring *** <b>"), (reported.Text("actor"), reported.Text("text")));

        using HttpResponseMessage picture = await Gateway.Http.GetAsync($"/api/v1/cases/{caseNo}/timeline.svg?before=PT2H");
        Assert.Equal((HttpStatusCode.OK, "image/svg+xml"), (picture.StatusCode, picture.Content.Headers.ContentType?.MediaType));
        Assert.Equal("default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'", Assert.Single(picture.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("nosniff", Assert.Single(picture.Headers.GetValues("X-Content-Type-Options")));
        string svg = await picture.Content.ReadAsStringAsync();
        Assert.Equal("svg", XDocument.Parse(svg).Root!.Name.LocalName);
        Assert.Contains(caseNo, svg, StringComparison.Ordinal);
        Assert.Contains("演练 EXERCISE", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("13800138000", svg, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Case_whose_devices_the_series_store_does_not_know_is_drawn_without_readings()
    {
        using HttpResponseMessage filed = await Gateway.Http.PostAsJsonAsync("/api/v1/cases", new { source = "hotline", @event = "order.litter", area = "330105001001G01", description = "垃圾堆放" });
        string caseNo = (await filed.Content.ReadFromJsonAsync<JsonElement>()).Text("caseNo")!;
        JsonElement timeline = await Gateway.JsonAsync($"/api/v1/cases/{caseNo}/timeline");
        Assert.Empty(timeline.List("readings"));
        Assert.Equal(JsonValueKind.Null, timeline.GetProperty("breachedAt").ValueKind);
        Assert.Contains("No readings", await Gateway.Http.GetStringAsync($"/api/v1/cases/{caseNo}/timeline.svg"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("before=1y", "before")]
    [InlineData("before=P1M", "before")]
    [InlineData("before=-PT1H", "before")]
    [InlineData("before=PT", "before")]
    [InlineData("before=P", "before")]
    [InlineData("before=P8D", "before")]
    [InlineData("after=169h", "after")]
    [InlineData("after=PT999999H", "after")]
    [InlineData("after=1e3", "after")]
    public async Task Duration_that_is_none_or_too_long_is_told_what_is_allowed(string query, string name)
    {
        foreach (string path in new[] { "timeline", "timeline.svg" })
        {
            using HttpResponseMessage answer = await Gateway.Http.GetAsync($"/api/v1/cases/AJ-20200101-000001/{path}?{query}");
            Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
            Assert.Equal($"{name} is a duration from nothing to 7d, such as PT1H30M or 1h30m", (await answer.Content.ReadFromJsonAsync<JsonElement>()).Text("detail"));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("?before=P7D&after=P1DT2H3M4S")]
    [InlineData("?before=0&after=90m")]
    public async Task Unknown_case_is_not_found_whatever_the_window(string query)
    {
        foreach (string path in new[] { "timeline", "timeline.svg" })
        {
            using HttpResponseMessage answer = await Gateway.Http.GetAsync($"/api/v1/cases/AJ-20200101-000001/{path}{query}");
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    private Task<HttpResponseMessage> CommandAsync(string caseNo, object command) => Gateway.Http.PostAsJsonAsync($"/api/v1/cases/{caseNo}/commands", command);

    private async Task TakenAsync(string caseNo, object command)
    {
        using HttpResponseMessage answer = await CommandAsync(caseNo, command);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }
}
