using System.Buffers;
using System.Buffers.Binary;

namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>
/// Writes packets of both versions. Nothing here judges what is written: a value that no wire form can hold (a text over 65,535 bytes, a
/// packet over 256 MiB) is a fault of the caller and throws <see cref="ArgumentException"/>. Stateless, safe for any number of threads.
/// </summary>
public static class MqttPacketWriter
{
    /// <summary>Bytes of an acknowledgement without reason and properties.</summary>
    public const int AckLengthBytes = 4;

    /// <summary>Bytes of PINGREQ and PINGRESP.</summary>
    public const int PingLengthBytes = 2;

    /// <summary>Writes CONNECT in the version the packet names.</summary>
    public static void Write(IBufferWriter<byte> output, ConnectPacket packet) => WriteBody(output, PacketType.Connect, packet, packet.Version);

    /// <summary>Writes CONNACK.</summary>
    public static void Write(IBufferWriter<byte> output, ConnAckPacket packet, MqttProtocolVersion version) => WriteBody(output, PacketType.ConnAck, packet, version);

    /// <summary>Writes PUBACK, PUBREC, PUBREL or PUBCOMP.</summary>
    public static void Write(IBufferWriter<byte> output, in AckPacket packet, MqttProtocolVersion version) => WriteBody(output, packet.Type, packet, version);

    /// <summary>Writes SUBSCRIBE.</summary>
    public static void Write(IBufferWriter<byte> output, SubscribePacket packet, MqttProtocolVersion version) => WriteBody(output, PacketType.Subscribe, packet, version);

    /// <summary>Writes SUBACK.</summary>
    public static void Write(IBufferWriter<byte> output, SubAckPacket packet, MqttProtocolVersion version) => WriteBody(output, PacketType.SubAck, packet, version);

    /// <summary>Writes UNSUBSCRIBE.</summary>
    public static void Write(IBufferWriter<byte> output, UnsubscribePacket packet, MqttProtocolVersion version) => WriteBody(output, PacketType.Unsubscribe, packet, version);

    /// <summary>Writes UNSUBACK.</summary>
    public static void Write(IBufferWriter<byte> output, UnsubAckPacket packet, MqttProtocolVersion version) => WriteBody(output, PacketType.UnsubAck, packet, version);

    /// <summary>Writes DISCONNECT.</summary>
    public static void Write(IBufferWriter<byte> output, DisconnectPacket packet, MqttProtocolVersion version) => WriteBody(output, PacketType.Disconnect, packet, version);

    /// <summary>Writes AUTH (v5 only).</summary>
    public static void Write(IBufferWriter<byte> output, AuthPacket packet) => WriteBody(output, PacketType.Auth, packet, MqttProtocolVersion.V5);

    /// <summary>Writes PINGREQ.</summary>
    public static void WritePingReq(IBufferWriter<byte> output) => WriteEmpty(output, PacketType.PingReq);

    /// <summary>Writes PINGRESP.</summary>
    public static void WritePingResp(IBufferWriter<byte> output) => WriteEmpty(output, PacketType.PingResp);

    /// <summary>Writes a successful acknowledgement, the same four bytes in both versions.</summary>
    /// <param name="target">At least <see cref="AckLengthBytes"/>.</param>
    /// <param name="type">PubAck, PubRec, PubRel or PubComp.</param>
    /// <param name="packetIdentifier">From 1.</param>
    /// <returns>Bytes written.</returns>
    public static int WriteAck(Span<byte> target, PacketType type, ushort packetIdentifier)
    {
        BinaryPrimitives.WriteUInt32BigEndian(target, ((uint)First(type) << 24) | (2u << 16) | packetIdentifier);
        return AckLengthBytes;
    }

    /// <summary>Writes a successful acknowledgement, the same four bytes in both versions.</summary>
    public static void WriteAck(IBufferWriter<byte> output, PacketType type, ushort packetIdentifier) =>
        output.Advance(WriteAck(output.GetSpan(AckLengthBytes), type, packetIdentifier));

    /// <summary>Writes a successful PUBACK.</summary>
    public static void WritePubAck(IBufferWriter<byte> output, ushort packetIdentifier) => WriteAck(output, PacketType.PubAck, packetIdentifier);

