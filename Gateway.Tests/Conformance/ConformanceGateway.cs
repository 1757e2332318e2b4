using Gateway.Tests.Support;

namespace Gateway.Tests.Conformance;

/// <summary>The one gateway of the suite: any client uses any topic, limits as they come.</summary>
public sealed class ConformanceGateway : IAsyncLifetime
{
    private GatewayProcess? _process;

    /// <summary>Environment variables that open a gateway to any client.</summary>
    public static IReadOnlyDictionary<string, string> Open { get; } = new Dictionary<string, string> { ["Gateway__Mqtt__Access"] = "open" };

    /// <summary>Its MQTT port.</summary>
    public int Port => _process!.MqttPort;

    /// <summary>Port of its HTTP listener, where WebSockets are.</summary>
    public int HttpPort => _process!.HttpPort;

    /// <inheritdoc />
    public async Task InitializeAsync() => _process = await GatewayProcess.StartAsync(new GatewayProcessSettings { Variables = Open });

    /// <inheritdoc />
    public async Task DisposeAsync() => await _process!.DisposeAsync();
}
