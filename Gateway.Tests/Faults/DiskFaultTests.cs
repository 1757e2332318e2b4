using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.EndToEnd;
using Gateway.Tests.Support;

namespace Gateway.Tests.Faults;

/// <summary>A disk that refuses for a while: publishers are told, reads go on, and intake comes back by itself.</summary>
public sealed partial class DiskFaultTests
{
    private const string First = "log/00000000000000000000.seg";
    private const int Messages = 24;

    /// <summary>Of the first two commits the start consists, so that devices meet the fault from the third on. strace counts per thread.</summary>
    public static TheoryData<string, string, string?, int> Faults() => new()
    {
        { "pwrite64", "error=ENOSPC:when=6", First, 0 },
        { "fdatasync", "error=EIO:when=3", null, 0 }, // of a segment that holds nothing of a device yet
        { "fdatasync", "error=EIO:when=8..12", null, 0 },
        { "fdatasync", "error=EROFS:when=5", null, 0 },
        { "fallocate", "error=ENOSPC:when=2..4", null, 60_000 }, // full when the next segment begins
        { "fsync", "error=EIO:when=2", "log", 60_000 }, // the name of the next segment
        { "ftruncate", "error=EIO:when=2", First, 60_000 }, // the end of the first
    };

    [ComponentTheory("strace")]
    [MemberData(nameof(Faults))]
    public async Task Disk_that_refuses_for_a_while_costs_no_acknowledged_message(string call, string fault, string? path, int paddingBytes)
    {
        using FaultRig rig = new(Messages, paddingBytes, devices: 2);
        GatewayProcessSettings settings = rig.Settings(new FaultInjection(call, fault, path, path is null ? "pwrite64,fdatasync,unlink" : ""));
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(settings);
        int refused = 0;
        for (int i = 0; i < Messages; i++)
        {
            refused += await rig.Devices[0].SendOneAsync(gateway.MqttPort, MqttProtocolVersion.V5) ? 0 : await JudgeRefusalAsync(gateway);
            refused += await rig.Devices[1].SendOneAsync(gateway.MqttPort, MqttProtocolVersion.V311) ? 0 : await JudgeRefusalAsync(gateway);
        }

        // Told so in version 5, closed in 3.1.1; never left without an answer.
        Assert.True(refused > 0, $"never met {call} {fault}");
        Assert.Equal(refused, await gateway.MetricAsync("gateway_log_commit_failures_total"));
        Assert.Equal(refused, (await gateway.JsonAsync("/api/v1/ledger")).GetProperty("rejected").GetProperty("log_unavailable").GetInt64());
        Assert.All(rig.Devices[0].Refusals, r => Assert.Equal(ReasonCode.QuotaExceeded, r.Key));
        Assert.Equal(refused, rig.Devices[0].Refusals.Values.Sum() + rig.Devices[1].Closed);
        Assert.Empty(rig.Devices[1].Refusals);

        // It was not restarted: the fault is over, and all is well.
        await gateway.CatchUpAsync();
        foreach (DeviceLedger device in rig.Devices)
        {
            await device.SendOpenAgainAsync(gateway.MqttPort);
        }

        await rig.JudgeEndAsync(gateway);
        Assert.Equal(0, await gateway.StopAsync());
        rig.JudgeLogOfResent();
        if (path is null)
        {
            JudgeNoSyncIsRetried(await File.ReadAllLinesAsync(rig.TraceFile));
        }

        await using GatewayProcess again = await GatewayProcess.StartAsync(rig.Settings());
        await rig.JudgeEndAsync(again);
    }

    [ComponentTheory("strace")]
    [InlineData(MqttProtocolVersion.V311)]
    [InlineData(MqttProtocolVersion.V5)]
    public async Task Session_whose_end_cannot_be_written_goes_on_and_whoever_wants_another_is_refused(MqttProtocolVersion version)
    {
        using FaultRig rig = new(Messages, devices: 1);
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(rig.Settings(new FaultInjection("fdatasync", $"error=EIO:when={Messages / 2}+")));
        ConnectPacket lasting = new() { Version = version, ClientId = "lasting", KeepAliveSeconds = 60, CleanStart = false, Properties = version == MqttProtocolVersion.V5 ? new ConnectProperties { SessionExpiryIntervalSeconds = 600 } : ConnectProperties.None };
        (MqttTestClient first, ConnAckPacket opened) = await MqttTestClient.ConnectAsync(gateway.MqttPort, lasting);
        Assert.Equal((ReasonCode.Success, false), (opened.ReasonCode, opened.SessionPresent));
        Assert.Equal(ReasonCode.GrantedQos1, await first.SubscribeAsync("city/v1/cases/#", Qos.AtLeastOnce));
        await first.DisposeAsync();
        int sent = 0;
        while (await rig.Devices[0].SendOneAsync(gateway.MqttPort, MqttProtocolVersion.V5))
        {
            Assert.True(++sent < Messages, "never met the fault");
        }

        (MqttTestClient clean, ConnAckPacket refused) = await MqttTestClient.ConnectAsync(gateway.MqttPort, lasting with { CleanStart = true });
        await using (clean)
        {
            Assert.Equal((ReasonCode.ServerUnavailable, false), (refused.ReasonCode, refused.SessionPresent));
            Assert.Null(await clean.ReceiveAsync());
        }

        (MqttTestClient back, ConnAckPacket resumed) = await MqttTestClient.ConnectAsync(gateway.MqttPort, lasting);
        await using (back)
        {
            Assert.Equal((ReasonCode.Success, true), (resumed.ReasonCode, resumed.SessionPresent));
        }
    }

