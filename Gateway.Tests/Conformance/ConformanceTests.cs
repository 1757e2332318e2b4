using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Conformance.Wire;

namespace Gateway.Tests.Conformance;

/// <summary>What the conformance tests have in common: clients that go with the test, names nobody else uses.</summary>
[Collection(ConformanceSuite.Name)]
public abstract class ConformanceTests(int port) : IDisposable
{
    /// <summary>3.1.1, for short.</summary>
    protected const MqttProtocolVersion V311 = MqttProtocolVersion.V311;

    /// <summary>5.0, for short.</summary>
    protected const MqttProtocolVersion V5 = MqttProtocolVersion.V5;

    private static int s_tests;
    private readonly List<Peer> _peers = [];
    private readonly string _scope = $"t{Interlocked.Increment(ref s_tests)}";

    /// <summary>Port of the gateway under test.</summary>
    protected int Port { get; } = port;

    /// <summary>A client id of this test.</summary>
    protected string Client(string name) => $"{_scope}{name}";

    /// <summary>A topic of this test.</summary>
    protected string Topic(string name) => $"conformance/{_scope}/{name}";

    /// <summary>Opens a network connection.</summary>
    protected async Task<Peer> OpenAsync(MqttProtocolVersion version)
    {
        Peer peer = await Peer.OpenAsync(Port, version);
        _peers.Add(peer);
        return peer;
    }

    /// <summary>Connects a client with a clean session that ends with the connection.</summary>
    protected Task<Peer> ConnectAsync(MqttProtocolVersion version, string name, params byte[][] properties) =>
        ConnectAsync(version, new ConnectOptions { ClientId = Client(name), Properties = properties });

    /// <summary>Connects a client.</summary>
    protected async Task<Peer> ConnectAsync(MqttProtocolVersion version, ConnectOptions options)
    {
        Peer peer = await OpenAsync(version);
        await peer.ConnectAsync(options);
        return peer;
    }

    /// <summary>A CONNECT that makes or resumes a session which outlives the connection.</summary>
    protected ConnectOptions Lasting(MqttProtocolVersion version, string name) => new()
    {
        ClientId = Client(name),
        CleanStart = false,
        Properties = version == V5 ? [Property.SessionExpiry(600)] : [],
    };

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (Peer peer in _peers)
        {
            peer.Dispose();
        }

        GC.SuppressFinalize(this);
    }
}