    /// <summary>Bytes the whole PUBLISH would take.</summary>
    public static int MeasurePublish(MqttProtocolVersion version, in PublishPacket packet, in PublishAdditions additions)
    {
        int body = PublishBodyLength(version, packet, additions, out _);
        return 1 + VariableByteInteger.LengthBytes((uint)body) + body;
    }

    /// <summary>
    /// Writes PUBLISH: topic, identifier, flags, payload and raw properties of <paramref name="packet"/> as they are, and
    /// <paramref name="additions"/> before those properties. The caller sees to it that no property stands twice
    /// (<see cref="PublishProperties.Forwardable"/> leaves out what additions can say).
    /// </summary>
    public static void WritePublish(IBufferWriter<byte> output, MqttProtocolVersion version, in PublishPacket packet, in PublishAdditions additions = default)
    {
        int body = PublishBodyLength(version, packet, additions, out int properties);
        if (body > FixedHeader.RemainingLengthLimitBytes)
        {
            throw new ArgumentException($"a packet of {body} bytes does not fit", nameof(packet));
        }

        int flags = ((int)packet.Qos << 1) | (packet.Retain ? 1 : 0) | (packet.Dup ? 8 : 0);
        int total = 1 + VariableByteInteger.LengthBytes((uint)body) + body;
        WireWriter writer = new(output.GetSpan(total));
        writer.Byte((byte)(First(PacketType.Publish) | flags));
        writer.Variable((uint)body);
        writer.Binary(packet.Topic);
        if (packet.Qos != Qos.AtMostOnce)
        {
            writer.UInt16(packet.PacketIdentifier);
        }

        if (version == MqttProtocolVersion.V5)
        {
            writer.Variable((uint)properties);
            additions.Write(ref writer);
            writer.Raw(packet.Properties);
        }

        writer.Raw(packet.Payload);
        output.Advance(writer.Length);
    }

    /// <summary>Bytes the whole packet would take; for Maximum Packet Size.</summary>
    internal static int Measure<TBody>(TBody packet, MqttProtocolVersion version)
        where TBody : IWireBody
    {
        WireWriter measure = default;
        packet.WriteBody(ref measure, version);
        return 1 + VariableByteInteger.LengthBytes((uint)measure.Length) + measure.Length;
    }

    private static int PublishBodyLength(MqttProtocolVersion version, in PublishPacket packet, in PublishAdditions additions, out int propertiesLength)
    {
        propertiesLength = 0;
        int length = 2 + packet.Topic.Length + (packet.Qos == Qos.AtMostOnce ? 0 : 2) + packet.Payload.Length;
        if (version == MqttProtocolVersion.V5)
        {
            WireWriter measure = default;
            additions.Write(ref measure);
            propertiesLength = measure.Length + packet.Properties.Length;
            length += VariableByteInteger.LengthBytes((uint)propertiesLength) + propertiesLength;
        }

        return length;
    }

    private static void WriteBody<TBody>(IBufferWriter<byte> output, PacketType type, TBody packet, MqttProtocolVersion version)
        where TBody : IWireBody
    {
        WireWriter measure = default;
        packet.WriteBody(ref measure, version);
        int total = 1 + VariableByteInteger.LengthBytes((uint)measure.Length) + measure.Length;
        WireWriter writer = new(output.GetSpan(total));
        writer.Byte(First(type));
        writer.Variable((uint)measure.Length);
        packet.WriteBody(ref writer, version);
        output.Advance(writer.Length);
    }

    private static void WriteEmpty(IBufferWriter<byte> output, PacketType type)
    {
        Span<byte> target = output.GetSpan(PingLengthBytes);
        target[0] = First(type);
        target[1] = 0;
        output.Advance(PingLengthBytes);
    }

    // PUBREL, SUBSCRIBE and UNSUBSCRIBE have flags 0010 for historical reasons [MQTT-2.1.3-1].
    private static byte First(PacketType type) =>
        (byte)(((int)type << 4) | (type is PacketType.PubRel or PacketType.Subscribe or PacketType.Unsubscribe ? 2 : 0));
}
