using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Conformance.Wire;
using Gateway.Tests.Support;

namespace Gateway.Tests.Conformance;

/// <summary>The server's own leave: a gateway that is stopped.</summary>
[Collection(ConformanceSuite.Name)]
public sealed class ShutdownTests
{
    private const int ServerShuttingDown = 0x8B;

    [Fact]
    [Statement("5.0", "MQTT-3.14.2-1", "MQTT-3.14.2-2", "MQTT-3.14.4-1", "MQTT-3.14.4-2")]
    public async Task Server_that_stops_says_so_in_5_and_just_closes_in_311()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(new GatewayProcessSettings { Variables = ConformanceGateway.Open });
        using Peer older = await Peer.OpenAsync(gateway.MqttPort, MqttProtocolVersion.V311);
        using Peer newer = await Peer.OpenAsync(gateway.MqttPort, MqttProtocolVersion.V5);
        await older.ConnectAsync(new ConnectOptions { ClientId = "older" });
        await newer.ConnectAsync(new ConnectOptions { ClientId = "newer" });
        Task<int> stopped = gateway.StopAsync();
        await newer.ReceiveCloseAsync(ServerShuttingDown);
        await older.ReceiveCloseAsync(ServerShuttingDown);
        Assert.Equal(0, await stopped);
    }
}
