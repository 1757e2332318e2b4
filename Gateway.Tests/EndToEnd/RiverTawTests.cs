using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

/// <summary>
/// The River Taw recording over MQTT, the gateway's clock started on 2026-01-13 and 20,000 times as fast. A duty officer works the cases
/// over HTTP as they come, so that the flood of the 24th is closed, by its own falling water, before the one of the 27th.
/// </summary>
public sealed class RiverTawTests
{
    private const string Start = "2026-01-13T00:00:00Z";
    private const string Speed = "20000";

    [RecordingFact]
    public async Task Flood_of_the_27th_files_a_case_at_each_gauge_in_the_order_of_the_water_and_none_at_the_tide()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(new GatewayProcessSettings
        {
            Arguments = ["--city", RepositoryFolder.PathOf("Gateway.Tests/Fixtures/river-taw"), "--clock-start", Start, "--clock-speed", Speed],
        });
        using CancellationTokenSource offDuty = new();
        Task<int> officer = WorkCasesAsync(gateway.Http, offDuty.Token);
        ProgramRun replay = await ProgramRun.ToEndAsync(
            "dotnet",
            [RepositoryFolder.GatewayDll, "simulate", "--port", $"{gateway.MqttPort}", "--scenario", "replay", .. SharedData.Levels, "--clock-start", Start, "--clock-speed", Speed, "--duration", "68s"],
            limit: TimeSpan.FromMinutes(4));
        Assert.True(replay.ExitCode == 0, replay.Output + replay.Errors);
        await offDuty.CancelAsync();
        int closed = await officer;

        JsonElement[] cases = [.. JsonDocument.Parse(await gateway.Http.GetStringAsync("/api/v1/cases?limit=1000")).RootElement.GetProperty("cases").EnumerateArray()];
        (string Device, DateTimeOffset OpenedAt, DateTimeOffset OccurredAt)[] filed = [.. cases
            .Select(c => (c.GetProperty("deviceId").GetString()!, c.GetProperty("openedAt").GetDateTimeOffset(), c.GetProperty("occurredAt").GetDateTimeOffset()))
            .OrderBy(c => c.Item2)];
        Assert.Equal(["50119", "50132", "50140"], filed.Where(c => c.OpenedAt.UtcDateTime.Date == new DateTime(2026, 1, 27)).Select(c => c.Device));
        Assert.Equal(["50119", "50132", "50140"], filed.Where(c => c.OccurredAt.UtcDateTime.Date == new DateTime(2026, 1, 27)).OrderBy(c => c.OccurredAt).Select(c => c.Device));
        Assert.DoesNotContain(filed, c => c.Device == "50198");
        Assert.True(closed > 0, "the flood of the 24th was not closed");
        Assert.All(cases, c => Assert.True(c.GetProperty("exercise").GetBoolean()));

        foreach (JsonElement flood in cases.Where(c => c.GetProperty("occurredAt").GetDateTimeOffset().UtcDateTime.Date == new DateTime(2026, 1, 27)))
        {
            JsonElement timeline = await gateway.JsonAsync($"/api/v1/cases/{flood.Text("caseNo")}/timeline?before=PT12H");
            Assert.Contains(timeline.List("warnings"), w => w.Text("source") == "alert" && w.Text("rule")!.EndsWith("-rising", StringComparison.Ordinal) && w.GetProperty("leadSeconds").GetDouble() > 0);
        }

        Assert.Equal(0, await gateway.StopAsync());
        (int events, _) = ReplayedLog.AssertEqualToWhatHappened(gateway.Data);
        Assert.InRange(events, cases.Length * 5, int.MaxValue);
    }

    /// <summary>Accepts what is dispatched, reports once the water has cleared, verifies when the gateway lets it.</summary>
    private static async Task<int> WorkCasesAsync(HttpClient http, CancellationToken offDuty)
    {
        int closed = 0;
        while (!offDuty.IsCancellationRequested)
        {
            using JsonDocument page = JsonDocument.Parse(await http.GetStringAsync("/api/v1/cases?status=open&limit=100", CancellationToken.None));
            foreach (JsonElement one in page.RootElement.GetProperty("cases").EnumerateArray())
            {
                object? command = one.GetProperty("status").GetString() switch
                {
                    "Dispatched" or "Unowned" => new { command = "accept", actor = "wardens" },
                    "InProgress" when one.GetProperty("clearedAt").ValueKind == JsonValueKind.String => new { command = "report", actor = "wardens", reason = "the river is back in its banks" },
                    "Verifying" => new { command = "verify", actor = "supervisor" },
                    _ => null,
                };
                if (command is null)
                {
                    continue;
                }

                HttpResponseMessage answer = await http.PostAsJsonAsync($"/api/v1/cases/{one.GetProperty("caseNo").GetString()}/commands", command, CancellationToken.None);
                Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Conflict, await answer.Content.ReadAsStringAsync(CancellationToken.None));
                closed += answer.StatusCode == HttpStatusCode.OK && one.GetProperty("status").GetString() == "Verifying" ? 1 : 0;
            }
        }

        return closed;
    }
}
