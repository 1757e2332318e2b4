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

    /// <summary>Retained messages kept. Default 200,000.</summary>
    public int RetainedLimit { get; set; } = 200_000;

    /// <summary>What one client may cost.</summary>
    public MqttLimits Limits { get; set; } = new();
}
