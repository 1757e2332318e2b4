using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Tests.Conformance.Wire;

/// <summary>Packets of a client as bytes.</summary>
public static class Packets
{
    /// <summary>PINGREQ.</summary>
    public static byte[] PingReq { get; } = Bytes.Packet(0xC0);

    /// <summary>CONNECT of any shape: what follows the keep alive is given as bytes.</summary>
    public static byte[] Connect(string protocol, int level, int flags, int keepAliveSeconds, byte[] rest) =>
        Bytes.Packet(0x10, Bytes.Text(protocol), [(byte)level, (byte)flags], Bytes.Two(keepAliveSeconds), rest);

    /// <summary>PUBLISH; the packet identifier stands only at QoS 1 and 2.</summary>
    public static byte[] Publish(
        MqttProtocolVersion version,
        string topic,
        string payload,
        int qos = 0,
        int id = 0,
        bool retain = false,
        bool dup = false,
        byte[][]? properties = null) =>
        Publish(version, Bytes.Text(topic), Bytes.Utf8(payload), qos, id, retain, dup, properties);

    /// <summary>PUBLISH with a topic field and a payload given as bytes.</summary>
    public static byte[] Publish(
        MqttProtocolVersion version,
        byte[] topicField,
        byte[] payload,
        int qos = 0,
        int id = 0,
        bool retain = false,
        bool dup = false,
        byte[][]? properties = null) =>
        Bytes.Packet(
            0x30 | (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0),
            topicField,
            qos > 0 ? Bytes.Two(id) : [],
            version == MqttProtocolVersion.V5 ? Property.Section(properties ?? []) : [],
            payload);

    /// <summary>PUBACK, PUBREC, PUBREL or PUBCOMP; the reason code only if it is not 0.</summary>
    public static byte[] Ack(PacketType type, int id, int reason = 0) =>
        Bytes.Packet(((int)type << 4) | (type == PacketType.PubRel ? 2 : 0), Bytes.Two(id), reason == 0 ? [] : [(byte)reason]);

    /// <summary>SUBSCRIBE with filters and their option bytes.</summary>
    public static byte[] Subscribe(MqttProtocolVersion version, int id, byte[][] properties, params (string Filter, int Options)[] filters) =>
        Bytes.Packet(
            0x82,
            Bytes.Two(id),
            version == MqttProtocolVersion.V5 ? Property.Section(properties) : [],
            Bytes.Join([.. filters.Select(f => Bytes.Join(Bytes.Text(f.Filter), [(byte)f.Options]))]));

    /// <summary>SUBSCRIBE with filters and their option bytes.</summary>
    public static byte[] Subscribe(MqttProtocolVersion version, int id, params (string Filter, int Options)[] filters) =>
        Subscribe(version, id, [], filters);

    /// <summary>UNSUBSCRIBE.</summary>
    public static byte[] Unsubscribe(MqttProtocolVersion version, int id, params string[] filters) =>
        Bytes.Packet(
            0xA2,
            Bytes.Two(id),
            version == MqttProtocolVersion.V5 ? Property.Section() : [],
            Bytes.Join([.. filters.Select(Bytes.Text)]));

    /// <summary>DISCONNECT; the reason code and the properties only if they say something.</summary>
    public static byte[] Disconnect(int reason = 0, params byte[][] properties) =>
        reason == 0 && properties.Length == 0 ? Bytes.Packet(0xE0) : Bytes.Packet(0xE0, [(byte)reason], Property.Section(properties));
}
