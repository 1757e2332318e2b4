using System.Buffers;
using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Tests.Protocols.Mqtt.Packets;

/// <summary>Parses one whole packet of any type and writes what was understood.</summary>
internal static class PacketEcho
{
    public const int SizeLimitBytes = 1 << 20;

    /// <summary>The packet written again, or null with the error.</summary>
    public static byte[]? TryEcho(ReadOnlySpan<byte> bytes, MqttProtocolVersion version, PacketSender sender, out ParseError error)
    {
        FrameStatus status = FixedHeader.TryRead(bytes, SizeLimitBytes, out FixedHeader header);
        error = FixedHeader.ErrorOf(status);
        if (status != FrameStatus.Ok || bytes.Length < header.TotalLengthBytes)
        {
            return null;
        }

        ReadOnlySpan<byte> body = bytes.Slice(header.HeaderLengthBytes, header.BodyLengthBytes);
        ArrayBufferWriter<byte> output = new(bytes.Length + 16);
        return Echo(header, body, new ParseContext(version, sender), output, out error) ? output.WrittenSpan.ToArray() : null;
    }

    private static bool Echo(in FixedHeader header, ReadOnlySpan<byte> body, ParseContext context, ArrayBufferWriter<byte> output, out ParseError error)
    {
        MqttProtocolVersion version = context.Version;
        switch (header.Type)
        {
            case PacketType.Connect when ConnectPacket.TryParse(body, context, out ConnectPacket? connect, out _, out error):
                MqttPacketWriter.Write(output, connect!);
                return true;
            case PacketType.ConnAck when ConnAckPacket.TryParse(body, context, out ConnAckPacket? connAck, out error):
                MqttPacketWriter.Write(output, connAck!, version);
                return true;
            case PacketType.Publish when PublishPacket.TryParse(header, body, context, out PublishPacket publish, out error):
                byte[] typed = PublishProperties.Read(publish.Properties).ToBytes();
                Assert.Equal(publish.Properties.Length, typed.Length);
                MqttPacketWriter.WritePublish(output, version, publish);
                Assert.Equal(output.WrittenCount, MqttPacketWriter.MeasurePublish(version, publish, default));
                return true;
            case PacketType.PubAck or PacketType.PubRec or PacketType.PubRel or PacketType.PubComp
                when AckPacket.TryParse(header, body, context, out AckPacket ack, out error):
                MqttPacketWriter.Write(output, ack, version);
                return true;
            case PacketType.Subscribe when SubscribePacket.TryParse(body, context, out SubscribePacket? subscribe, out error):
                MqttPacketWriter.Write(output, subscribe!, version);
                return true;
            case PacketType.SubAck when SubAckPacket.TryParse(body, context, out SubAckPacket? subAck, out error):
                MqttPacketWriter.Write(output, subAck!, version);
                return true;
            case PacketType.Unsubscribe when UnsubscribePacket.TryParse(body, context, out UnsubscribePacket? unsubscribe, out error):
                MqttPacketWriter.Write(output, unsubscribe!, version);
                return true;
            case PacketType.UnsubAck when UnsubAckPacket.TryParse(body, context, out UnsubAckPacket? unsubAck, out error):
                MqttPacketWriter.Write(output, unsubAck!, version);
                return true;
            case PacketType.Disconnect when DisconnectPacket.TryParse(body, context, out DisconnectPacket? disconnect, out error):
                MqttPacketWriter.Write(output, disconnect!, version);
                return true;
            case PacketType.Auth when AuthPacket.TryParse(body, context, out AuthPacket? auth, out error):
                MqttPacketWriter.Write(output, auth!);
                return true;
            case PacketType.PingReq when body.IsEmpty:
                error = default;
                MqttPacketWriter.WritePingReq(output);
                return true;
            case PacketType.PingResp when body.IsEmpty:
                error = default;
                MqttPacketWriter.WritePingResp(output);
                return true;
            default:
                error = ErrorOf(header, body, context);
                return false;
        }
    }

    // A switch guard that fails loses its error; the second parse tells it.
    private static ParseError ErrorOf(in FixedHeader header, ReadOnlySpan<byte> body, ParseContext context)
    {
        ParseError error = ParseErrors.TrailingBytes;
        switch (header.Type)
        {
            case PacketType.Connect: ConnectPacket.TryParse(body, context, out _, out _, out error); break;
            case PacketType.ConnAck: ConnAckPacket.TryParse(body, context, out _, out error); break;
            case PacketType.Publish: PublishPacket.TryParse(header, body, context, out _, out error); break;
            case PacketType.PubAck or PacketType.PubRec or PacketType.PubRel or PacketType.PubComp: AckPacket.TryParse(header, body, context, out _, out error); break;
            case PacketType.Subscribe: SubscribePacket.TryParse(body, context, out _, out error); break;
            case PacketType.SubAck: SubAckPacket.TryParse(body, context, out _, out error); break;
            case PacketType.Unsubscribe: UnsubscribePacket.TryParse(body, context, out _, out error); break;
            case PacketType.UnsubAck: UnsubAckPacket.TryParse(body, context, out _, out error); break;
            case PacketType.Disconnect: DisconnectPacket.TryParse(body, context, out _, out error); break;
            case PacketType.Auth: AuthPacket.TryParse(body, context, out _, out error); break;
        }

        return error;
    }
}
