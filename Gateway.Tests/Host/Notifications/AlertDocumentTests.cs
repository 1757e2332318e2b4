using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.Host.Cases;
using Gateway.Host.Notifications;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Tests.Rules.Cases;

namespace Gateway.Tests.Host.Notifications;

/// <summary>The bodies, member by member, against what https://prometheus.io/docs/alerting/latest/configuration/#webhook_config documents.</summary>
public sealed partial class AlertDocumentTests
{
    private static readonly string[] Document =
        ["version", "groupKey", "truncatedAlerts", "status", "receiver", "groupLabels", "commonLabels", "commonAnnotations", "externalURL", "alerts"];

    private static readonly string[] Alert = ["status", "labels", "annotations", "startsAt", "endsAt", "generatorURL", "fingerprint"];

    private readonly AlertDocument _document = new("duty", "https://gateway.example.org/");

    [Fact]
    public void Webhook_document_has_the_members_and_types_of_version_4_and_no_others()
    {
        JsonElement body = Parse(_document.Webhook([Open(), Voided()]));
        Assert.Equal(Document, Names(body));
        Assert.Equal(("4", "firing", "duty", "https://gateway.example.org/"), (Text(body, "version"), Text(body, "status"), Text(body, "receiver"), Text(body, "externalURL")));
        Assert.Equal((JsonValueKind.Number, JsonValueKind.String), (body.GetProperty("truncatedAlerts").ValueKind, body.GetProperty("groupKey").ValueKind));
        foreach (string texts in (string[])["groupLabels", "commonLabels", "commonAnnotations"])
        {
            Assert.All(body.GetProperty(texts).EnumerateObject(), p => Assert.Equal(JsonValueKind.String, p.Value.ValueKind));
        }

        JsonElement[] alerts = [.. body.GetProperty("alerts").EnumerateArray()];
        Assert.Equal(["firing", "resolved"], alerts.Select(a => Text(a, "status")));
        foreach (JsonElement alert in alerts)
        {
            Assert.Equal(Alert, Names(alert));
            Assert.Matches("^[0-9a-f]{16}$", Text(alert, "fingerprint"));
            Assert.All(alert.GetProperty("labels").EnumerateObject(), l => Assert.Matches(LabelName(), l.Name));
            Assert.All(alert.GetProperty("labels").EnumerateObject().Concat(alert.GetProperty("annotations").EnumerateObject()), l => Assert.NotEqual("", l.Value.GetString()));
            Assert.True(DateTimeOffset.TryParse(Text(alert, "startsAt"), out _) && DateTimeOffset.TryParse(Text(alert, "endsAt"), out _));
        }

        Assert.Equal("0001-01-01T00:00:00Z", Text(alerts[0], "endsAt"));
        Assert.Equal("2026-01-27T09:05:00.000Z", Text(alerts[1], "endsAt"));
        Assert.StartsWith("https://gateway.example.org/api/v1/cases/AJ-", Text(alerts[0], "generatorURL"), StringComparison.Ordinal);
    }

    [Fact]
    public void Alert_says_what_where_how_bad_and_at_which_stage()
    {
        JsonElement alert = Parse(_document.Webhook([Open()])).GetProperty("alerts")[0];
        JsonElement labels = alert.GetProperty("labels");
        Assert.Equal(
            ("flood.underpass", "330102001001G01", "warning", "Dispatched", "normal", "false", "sensor"),
            (Text(labels, "alertname"), Text(labels, "area"), Text(labels, "severity"), Text(labels, "status"), Text(labels, "mode"), Text(labels, "exercise"), Text(labels, "source")));
        JsonElement annotations = alert.GetProperty("annotations");
        string no = Text(labels, "caseNo");
        Assert.Equal($"Case {no}: flood.underpass, warning, 江边路 1 号: dispatched", Text(annotations, "summary"));
        Assert.Equal($"案卷 {no}:flood.underpass,较大,江边路 1 号:任务派遣", Text(annotations, "summary_zh"));
        Assert.Equal(("11", "13", "11:collected 12:filed 13:dispatched"), (Text(annotations, "firstSequence"), Text(annotations, "sequence"), Text(annotations, "events")));
        Assert.Equal("water_level 0.42 m >= 0.30", Text(annotations, "cause"));
    }

