using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

/// <summary>A new rule is tried in shadow mode, what it would have done is kept, and it is promoted without a restart.</summary>
[Collection(ProcessTests.Name)]
public sealed class ShadowTests : IDisposable
{
    private const string Rule = """
        rules:
          - alert: puddle
            match: {kind: flood}
            expr: water_level >= 0.01
            severity: info
            case: {event: flood.road, scope: device}
            mode: shadow
        """;

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Shadow_rule_records_what_it_would_have_done_and_files_once_it_is_promoted()
    {
        string city = CityCopy.Of(RepositoryFolder.PathOf("Gateway.Host/city"), _folder.File("city"));
        string file = Path.Combine(city, "rules", "puddle.yaml");
        await File.WriteAllTextAsync(file, Rule);
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(new GatewayProcessSettings { Arguments = ["--city", city] });
        await gateway.PublishLevelsAsync("FLD-000001", 0.02);
        await gateway.PublishLevelsAsync("FLD-000003", 0.02, 0.00);
        await gateway.CaughtUpAsync();

        Assert.Empty((await gateway.JsonAsync("/api/v1/cases")).List("cases"));
        JsonElement[] records = (await gateway.JsonAsync("/api/v1/rules/shadow?rule=puddle")).List("alerts");
        Assert.Equal(["resolved FLD-000003", "firing FLD-000003", "firing FLD-000001"], records.Select(r => $"{r.Text("kind")} {r.Text("deviceId")}"));
        Assert.EndsWith("|flood.road|device|FLD-000001", records[2].Text("caseKey"), StringComparison.Ordinal);
        Assert.Equal("water_level 0.02 m >= 0.01", records[2].Text("cause"));
        Assert.Empty((await gateway.JsonAsync("/api/v1/rules/shadow?rule=other")).List("alerts"));
        Assert.Empty((await gateway.JsonAsync("/api/v1/rules/shadow?to=2020-01-01")).List("alerts"));

        await File.WriteAllTextAsync(file, Rule.Replace("mode: shadow", "mode: active", StringComparison.Ordinal));
        await Eventually.BecomesAsync(() => gateway.MetricAsync("gateway_city_reloads_total"), v => v == 1, "the promoted rule is at work");
        await gateway.CaughtUpAsync();
        JsonElement filed = Assert.Single((await gateway.JsonAsync("/api/v1/cases")).List("cases"));
        Assert.Equal(("flood.road", "FLD-000001"), (filed.Text("event"), filed.Text("deviceId")));
        Assert.Equal(0, await gateway.StopAsync());
        ReplayedLog.AssertEqualToWhatHappened(gateway.Data);
    }

    /// <inheritdoc />
    public void Dispose() => _folder.Dispose();
}
