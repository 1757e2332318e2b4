using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

/// <summary>A disk that does not give back what stands in the log: strace makes reads of the segment fail.</summary>
[Collection(ProcessTests.Name)]
public sealed class LogReadFaultTests
{
    /// <summary>The first two reads of the pipeline are of what the start itself appends.</summary>
    [ComponentTheory("strace")]
    [InlineData("3..5", 0)] // comes back while the pipeline has patience
    [InlineData("3..7", 1)] // does not
    public async Task Read_error_is_waited_for_told_and_passed_over_and_the_pipeline_lives(string failingReads, int damagedRegions)
    {
        using TemporaryFolder folder = new();
        string data = folder.File("data");
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(new GatewayProcessSettings
        {
            Data = data,
            Wrapper =
            [
                "strace", "-f", "-qq", "-o", folder.File("trace"), "-P", Path.Combine(data, "log", "00000000000000000000.seg"),
                "-e", "trace=pread64", "-e", $"inject=pread64:error=EIO:when={failingReads}",
            ],
        });
        for (int i = 0; i < 6; i++)
        {
            await gateway.PublishLevelsAsync("FLD-000002", 0.01 + (i * 0.001));
        }

        await gateway.PublishLevelsAsync("FLD-000001", 0.45);
        Assert.Single((await gateway.JsonAsync("/api/v1/alerts")).List("alerts"));
        Assert.Equal((1, damagedRegions), (await gateway.MetricAsync("gateway_pipeline_healthy"), await gateway.MetricAsync("gateway_log_damaged_regions_total")));
        Assert.Equal(7 - damagedRegions, LedgerView.Of(await gateway.JsonAsync("/api/v1/ledger")).Stored);
        Assert.Contains("pipeline: waits for the ingest log", gateway.Errors, StringComparison.Ordinal);
        Assert.Equal(damagedRegions > 0, gateway.Errors.Contains("pipeline: damage in the log", StringComparison.Ordinal));
        Assert.Equal("ok", (await gateway.JsonAsync("/readyz")).GetProperty("checks").Text("pipeline"));
    }
}
