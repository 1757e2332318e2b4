using System.Text;
using System.Text.Json;
using Gateway.Host.Cases;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Tests.Rules.Cases;

namespace Gateway.Tests.Host.Cases;

public sealed class CaseJsonTests
{
    [Theory]
    [InlineData("caseNo", "\"AJ-20260127-000001\"")]
    [InlineData("status", "\"Verifying\"")]
    [InlineData("event", "\"flood.underpass\"")]
    [InlineData("severity", "\"warning\"")]
    [InlineData("certainty", "\"Likely\"")]
    [InlineData("area", "\"330102001001G01\"")]
    [InlineData("deviceId", "\"FLD-1\"")]
    [InlineData("building", "null")]
    [InlineData("openedAt", "\"2026-01-27T09:00:00.000Z\"")]
    [InlineData("occurredAt", "\"2026-01-27T09:00:00.000Z\"")]
    [InlineData("updatedAt", "\"2026-01-27T09:20:00.000Z\"")]
    [InlineData("lead", "\"water\"")]
    [InlineData("coHandlers", "[\"street\"]")]
    [InlineData("source", "\"sensor\"")]
    [InlineData("occurrences", "1")]
    [InlineData("mode", "\"normal\"")]
    [InlineData("exercise", "false")]
    [InlineData("rule", "{\"file\":\"rules/test.yaml\",\"name\":\"underpass-flood\",\"sha256\":\"ab12\"}")]
    [InlineData("commands", "[\"verify\",\"reject\",\"void\",\"comment\",\"supervise\",\"merge\"]")]
    public void Case_has_the_members_of_the_contract(string name, string json)
    {
        Assert.Equal(json, Write(CaseDriver.New().ToVerifying()).GetProperty(name).GetRawText());
    }

    [Fact]
    public void Clocks_timeline_and_evidence_say_what_happened()
    {
        JsonElement c = Write(CaseDriver.New().ToVerifying());

        Assert.Equal(["accept met", "resolve met", "verify running"], c.GetProperty("clocks").EnumerateArray().Select(k => $"{k.GetProperty("kind")} {k.GetProperty("state")}"));
        Assert.Equal("2026-01-27T11:20:00.000Z", c.GetProperty("clocks")[2].GetProperty("dueAt").GetString());
        Assert.Equal(
            ["collected", "filed", "dispatched", "accepted", "alertCleared", "conditionCleared", "reported", "verificationStarted"],
            c.GetProperty("timeline").EnumerateArray().Select(e => e.GetProperty("type").GetString()));
        JsonElement accepted = c.GetProperty("timeline")[3];
        Assert.Equal(
            ("4", "2026-01-27T09:05:00.000Z", "li", "9", "accepted for water: because"),
            (accepted.GetProperty("sequence").ToString(), accepted.GetProperty("at").ToString(), accepted.GetProperty("actor").ToString(),
                accepted.GetProperty("offset").ToString(), accepted.GetProperty("text").ToString()));
        JsonElement evidence = Assert.Single(c.GetProperty("evidence").EnumerateArray());
        Assert.Equal("water_level=0.42", evidence.GetProperty("values").GetString());
        Assert.Equal("ab12", evidence.GetProperty("rule").GetProperty("sha256").GetString());
    }

    [Theory]
    [InlineData(23, "running")]
    [InlineData(30, "overdue")]
    public void Clock_that_runs_tells_whether_it_is_late(double minute, string state)
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        drive.Advance(minute);
        Assert.Equal(state, Write(drive).GetProperty("clocks")[0].GetProperty("state").GetString());

        drive.Command(minute, CaseCommandKind.Accept);
        Assert.Equal(state == "overdue" ? "missed" : "met", Write(drive).GetProperty("clocks")[0].GetProperty("state").GetString());
    }

    [Fact]
    public void Line_for_people_stands_once_in_an_entry_of_the_timeline()
    {
        CaseDriver drive = CaseDriver.New().ToVerifying();
        Assert.Null(drive.Command(25, CaseCommandKind.Comment));
        JsonElement[] timeline = [.. Write(drive).GetProperty("timeline").EnumerateArray()];

        Assert.IsType<CaseCommented>(drive.Events[^1]);
        Assert.Equal(drive.Events.Select(e => e.Summary), timeline.Select(t => t.GetProperty("text").GetString()));
        Assert.All(timeline, t => Assert.False(t.TryGetProperty("summary", out _)));
        Assert.All(timeline, t => Assert.Equal(t.EnumerateObject().Select(m => m.Name).Distinct(), t.EnumerateObject().Select(m => m.Name)));
    }

    [Fact]
    public void Lead_over_the_first_report_is_in_seconds_and_null_before_both_have_said_something()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        Assert.Equal(JsonValueKind.Null, Write(drive).GetProperty("leadTimeSeconds").ValueKind);
        drive.Book.Handle(CaseWorld.Intake("330102001001G01", "flood.underpass"), CaseWorld.At(1.5), 5, drive.Changes);
        Assert.Equal(90, Write(drive).GetProperty("leadTimeSeconds").GetDouble());
    }

    [Fact]
    public void Timeline_is_left_out_where_it_is_not_given()
    {
        CaseDriver drive = CaseDriver.New().ToVerifying();

        Assert.False(Render(w => CaseJson.Write(w, drive.Case, null)).TryGetProperty("timeline", out _));
    }

    private static JsonElement Write(CaseDriver drive) => Render(w => CaseJson.Write(w, drive.Case, drive.Events));

    private static JsonElement Render(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            write(writer);
        }

        return JsonDocument.Parse(Encoding.UTF8.GetString(stream.ToArray())).RootElement;
    }
}
