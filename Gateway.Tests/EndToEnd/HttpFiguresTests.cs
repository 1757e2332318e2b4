using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Protocols.Readings;
using Gateway.Tests.Rules.Cases;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

/// <summary>Evaluation figures and load through HTTP and the real store, of cases whose figures are known from elsewhere.</summary>
[Collection(ProcessTests.Name)]
public sealed class HttpFiguresTests(GoldenGateway shared) : IClassFixture<GoldenGateway>
{
    private const string January = $"/api/v1/metrics/cases?area=330105001&from={GoldenCases.From}&to={GoldenCases.To}";
    private const int Filed = GoldenCases.Due + GoldenCases.Voided;

    private GatewayProcess Gateway => shared.Process;

    [Fact]
    public async Task Golden_figures_come_out_of_a_store_with_their_formulas()
    {
        JsonElement answer = await Gateway.JsonAsync(January);
        Assert.Equal((GoldenCases.Due, 0, Filed, GoldenCases.Due - GoldenCases.Closed), (Number(answer, "due"), Number(answer, "deferred"), Number(answer, "filed"), Number(answer, "open")));
        Assert.Equal(("2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z", "330105001"), (answer.Text("from"), answer.Text("to"), answer.Text("area")));
        Assert.Equal("93.72 %", Percent(answer, "closingRate"));
        Assert.Equal("75.82 %", Percent(answer, "onTimeClosingRate"));

        int sensed = shared.Cases.Count(c => c.Source == "sensor"), told = shared.Cases.Count(c => c.Source == "hotline");
        Dictionary<string, (long Numerator, long Denominator)> expected = new(StringComparer.Ordinal)
        {
            ["closingRate"] = (911, 972),
            ["onTimeClosingRate"] = (737, 972),
            ["acceptedOnTimeRate"] = (shared.Cases.Count(c => !c.IsAcceptedLate), GoldenCases.Due),
            ["reworkRate"] = (0, GoldenCases.Closed),
            ["returnRate"] = (0, GoldenCases.Due),
            ["falseAlarmRate"] = (GoldenCases.Voided, Filed),
            ["recurrenceRate"] = (GoldenCases.CameAgain, GoldenCases.Closed),
            ["whistleRate"] = (0, Filed),
            ["beforeComplaintRate"] = (sensed, sensed + told),
            ["satisfactionRate"] = (0, 0),
        };
        JsonElement[] figures = answer.List("figures");
        Assert.Equal(expected, figures.ToDictionary(f => f.Text("name")!, f => (f.GetProperty("numerator").GetInt64(), f.GetProperty("denominator").GetInt64())));
        Assert.Equal("closed / (due - deferred)", figures[0].Text("formula"));
        Assert.Equal("closed on time / (due - deferred)", figures[1].Text("formula"));
        Assert.Equal(["结案率", "按期结案率", "按期签收率", "返工率", "退单率", "误报率", "重复发生率", "吹哨率", "未诉先办率", "群众满意率"], figures.Select(f => f.Text("title")));
        Assert.All(figures, f => Assert.Contains(" / ", f.Text("formula"), StringComparison.Ordinal));
        Assert.Equal(JsonValueKind.Null, figures[^1].GetProperty("value").ValueKind); // of nothing
        Assert.Equal((90d, 90d), (answer.GetProperty("detectionLagSecondsP50").GetDouble(), answer.GetProperty("detectionLagSecondsP95").GetDouble()));
        Assert.Equal(0, Number(answer, "recurrenceOpen"));
        foreach (string text in new[] { "basis", "dueFormula", "detectionLagFormula", "leadTimeFormula" })
        {
            Assert.NotEqual("", answer.Text(text));
        }
    }

