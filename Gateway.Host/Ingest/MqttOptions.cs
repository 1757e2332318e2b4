using Gateway.Host.Access.Limits;
using Gateway.Host.Access.Tls;
using Gateway.Protocols.Mqtt.Sessions;

namespace Gateway.Host.Ingest;

/// <summary>Who may use which topic.</summary>
internal enum TopicAccess
{
    /// <summary>A device publishes and subscribes under its own id only.</summary>
    Strict,

    /// <summary>Any client uses any topic; loopback only, for other people's MQTT suites and for bridges.</summary>
    Open,
}

/// <summary>The MQTT door. Section <c>Gateway:Mqtt</c>.</summary>
internal sealed class MqttOptions
{
    /// <summary>Who may use which topic. Default strict.</summary>
    public TopicAccess Access { get; set; } = TopicAccess.Strict;

    /// <summary>Time a client has to send its CONNECT. Default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Connections at once. Default 50,000.</summary>
    public int ConnectionLimit { get; set; } = 50_000;

    /// <summary>Sessions, connected or kept, at once. Default 100,000.</summary>
    public int SessionLimit { get; set; } = 100_000;

    /// <summary>Bytes of the messages that wait for all clients together. Default 256 MiB.</summary>
    public long QueueLimitBytes { get; set; } = 256L << 20;

    /// <summary>Bytes of subscriptions, Wills and QoS 2 identifiers of all sessions together. Default 512 MiB.</summary>
    public long SessionLimitBytes { get; set; } = 512L << 20;

    /// <summary>Bytes of packets over 16 KiB that all clients together have begun and not finished. Default 256 MiB.</summary>
    public long PartialPacketLimitBytes { get; set; } = 256L << 20;

    /// <summary>Retained messages kept. Default 200,000.</summary>
    public int RetainedLimit { get; set; } = 200_000;

    /// <summary>Topics, payloads and properties of retained messages, bytes. Default 256 MiB.</summary>
    public long RetainedLimitBytes { get; set; } = 256L << 20;

    /// <summary>Origins of pages, like <c>https://dashboard.example</c>, that may connect over WebSocket beside the gateway's own. Default none.</summary>
    public IReadOnlyList<string> WebSocketOrigins { get; set; } = [];

    /// <summary>Messages one connection may publish a second, with a burst of one second's worth. Default 0: no limit.</summary>
    public long MessagesPerSecond { get; set; }

    /// <summary>Bytes of PUBLISH packets one connection may send a second, with a burst of one second's worth. Default 0: no limit.</summary>
    public long BytesPerSecond { get; set; }

    /// <summary>What wrong passwords cost.</summary>
    public BackoffOptions Backoff { get; set; } = new();

    /// <summary>The TLS listener.</summary>
    public TlsOptions Tls { get; set; } = new();

    /// <summary>What one client may cost.</summary>
    public MqttLimits Limits { get; set; } = new();
}
