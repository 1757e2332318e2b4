using System.Text.Json;
using Gateway.Tests.EndToEnd;
using Gateway.Tests.Support;

namespace Gateway.Tests.Faults;

/// <summary>Stores behind the log that fail or are slow: intake goes on, the backlog shows, and nothing is missing when they are back.</summary>
public sealed class StoreFaultTests
{
    private const int Messages = 40;
    private const string FirstBlock = "series/000000000001-000000000001-r0.tmp";

    [ComponentTheory("strace")]
    [InlineData("pwrite64", "error=ENOSPC:when=20..24", "cases.db-wal", "cases")]
    [InlineData("fsync", "error=EIO:when=3..7", "cases.db-wal", "cases")]
    [InlineData("pwrite64", "error=ENOSPC:when=1..5", FirstBlock, "series")]
    [InlineData("fsync", "error=EIO:when=1..5", FirstBlock, "series")]
    [InlineData("fsync", "error=EIO:when=1..5", "series", "series")]
    public async Task Store_that_fails_holds_up_no_publisher_and_catches_up(string call, string fault, string path, string check)
    {
        using FaultRig rig = new(Messages);
        if (check == "cases")
        {
            // The schema is made by the starting thread, and strace counts per thread.
            await using GatewayProcess first = await GatewayProcess.StartAsync(rig.Settings());
            Assert.Equal(0, await first.StopAsync());
        }

        await using GatewayProcess gateway = await GatewayProcess.StartAsync(rig.Settings(new FaultInjection(call, fault, path)));
        JsonElement down = await Eventually.BecomesAsync(async () => await SendAndLookAsync(rig, gateway), r => r.GetProperty("checks").Text(check) != "ok", $"{check} fails");
        foreach (string other in ((string[])["log", "pipeline", "cases", "series"]).Where(c => c != check))
        {
            Assert.Equal("ok", down.GetProperty("checks").Text(other));
        }

        // All of it is taken while the store is down, and shows as a backlog.
        while (rig.Devices.Any(d => d.Sent < Messages))
        {
            Assert.True(await rig.SendAsync(gateway, 2));
        }

        await gateway.CatchUpAsync();
        await rig.JudgeEndAsync(gateway);
        Assert.Contains("pipeline: waits for the ", gateway.Errors, StringComparison.Ordinal);
        Assert.Equal(0, await gateway.StopAsync());
        await using GatewayProcess again = await GatewayProcess.StartAsync(rig.Settings());
        await rig.JudgeEndAsync(again);
        Assert.Equal(0, await again.StopAsync());
        Assert.NotEqual((0, 0), ReplayedLog.AssertEqualToWhatHappened(again.Data));
    }

    [ComponentTheory("strace")]
    [InlineData("cases.db-wal")]
    [InlineData("series")]
    public async Task Slow_store_holds_up_no_publisher_and_shows_as_a_backlog(string path)
    {
        const int all = 400;
        using FaultRig rig = new(all);
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(rig.Settings(new FaultInjection("fsync", "delay_enter=1000000", path)));
        await Eventually.BecomesAsync(
            async () =>
            {
                Assert.True(await rig.SendAsync(gateway, 1));
                return await gateway.MetricAsync("gateway_log_end_offset") - await gateway.MetricAsync("gateway_pipeline_offset");
            },
            lag => lag > 3,
            "a backlog");
        Assert.True(await rig.SendAsync(gateway, all));
        await rig.JudgeEndAsync(gateway);
    }

    /// <summary>One message more of each device, as long as there is one, then what readiness says.</summary>
    private static async Task<JsonElement> SendAndLookAsync(FaultRig rig, GatewayProcess gateway)
    {
        Assert.True(await rig.SendAsync(gateway, 1));
        using HttpResponseMessage answer = await gateway.Http.GetAsync("/readyz");
        using JsonDocument document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return document.RootElement.Clone();
    }
}
