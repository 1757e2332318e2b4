using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Support;

namespace Gateway.Tests.Faults;

/// <summary>The gateway is killed while it starts for the first time, and while it drains.</summary>
public sealed class StartAndStopCrashTests
{
    [ComponentFact("strace")]
    public async Task Gateway_killed_again_and_again_while_it_starts_for_the_first_time_starts_at_last()
    {
        // Snapshot, schema, key, log: the calls of the starting thread. Each start gets a little further than the one before.
        (string, int, string?)[] syncs = [.. Enumerable.Range(1, 10).Select(n => ("fsync", n, (string?)null))];
        using CrashRun run = new(0, [("ftruncate", 1, null), ("rename", 1, null), .. syncs, ("rename", 1, null)]) { MeetsEachPlace = false };
        await run.RunAsync();
        Assert.True(run.DeathsAtStart >= 6, $"only {run.DeathsAtStart} deaths at start");
    }

    [ComponentFact("strace")]
    public async Task Gateway_killed_while_it_saves_sessions_keeps_them_and_its_promises()
    {
        bool wasThere = false;
        using CrashRun run = new(0, ("pwrite64", 1, "sessions.bin.tmp"), ("fsync", 1, "sessions.bin.tmp"), ("rename", 1, "sessions.bin.tmp"))
        {
            WhenReady = async gateway =>
            {
                Assert.Equal(wasThere, await ConnectAsync(gateway));
                wasThere = true;
            },
        };
        await run.RunAsync();
    }

    /// <summary>Whether the session of a device that keeps one was there; it is after this.</summary>
    private static async Task<bool> ConnectAsync(GatewayProcess gateway)
    {
        (MqttTestClient client, ConnAckPacket answer) = await MqttTestClient.ConnectAsync(gateway.MqttPort, new ConnectPacket { Version = MqttProtocolVersion.V311, ClientId = "FLD-000007", CleanStart = false, KeepAliveSeconds = 60 });
        await using (client)
        {
            Assert.Equal(ReasonCode.Success, answer.ReasonCode);
            Assert.Equal(ReasonCode.GrantedQos1, await client.SubscribeAsync("city/v1/flood/FLD-000007/command", Qos.AtLeastOnce));
            return answer.SessionPresent;
        }
    }
}
