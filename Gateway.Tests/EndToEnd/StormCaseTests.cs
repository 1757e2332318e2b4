using System.Diagnostics;
using System.Text.Json;
using Gateway.Tests.Support;
using Xunit.Abstractions;

namespace Gateway.Tests.EndToEnd;

/// <summary>Ten thousand gauges under water at once, against the running gateway and a real receiver of its notifications.</summary>
[Collection(ProcessTests.Name)]
public sealed class StormCaseTests(ITestOutputHelper output)
{
    private const int Gauges = 10_000;

    private const string Rule = """
        rules:
          - alert: any-water
            match: {kind: flood}
            severity: warning
            expr: "water_level >= 5"
            clear: "water_level < 4"
            case: {event: flood.road, scope: device, verify_hold: 1m}
        """;

    [Fact]
    public async Task Ten_thousand_breaches_are_few_cases_and_few_notifications_and_each_is_in_one()
    {
        using TemporaryFolder folder = new();
        string city = folder.File("city");
        Assert.Equal(0, (await GatewayCommand.RunAsync(null, "city", "generate", city, "--devices", $"{4 * Gauges}", "--seed", "7")).ExitCode);
        Directory.EnumerateFiles(Path.Combine(city, "rules")).ToList().ForEach(File.Delete); // one rule for all gauges, wherever they stand
        File.WriteAllText(Path.Combine(city, "rules", "any-water.yaml"), Rule);
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(new GatewayProcessSettings
        {
            Arguments = ["--city", city],
            Variables = new Dictionary<string, string>
            {
                ["Gateway__Mqtt__Access"] = "open",
                ["Gateway__Webhooks__0__Name"] = "duty",
                ["Gateway__Webhooks__0__Url"] = receiver.Url,
                ["Gateway__Webhooks__0__Format"] = "alertmanager-webhook",
            },
        });

        long begin = Stopwatch.GetTimestamp();
        await using (MqttTestClient client = await MqttTestClient.ConnectAsync(gateway.MqttPort, "bridge"))
        {
            for (int i = 0; i < Gauges; i++)
            {
                Assert.True(await client.PublishAsync($"city/v1/flood/FLD-{i:D6}/telemetry", "{\"water_level\":6}", (ushort)((i % 60_000) + 1)));
            }

            for (int i = 0; i < Gauges; i++)
            {
                Assert.NotNull(await client.ReceiveAsync());
            }

            output.WriteLine($"acknowledged after {Stopwatch.GetElapsedTime(begin).TotalSeconds:F1} s");
        }

        await gateway.CaughtUpAsync();
        output.WriteLine($"in cases after {Stopwatch.GetElapsedTime(begin).TotalSeconds:F1} s");
        Dictionary<string, JsonElement> cases = await CasesAsync(gateway);
        JsonElement[] withDevices = [.. cases.Values.Where(c => c.GetProperty("occurrences").GetInt32() > 0)];
        output.WriteLine($"{cases.Count} cases, {withDevices.Length} of them with breaches of their own");
        Assert.InRange(cases.Count, 1, 1_000);
        Assert.Equal(Gauges, withDevices.Sum(c => c.GetProperty("occurrences").GetInt32()));
        JsonElement top = Assert.Single(cases.Values, c => c.Text("event") == "flood.storm" && c.GetProperty("areaPath").GetArrayLength() == 1);
        Assert.All(cases.Values, c => Assert.Equal(top.Text("caseNo"), Outermost(c, cases)));

        // Each breach stands in the history of its case.
        HashSet<string> linked = [];
        foreach (JsonElement one in withDevices)
        {
            JsonElement whole = await gateway.JsonAsync($"/api/v1/cases/{one.Text("caseNo")}");
            foreach (JsonElement entry in whole.List("timeline").Where(e => e.Text("type") is "collected" or "occurrence"))
            {
                JsonElement occurrence = entry.GetProperty(entry.Text("type") == "collected" ? "first" : "occurrence");
                Assert.True(occurrence.ValueKind == JsonValueKind.Null || linked.Add(occurrence.GetProperty("evidence").Text("deviceId")!)); // a storm may begin with its cases
            }
        }

        Assert.Equal(Gauges, linked.Count);

        // The receiver hears of every case, in few requests.
        HashSet<string> told = [];
        int requests = 0;
        while (told.Count < cases.Count)
        {
            WebhookRequest request = await receiver.NextAsync();
            requests++;
            told.UnionWith(request.Alerts.Select(a => a.GetProperty("labels").Text("caseNo")!));
        }

        await Eventually.BecomesAsync(
            async () => (await gateway.JsonAsync("/api/v1/webhooks")).List("receivers").Single().GetProperty("lagEvents").GetInt32(), n => n == 0, "it is all delivered", TimeSpan.FromMinutes(3));
        requests += receiver.Rest().Count;
        output.WriteLine($"{requests} requests, the last after {Stopwatch.GetElapsedTime(begin).TotalSeconds:F1} s");
        Assert.InRange(requests, 1, 500);
    }

    private static string Outermost(JsonElement one, Dictionary<string, JsonElement> cases) =>
        one.Text("storm") is { } storm ? Outermost(cases[storm], cases) : one.Text("caseNo")!;

    private static async Task<Dictionary<string, JsonElement>> CasesAsync(GatewayProcess gateway)
    {
        Dictionary<string, JsonElement> cases = [];
        for (string? cursor = ""; cursor is not null;)
        {
            JsonElement page = await gateway.JsonAsync($"/api/v1/cases?limit=1000{(cursor.Length > 0 ? $"&cursor={Uri.EscapeDataString(cursor)}" : "")}");
            foreach (JsonElement one in page.List("cases"))
            {
                cases.Add(one.Text("caseNo")!, one);
            }

            cursor = page.Text("next");
        }

        return cases;
    }
}
