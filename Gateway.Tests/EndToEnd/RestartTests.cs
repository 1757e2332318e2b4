using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

/// <summary>What a stopped and started gateway shows at once.</summary>
[Collection(ProcessTests.Name)]
public sealed class RestartTests
{
    [Fact]
    public async Task Alert_that_was_firing_is_listed_after_a_restart()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync();
        await gateway.PublishLevelsAsync("FLD-000001", 0.45);
        JsonElement before = Assert.Single((await gateway.JsonAsync("/api/v1/alerts")).List("alerts"));

        Assert.Equal(0, await gateway.StopAsync());
        await gateway.StartAgainAsync();
        await gateway.CaughtUpAsync();
        JsonElement after = Assert.Single((await gateway.JsonAsync("/api/v1/alerts")).List("alerts"));
        Assert.Equal(before.GetRawText(), after.GetRawText());
        Assert.Equal(0, await gateway.StopAsync());
        Assert.Equal(1, ReplayedLog.AssertEqualToWhatHappened(gateway.Data).Alerts);
    }
}
