using System.Diagnostics;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Conformance.Wire;

namespace Gateway.Tests.Conformance;

/// <summary>Sections 3.1.2.10, 3.2.2.3.14 and 3.12: keep alive and ping.</summary>
public sealed class KeepAliveTests(ConformanceGateway gateway) : ConformanceTests(gateway.Port)
{
    private static readonly TimeSpan OneAndAHalf = TimeSpan.FromSeconds(1.5);

    [Fact]
    [Statement("3.1.1", "MQTT-3.1.2-24", "MQTT-3.1.2-8")]
    [Statement("5.0", "MQTT-3.1.2-22", "MQTT-3.2.2-22", "MQTT-3.1.2-8", "MQTT-3.12.4-1")]
    public async Task Silence_of_one_and_a_half_keep_alives_closes_and_a_ping_prevents_it()
    {
        Peer observer = await ConnectAsync(V5, "observer");
        await observer.SubscribeAsync((Topic("will"), 0));
        Peer pinging = await ConnectAsync(V5, new ConnectOptions { ClientId = Client("pinging"), KeepAliveSeconds = 2 });
        foreach (MqttProtocolVersion version in new[] { V311, V5 })
        {
            long began = Stopwatch.GetTimestamp();
            Peer silent = await OpenAsync(version);
            Received connAck = await silent.ConnectAsync(new ConnectOptions { ClientId = Client("silent"), KeepAliveSeconds = 1, WillTopic = Topic("will"), WillPayload = "gone" });
            Assert.False(connAck.Has(PropertyId.ServerKeepAlive));
            await pinging.ReceiveNothingAsync();
            await silent.ReceiveCloseAsync(0x8D);
            Assert.True(Stopwatch.GetElapsedTime(began) >= OneAndAHalf, "closed too early");
            await observer.ReceivePublishAsync("gone");
            await pinging.ReceiveNothingAsync();
        }
    }

    [Fact]
    [Statement("5.0", "MQTT-3.1.2-21", "MQTT-3.2.2-21")]
    public async Task Keep_alive_over_the_limit_is_answered_with_the_servers_own()
    {
        Peer without = await OpenAsync(V5);
        Assert.Equal(3600, (await without.ConnectAsync(new ConnectOptions { ClientId = Client("a"), KeepAliveSeconds = 0 })).Number(PropertyId.ServerKeepAlive));
        Peer longer = await OpenAsync(V5);
        Assert.Equal(3600, (await longer.ConnectAsync(new ConnectOptions { ClientId = Client("b"), KeepAliveSeconds = 65_535 })).Number(PropertyId.ServerKeepAlive));
        Peer within = await OpenAsync(V5);
        Assert.False((await within.ConnectAsync(new ConnectOptions { ClientId = Client("c"), KeepAliveSeconds = 3600 })).Has(PropertyId.ServerKeepAlive));
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-3.12.4-1")]
    [Statement("5.0", "MQTT-3.12.4-1")]
    public async Task Each_ping_is_answered(MqttProtocolVersion version)
    {
        Peer peer = await ConnectAsync(version, "a");
        await peer.SendAsync(Packets.PingReq, Packets.PingReq, Packets.PingReq);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(2, (await peer.ReceiveAsync(PacketType.PingResp)).SizeBytes);
        }
    }
}