    [Fact]
    public void Nothing_people_wrote_and_no_account_goes_out()
    {
        CaseDriver drive = CaseDriver.New();
        drive.ToVerifying();
        Assert.Null(drive.Command(25, CaseCommandKind.Comment, "Zhang San"));
        string body = Parse(_document.Webhook([NoticeOf(drive)])).GetRawText() + Parse(_document.Alerts([NoticeOf(drive)], CaseWorld.At(30))).GetRawText();
        Assert.DoesNotContain("Zhang", body, StringComparison.Ordinal);
        Assert.DoesNotContain("because", body, StringComparison.Ordinal);
        Assert.DoesNotContain("\"li\"", body, StringComparison.Ordinal);
    }

    [Fact]
    public void Fingerprint_stays_with_the_case_through_its_life()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        string first = AlertText.Fingerprint(drive.Case);
        drive.Alert(1, AlertTransitionKind.Raised, severity: AlertSeverity.Critical);
        Assert.Equal(AlertSeverity.Critical, drive.Case.Severity);
        Assert.Equal(first, AlertText.Fingerprint(drive.Case));
    }

    [Fact]
    public void Alerts_of_open_cases_end_a_day_ahead_and_of_closed_ones_when_they_were_closed()
    {
        JsonElement[] alerts = [.. Parse(_document.Alerts([Open(), Voided()], CaseWorld.At(60))).EnumerateArray()];
        Assert.Equal(["2026-01-28T10:00:00.000Z", "2026-01-27T09:05:00.000Z"], alerts.Select(a => Text(a, "endsAt")));
        Assert.All(alerts, a => Assert.Equal("2026-01-27T09:00:00.000Z", Text(a, "startsAt")));
        Assert.All(alerts, a => Assert.False(a.GetProperty("labels").TryGetProperty("status", out _))); // it would be another alert
    }

    [Fact]
    public void Alert_of_a_severity_that_has_risen_ends_where_the_worse_one_begins()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        drive.Alert(1, AlertTransitionKind.Raised, severity: AlertSeverity.Critical);
        JsonElement[] alerts = [.. Parse(_document.Alerts([NoticeOf(drive)], CaseWorld.At(2))).EnumerateArray()];
        Assert.Equal(["warning", "critical"], alerts.Select(a => Text(a.GetProperty("labels"), "severity")));
        Assert.Equal(["2026-01-27T09:02:00.000Z", "2026-01-28T09:02:00.000Z"], alerts.Select(a => Text(a, "endsAt")));
    }

    [Fact]
    public void Exercise_in_another_year_is_over_for_the_world_when_it_is_over()
    {
        EventTime before = CaseWorld.Time("2025-06-01T00:00:00Z");
        JsonElement alert = Parse(_document.Alerts([Voided()], before))[0];
        Assert.Equal((before.ToString(), before.ToString()), (Text(alert, "startsAt"), Text(alert, "endsAt")));
    }

    private static Notice Open()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        return NoticeOf(drive);
    }

    private static Notice Voided()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing, 3, CaseWorld.Latched);
        Assert.Null(drive.Command(5, CaseCommandKind.Void));
        return new Notice(Case.Fold(drive.Events)!, 11, 11, []);
    }

    private static Notice NoticeOf(CaseDriver drive)
    {
        List<SequencedEvent> events = [.. drive.Events.Select((e, i) => new SequencedEvent(11 + i, e))];
        return new Notice(drive.Case, 11, events[^1].Sequence, events);
    }

    private static JsonElement Parse(ReadOnlyMemory<byte> body) => JsonSerializer.Deserialize<JsonElement>(body.Span);

    private static string[] Names(JsonElement element) => [.. element.EnumerateObject().Select(p => p.Name)];

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    [GeneratedRegex("^[a-zA-Z_][a-zA-Z0-9_]*$")]
    private static partial Regex LabelName();
}
