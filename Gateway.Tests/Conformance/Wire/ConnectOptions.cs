using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Tests.Conformance.Wire;

/// <summary>A CONNECT to be sent. Immutable.</summary>
public sealed record ConnectOptions
{
    /// <summary>Client id.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>Clean Start; Clean Session in 3.1.1.</summary>
    public bool CleanStart { get; init; } = true;

    /// <summary>Keep alive.</summary>
    public int KeepAliveSeconds { get; init; } = 600;

    /// <summary>Properties, version 5 only.</summary>
    public byte[][] Properties { get; init; } = [];

    /// <summary>Topic of the Will; null for no Will.</summary>
    public string? WillTopic { get; init; }

    /// <summary>Payload of the Will.</summary>
    public string WillPayload { get; init; } = "";

    /// <summary>QoS of the Will.</summary>
    public int WillQos { get; init; }

    /// <summary>RETAIN of the Will.</summary>
    public bool WillRetain { get; init; }

    /// <summary>Properties of the Will, version 5 only.</summary>
    public byte[][] WillProperties { get; init; } = [];

    /// <summary>User name; null for none.</summary>
    public string? UserName { get; init; }

    /// <summary>Password; null for none.</summary>
    public string? Password { get; init; }

    /// <summary>The packet.</summary>
    public byte[] ToPacket(MqttProtocolVersion version)
    {
        bool isV5 = version == MqttProtocolVersion.V5;
        int flags = (CleanStart ? 2 : 0) | (WillTopic is null ? 0 : 4 | (WillQos << 3) | (WillRetain ? 0x20 : 0))
            | (Password is null ? 0 : 0x40) | (UserName is null ? 0 : 0x80);
        return Packets.Connect("MQTT", (int)version, flags, KeepAliveSeconds, [
            .. isV5 ? Property.Section(Properties) : [],
            .. Bytes.Text(ClientId),
            .. WillTopic is null ? [] : Bytes.Join(isV5 ? Property.Section(WillProperties) : [], Bytes.Text(WillTopic), Bytes.Text(WillPayload)),
            .. UserName is null ? [] : Bytes.Text(UserName),
            .. Password is null ? [] : Bytes.Text(Password)]);
    }
}
