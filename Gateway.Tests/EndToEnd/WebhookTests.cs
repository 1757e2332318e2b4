using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

/// <summary>Case events of the running gateway at webhooks: a real Alertmanager, kill -9, the list and the metrics.</summary>
[Collection(ProcessTests.Name)]
public sealed class WebhookTests
{
    [ComponentFact("prometheus-alertmanager")]
    public async Task Breach_is_an_alert_of_a_real_alertmanager_until_its_case_is_voided()
    {
        await using AlertmanagerProcess alertmanager = await AlertmanagerProcess.StartAsync();
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(Settings(alertmanager.AlertsUrl, "alertmanager", ("RepeatInterval", "00:00:10")));
        await gateway.PublishLevelsAsync("FLD-000001", 0.42);
        JsonElement alert = Assert.Single(await ShownAsync(alertmanager, 1));
        JsonElement labels = alert.GetProperty("labels");
        string caseNo = labels.Text("caseNo")!;
        JsonElement shown = await gateway.JsonAsync($"/api/v1/cases/{caseNo}");
        Assert.Equal((shown.Text("event"), shown.Text("severity"), shown.Text("area")), (labels.Text("alertname"), labels.Text("severity"), labels.Text("area")));
        Assert.Equal("active", alert.GetProperty("status").Text("state"));
        Assert.Contains("案卷", alert.GetProperty("annotations").Text("summary_zh"), StringComparison.Ordinal);

        // It keeps alerts in memory only: after a restart the repetition brings them back.
        await alertmanager.KillAsync();
        await alertmanager.ComeAsync();
        Assert.Equal(caseNo, Assert.Single(await ShownAsync(alertmanager, 1)).GetProperty("labels").Text("caseNo"));

        using HttpResponseMessage answer = await gateway.Http.PostAsJsonAsync($"/api/v1/cases/{caseNo}/commands", new { command = "void", actor = "li", reason = "test" });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(await ShownAsync(alertmanager, 0));
        Assert.Equal(0, (await gateway.JsonAsync("/api/v1/webhooks")).List("receivers")[0].GetProperty("deadLettersTotal").GetInt32());
    }

    [Fact]
    public async Task Gateway_killed_between_delivery_and_cursor_repeats_the_request_and_loses_none()
    {
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        TaskCompletionSource hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
        receiver.Answer = _ => hold.Task;
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(Settings(receiver.Url, "alertmanager-webhook"));
        await gateway.PublishLevelsAsync("FLD-000001", 0.42);
        WebhookRequest before = await receiver.NextAsync();
        await gateway.KillAsync();
        receiver.Answer = _ => Task.CompletedTask;
        hold.SetResult();

        await gateway.StartAgainAsync();
        WebhookRequest again = await receiver.NextAsync();
        Assert.Equal((before.FirstSequence, before.Sequence, before.Body.GetRawText()), (again.FirstSequence, again.Sequence, again.Body.GetRawText()));
        await gateway.PublishLevelsAsync("FLD-000002", 0.42);
        Assert.InRange((await receiver.NextAsync()).FirstSequence, before.Sequence + 1, before.Sequence + 2); // that evidence was sealed is no news by itself
    }

    [Fact]
    public async Task List_metrics_and_log_tell_of_a_receiver_without_its_secrets_and_a_dead_letter_is_sent_again()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("secret"), "Bearer s3cr3t\n");
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        receiver.AnswerWith(403, "go away with Bearer s3cr3t");
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(Settings(receiver.Url, "alertmanager-webhook", ("HeaderFile", folder.File("secret"))));
        await gateway.PublishLevelsAsync("FLD-000001", 0.42);
        JsonElement listed = await Eventually.BecomesAsync(
            async () => (await gateway.JsonAsync("/api/v1/webhooks")).List("receivers").Single(), r => r.List("deadLetters").Length > 0 && r.GetProperty("lagEvents").GetInt32() == 0, "a dead letter");
        JsonElement letter = listed.List("deadLetters")[^1];
        Assert.Equal(("duty", $"http://127.0.0.1:{receiver.Port}"), (listed.Text("name"), listed.Text("target")));
        string metrics = await gateway.Http.GetStringAsync("/metrics");
        Assert.Contains("gateway_webhook_lag_events{receiver=\"duty\"} 0\n", metrics, StringComparison.Ordinal);
        Assert.Contains("gateway_webhook_dead_letters_total{receiver=\"duty\"} 1\n", metrics, StringComparison.Ordinal);
        string all = listed.GetRawText() + metrics + gateway.Errors;
        Assert.DoesNotContain("s3cr3t", all, StringComparison.Ordinal);
        Assert.DoesNotContain("path-secret", all, StringComparison.Ordinal);

        receiver.Answer = _ => Task.CompletedTask;
        string path = $"/api/v1/webhooks/duty/deadletters/{letter.GetProperty("id").GetInt64()}/retry";
        using HttpResponseMessage taken = await gateway.Http.PostAsync(path, null);
        Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
        await Eventually.BecomesAsync(
            async () => (await gateway.JsonAsync("/api/v1/webhooks")).List("receivers").Single().GetProperty("deadLettersKept").GetInt32(), n => n == 0, "it is delivered");
        using HttpResponseMessage gone = await gateway.Http.PostAsync(path, null);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        using HttpResponseMessage stranger = await gateway.Http.PostAsync("/api/v1/webhooks/nobody/deadletters/1/retry", null);
        Assert.Equal(HttpStatusCode.NotFound, stranger.StatusCode);
    }

    private static Task<JsonElement[]> ShownAsync(AlertmanagerProcess alertmanager, int count) =>
        Eventually.BecomesAsync(alertmanager.AlertsAsync, a => a.Length == count, $"{count} alerts");

    private static GatewayProcessSettings Settings(string url, string format, params (string Name, string Value)[] more)
    {
        Dictionary<string, string> variables = new() { ["Gateway__Webhooks__0__Name"] = "duty", ["Gateway__Webhooks__0__Url"] = url, ["Gateway__Webhooks__0__Format"] = format };
        foreach ((string name, string value) in more)
        {
            variables[$"Gateway__Webhooks__0__{name}"] = value;
        }

        return new GatewayProcessSettings { Variables = variables };
    }
}
