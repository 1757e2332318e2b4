using System.Net;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

[Collection(ProcessTests.Name)]
public sealed class GatewayLifeTests
{
    [Fact]
    public async Task Gateway_started_answers_and_drains_on_sigterm()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync();
        using HttpResponseMessage live = await gateway.Http.GetAsync("/livez");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Assert.Equal(0, await gateway.StopAsync());
    }

    [Fact]
    public async Task Gateway_killed_starts_again_on_the_same_data()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync();
        await gateway.KillAsync();
        await gateway.StartAgainAsync();
        await gateway.CatchUpAsync();
        using HttpResponseMessage ready = await gateway.Http.GetAsync("/readyz");
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
    }

    [Fact]
    public async Task Gateway_on_data_in_use_refuses_to_start_and_says_why()
    {
        await using GatewayProcess first = await GatewayProcess.StartAsync();
        InvalidOperationException refusal = await Assert.ThrowsAsync<InvalidOperationException>(
            () => GatewayProcess.StartAsync(new GatewayProcessSettings { Data = first.Data }));
        Assert.Contains("in use by another gateway", refusal.Message, StringComparison.Ordinal);
    }
}