    /// <summary>A client that gave up on a slow answer and connected again must not lose its place to the CONNECT it gave up on.</summary>
    [ComponentFact("strace")]
    public async Task Of_two_connects_that_wait_for_the_end_of_a_session_the_later_one_is_the_client()
    {
        using FaultRig rig = new(1, devices: 1);
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(rig.Settings(new FaultInjection("fdatasync", "delay_enter=1000000", null)));
        ConnectPacket lasting = new() { Version = MqttProtocolVersion.V311, ClientId = "lasting", KeepAliveSeconds = 60, CleanStart = false };
        (MqttTestClient first, _) = await MqttTestClient.ConnectAsync(gateway.MqttPort, lasting);
        Assert.Equal(ReasonCode.GrantedQos1, await first.SubscribeAsync("city/v1/cases/#", Qos.AtLeastOnce));
        await first.DisposeAsync();
        await Eventually.BecomesAsync(() => gateway.MetricAsync("gateway_mqtt_connections"), n => n == 0, "the first is gone");

        Task<(MqttTestClient Client, ConnAckPacket Answer)> earlier = MqttTestClient.ConnectAsync(gateway.MqttPort, lasting with { CleanStart = true });
        await Eventually.BecomesAsync(() => gateway.MetricAsync("gateway_mqtt_connections"), n => n == 1, "the earlier one is there");
        (MqttTestClient later, ConnAckPacket accepted) = await MqttTestClient.ConnectAsync(gateway.MqttPort, lasting with { CleanStart = true });
        await using (later)
        {
            Assert.Equal((ReasonCode.Success, false), (accepted.ReasonCode, accepted.SessionPresent));
            (MqttTestClient gaveUp, ConnAckPacket refused) = await earlier;
            await using (gaveUp)
            {
                Assert.Equal(ReasonCode.ServerUnavailable, refused.ReasonCode);
                Assert.Null(await gaveUp.ReceiveAsync());
            }

            Assert.Empty(await later.PingAsync());
        }
    }

    [ComponentFact("strace")]
    public async Task Slow_disk_makes_publishers_wait_and_loses_nothing()
    {
        using FaultRig rig = new(20);
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(rig.Settings(new FaultInjection("fdatasync", "delay_enter=200000", null)));
        long before = await gateway.MetricAsync("gateway_log_commits_total");
        Task<bool> sending = rig.SendAsync(gateway, 20);
        int reads = 0;
        while (!sending.IsCompleted)
        {
            Assert.Equal("ok", (await gateway.JsonAsync("/readyz")).GetProperty("checks").Text("log"));
            reads++;
        }

        // Reads do not wait for the disk, and what waits for it shares its commits.
        Assert.True(await sending);
        long commits = await gateway.MetricAsync("gateway_log_commits_total") - before;
        Assert.True(reads > commits, $"{reads} reads beside {commits} commits");
        Assert.InRange(commits, 5, 40);
        await rig.JudgeEndAsync(gateway);
    }

    /// <summary>While the disk refuses: readiness says so, and reads are answered.</summary>
    private static async Task<int> JudgeRefusalAsync(GatewayProcess gateway)
    {
        using HttpResponseMessage answer = await gateway.Http.GetAsync("/readyz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        using JsonDocument ready = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.StartsWith("the last commit failed", ready.RootElement.GetProperty("checks").Text("log"), StringComparison.Ordinal);
        Assert.Equal(0, (await gateway.JsonAsync("/api/v1/ledger")).GetProperty("in_flight").GetInt64());
        return 1;
    }

    /// <summary>A segment whose sync failed is never written or synced again: its file is left, or removed before one of its name is made.</summary>
    private static void JudgeNoSyncIsRetried(string[] trace)
    {
        HashSet<string> poisoned = [];
        int failures = 0;
        foreach (string line in trace)
        {
            if (Unlink().Match(line) is { Success: true } unlink)
            {
                poisoned.Remove(unlink.Groups[1].Value);
            }
            else if (Write().Match(line) is { Success: true } write && write.Groups[2].Value.EndsWith(".seg", StringComparison.Ordinal))
            {
                Assert.DoesNotContain(write.Groups[2].Value, poisoned);
                if (write.Groups[1].Value == "fdatasync" && line.Contains("= -1 ", StringComparison.Ordinal))
                {
                    failures++;
                    poisoned.Add(write.Groups[2].Value);
                }
            }
        }

        Assert.True(failures > 0 || !trace.Any(l => l.Contains("fdatasync", StringComparison.Ordinal) && l.Contains("INJECTED", StringComparison.Ordinal)), "the trace is not understood");
    }

    [GeneratedRegex(@"unlink\(""([^""]+)""\) += 0")]
    private static partial Regex Unlink();

    [GeneratedRegex(@"(pwrite64|fdatasync)\(\d+<([^>]+)>")]
    private static partial Regex Write();
}