    [Fact]
    public async Task Figures_are_as_known_at_a_time_and_the_same_for_ever_when_it_is_named()
    {
        JsonElement now = await Gateway.JsonAsync(January);
        Assert.InRange(DateTimeOffset.UtcNow - now.GetProperty("asOf").GetDateTimeOffset(), TimeSpan.Zero, TimeSpan.FromMinutes(1));

        // Which of them were open, due and closed at that time, by what the golden set knows of each.
        foreach (string text in new[] { "2026-01-09T03:20:00Z", "2026-01-20T12:00:00.001Z", GoldenCases.To })
        {
            EventTime at = CaseWorld.Time(text);
            GoldenCase[] known = [.. shared.Cases.Where(c => c.OpenedAt <= at)], closed = [.. known.Where(c => c.ClosedAt <= at)];
            JsonElement then = await Gateway.JsonAsync($"{January}&asOf={text}");
            Assert.Equal(at.ToString(), then.Text("asOf"));
            Assert.Equal(known.Count(c => c.ClosedAt <= at || c.DueAt <= at), Number(then, "due"));
            Assert.Equal((closed.Length, closed.Count(c => c.DoneAt <= c.DueAt)), (Parts(then, "closingRate").Item1, Parts(then, "onTimeClosingRate").Item1));
            Assert.Equal(known.Length - closed.Length, Number(then, "open"));
            Assert.Equal((0, closed.Length), Parts(then, "recurrenceRate")); // it all came again in February and later
            Assert.Equal(closed.Count(c => at - c.ClosedAt!.Value <= TimeSpan.FromDays(30)), Number(then, "recurrenceOpen"));
        }

        // What was known in the last second is known for ever, whatever becomes of the cases.
        JsonElement[] open = (await Gateway.JsonAsync($"/api/v1/cases?status=open&area={GoldenCases.Grid}&to=2026-01-20T00:00:00Z&limit=5")).List("cases");
        string before = WithoutCoverage(await Gateway.JsonAsync($"{January}&asOf={GoldenCases.To}"));
        foreach (JsonElement one in open)
        {
            object command = new { command = "comment", actor = "inspector", reason = "looked at again" };
            using HttpResponseMessage answer = await Gateway.Http.PostAsJsonAsync($"/api/v1/cases/{one.Text("caseNo")}/commands", command);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal(5, open.Length);
        Assert.Equal(before, WithoutCoverage(await Gateway.JsonAsync($"{January}&asOf={GoldenCases.To}")));
    }

    [Fact]
    public async Task Case_that_is_found_void_later_was_none_before()
    {
        const string kind = "order.vendors";
        EventTime start = EventTime.From(DateTimeOffset.UtcNow);
        string query = $"/api/v1/metrics/cases?area=330102&from={start - TimeSpan.FromMinutes(1)}&to={start + TimeSpan.FromDays(1)}";
        using HttpResponseMessage filed = await Gateway.Http.PostAsJsonAsync("/api/v1/cases", new { source = "citizen", @event = kind, area = "330102001001G01" });
        string caseNo = (await filed.Content.ReadFromJsonAsync<JsonElement>()).Text("caseNo")!;
        JsonElement first = await Gateway.JsonAsync(query);
        Assert.Equal((1, 1), (Number(first, "filed"), Number(first, "open")));

        using HttpResponseMessage found = await Gateway.Http.PostAsJsonAsync($"/api/v1/cases/{caseNo}/commands", new { command = "void", actor = "inspector", reason = "nothing there" });
        Assert.Equal(HttpStatusCode.OK, found.StatusCode);
        JsonElement second = await Gateway.JsonAsync(query), again = await Gateway.JsonAsync($"{query}&asOf={first.Text("asOf")}");
        Assert.Equal((1, 0, (1, 1)), (Number(second, "filed"), Number(second, "open"), Parts(second, "falseAlarmRate")));
        Assert.Equal((0, 0), Parts(second, "beforeComplaintRate"));
        Assert.Equal((0, 1), Parts(first, "beforeComplaintRate"));
        Assert.Equal(WithoutCoverage(first), WithoutCoverage(again));
    }

    [Fact]
    public async Task Coverage_says_of_when_it_is()
    {
        const string area = "330102001";
        string device = (await Gateway.JsonAsync($"/api/v1/devices?area={area}&limit=1000")).List("devices").Select(d => d.Text("deviceId")!).First(d => d.StartsWith("FLD", StringComparison.Ordinal));
        JsonElement before = (await Gateway.JsonAsync($"/api/v1/metrics/cases?area={area}")).GetProperty("coverage");
        Assert.True(Number(before, "devices") > 1);
        Assert.Equal((0, 0d), (Number(before, "heardWithinADay"), before.GetProperty("value").GetDouble()));
        await Gateway.PublishLevelsAsync(device, 0.02);
        JsonElement answer = await Gateway.JsonAsync($"/api/v1/metrics/cases?area={area}&from={GoldenCases.From}&to={GoldenCases.To}"), coverage = answer.GetProperty("coverage");
        Assert.Equal(1, Number(coverage, "heardWithinADay"));
        Assert.Equal(1d / Number(coverage, "devices"), coverage.GetProperty("value").GetDouble());
        Assert.InRange(DateTimeOffset.UtcNow - coverage.GetProperty("at").GetDateTimeOffset(), TimeSpan.Zero, TimeSpan.FromMinutes(1)); // not January's
        Assert.Contains("whatever the period", coverage.Text("formula"), StringComparison.Ordinal);
        Assert.Equal((0, (0, 0)), (Number(answer, "filed"), Parts(answer, "closingRate"))); // no case, and one device in view beside it
        JsonElement unit = Assert.Single((await Gateway.JsonAsync($"/api/v1/metrics/load?area={area}")).List("units"));
        Assert.Equal((area, Number(coverage, "devices"), 1), (unit.Text("code"), Number(unit, "devices"), Number(unit, "heardWithinADay")));
    }

    [Theory]
    [InlineData("asOf=yesterday", "asOf is a time like 2026-01-27T09:00:00Z, or Unix milliseconds")]
    [InlineData("asOf=2999-01-01", "asOf is not earlier than from and not in the future; without it the figures are those of now")]
    [InlineData("asOf=2026-01-31T23:59:59Z&from=2026-02-01&to=2026-03-01", "asOf is not earlier than from and not in the future; without it the figures are those of now")]
    [InlineData("from=2026-02-01&to=2026-02-01", "from is earlier than to, by at most 366 days")]
    [InlineData("from=2024-02-01&to=2026-02-01", "from is earlier than to, by at most 366 days")]
    [InlineData("area=999", "no area 999 in any area tree; see /api/v1/areas")]
    public async Task What_cannot_be_asked_for_is_told_why(string query, string detail)
    {
        using HttpResponseMessage answer = await Gateway.Http.GetAsync($"/api/v1/metrics/cases?{query}");
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Equal(detail, (await answer.Content.ReadFromJsonAsync<JsonElement>()).Text("detail"));
    }

    [Fact]
    public async Task Load_of_the_units_is_what_the_golden_set_knows()
    {
        EventTime to = CaseWorld.Time(GoldenCases.To);
        TimeSpan[] times = [.. shared.Cases.Where(c => c.ClosedAt < to).Select(c => c.ClosedAt!.Value - c.OpenedAt).Order()];
        const int again = GoldenCases.CameAgain + GoldenCases.CameAgainTooLate;
        JsonElement answer = await Gateway.JsonAsync($"/api/v1/metrics/load?level=grid&area=330105001001&from={GoldenCases.From}&to={GoldenCases.To}");
        JsonElement[] units = answer.List("units");
        Assert.Equal(["330105001001G01", "330105001001G02", "330105001001G03"], units.Select(u => u.Text("code")));
        JsonElement lead = Assert.Single(answer.List("leads"));
        Assert.Equal(("urban-management", "临江市城市管理局", "桂苑社区第一网格"), (lead.Text("lead"), lead.Text("name"), units[0].Text("name")));
        Assert.InRange(DateTimeOffset.UtcNow - answer.GetProperty("at").GetDateTimeOffset(), TimeSpan.Zero, TimeSpan.FromMinutes(1));
        foreach (JsonElement row in new[] { units[0], lead })
        {
            Assert.Equal((Filed, times.Length, GoldenCases.Voided), (Number(row, "opened"), Number(row, "closed"), Number(row, "voided")));
            Assert.Equal(GoldenCases.Due - GoldenCases.Closed + again, Number(row, "open"));
            Assert.Equal(Number(row, "open"), row.GetProperty("openBySeverity").GetProperty("warning").GetInt32());
            Assert.Equal(Number(row, "open"), Number(row, "overdue"));
            Assert.Equal(times[(times.Length - 1) / 2].TotalSeconds, row.GetProperty("medianSecondsToClose").GetDouble());
        }

        Assert.All(units[1..], u => Assert.Equal((0, 0, 0, JsonValueKind.Null), (Number(u, "open"), Number(u, "opened"), Number(u, "closed"), u.GetProperty("medianSecondsToClose").ValueKind)));
        int devices = (await Gateway.JsonAsync("/api/v1/devices?area=330105001001G01&limit=1000")).List("devices").Length;
        Assert.Equal((devices, true), (Number(units[0], "devices"), units[0].GetProperty("inTree").GetBoolean()));
    }

    private static string WithoutCoverage(JsonElement answer) => string.Join('\n', answer.EnumerateObject().Where(m => m.Name != "coverage").Select(m => $"{m.Name} {m.Value.GetRawText()}"));

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    private static (int, int) Parts(JsonElement answer, string name) =>
        answer.List("figures").Single(f => f.Text("name") == name) is var figure ? (Number(figure, "numerator"), Number(figure, "denominator")) : default;

    private static string Percent(JsonElement answer, string name) =>
        FormattableString.Invariant($"{100 * answer.List("figures").Single(f => f.Text("name") == name).GetProperty("value").GetDouble():F2} %");
}
