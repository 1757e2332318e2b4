using Gateway.Tests.Support;

namespace Gateway.Tests.Conformance;

/// <summary>A gateway with limits that are soon reached, and in an exercise, which is when its CONNACK has user properties.</summary>
public sealed class NarrowGateway : IAsyncLifetime
{
    private GatewayProcess? _process;

    /// <summary>Its MQTT port.</summary>
    public int Port => _process!.MqttPort;

    /// <inheritdoc />
    public async Task InitializeAsync() => _process = await GatewayProcess.StartAsync(new GatewayProcessSettings
    {
        Arguments = ["--clock-speed", "2"],
        Variables = new Dictionary<string, string>(ConformanceGateway.Open)
        {
            ["Gateway__Mqtt__ConnectTimeout"] = "00:00:01",
            ["Gateway__Mqtt__Limits__PacketSizeBytes"] = "300",
            ["Gateway__Mqtt__Limits__InboundReceiveMaximum"] = "2",
            ["Gateway__Mqtt__Limits__InboundTopicAliases"] = "0",
            ["Gateway__Mqtt__Limits__KeepAlive"] = "00:00:02",
            ["Gateway__Mqtt__Limits__SessionExpiry"] = "00:00:05",
            ["Gateway__Mqtt__Limits__Subscriptions"] = "2",
            ["Gateway__Mqtt__Limits__UserProperties"] = "2",
            ["Gateway__Mqtt__Limits__FiltersPerPacket"] = "3",
        },
    });

    /// <inheritdoc />
    public async Task DisposeAsync() => await _process!.DisposeAsync();
}
