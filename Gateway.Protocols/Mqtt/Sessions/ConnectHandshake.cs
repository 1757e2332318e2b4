using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Protocols.Mqtt.Sessions;

/// <summary>The rules of CONNECT and CONNACK on the server (v5 sections 3.1.4 and 3.2). Stateless.</summary>
internal static class ConnectHandshake
{
    /// <summary>
    /// Parses and judges a CONNECT. <paramref name="level"/> is the protocol level as far as it was read: it decides in which version
    /// the refusal is written.
    /// </summary>
    public static ParseError Read(in FixedHeader header, ReadOnlySpan<byte> body, MqttLimits limits, out ConnectPacket? packet, out byte level)
    {
        packet = null;
        level = 0;
        if (header.Type != PacketType.Connect)
        {
            return SessionErrors.ConnectExpected;
        }

        ParseContext context = new(MqttProtocolVersion.V5, PacketSender.Client, limits.UserProperties, limits.FiltersPerPacket);
        if (!ConnectPacket.TryParse(body, context, out packet, out level, out ParseError error))
        {
            return error;
        }

        bool isV5 = packet!.Version == MqttProtocolVersion.V5;
        if (isV5 && !header.IsMinimal)
        {
            return ParseErrors.LengthNotMinimal;
        }

        int clientIdLimitBytes = limits.ClientIdBytes == 0 ? MqttText.LengthLimitBytes : limits.ClientIdBytes;
        bool anonymousButKept = packet.ClientId.Length == 0 && !isV5 && !packet.CleanStart;
        if (anonymousButKept || Encoding.UTF8.GetByteCount(packet.ClientId) > clientIdLimitBytes)
        {
            return SessionErrors.ClientId;
        }

        if (packet.Properties.AuthenticationMethod is not null)
        {
            return SessionErrors.AuthenticationMethod;
        }

        if (packet.Will is Will will)
        {
            if (limits.WillPayloadBytes > 0 && will.Payload.Length > limits.WillPayloadBytes)
            {
                return SessionErrors.WillTooLarge;
            }

            if (will.Properties.PayloadIsUtf8 == true && !Utf8.IsValid(will.Payload.Span))
            {
                return SessionErrors.WillPayloadFormat;
            }

            if (limits.TopicLevels > 0 && will.Topic.AsSpan().Count('/') >= limits.TopicLevels)
            {
                return SessionErrors.TopicLevels;
            }
        }

        return default;
    }

    /// <summary>
    /// Writes the refusing CONNACK. v5 always gets one; 3.1.1 and unknown lower levels only where 3.1.1 has a return code for it, since
    /// a client must not be told something else than the truth [3.1.1: MQTT-3.1.4-1, MQTT-3.2.2-5, -6].
    /// </summary>
    public static void WriteRefusal(IBufferWriter<byte> output, byte level, ReasonCode reason, string? reasonString, uint? clientPacketSizeLimitBytes)
    {
        // Bridges of other brokers set the top bit of their level and fall back to the plain one when refused in its format.
        level &= 0x7F;
        if (level < (byte)MqttProtocolVersion.V5)
        {
            if (level > 0 && ReasonCodes.ToConnectReturnCode(reason) is not null)
            {
                MqttPacketWriter.Write(output, new ConnAckPacket(false, reason), MqttProtocolVersion.V311);
            }

            return;
        }

        ReasonCode allowed = ReasonCodes.IsAllowed(reason, PacketType.ConnAck, PacketSender.Server) ? reason : ReasonCode.UnspecifiedError;
        ConnAckPacket packet = new(false, allowed) { Properties = new ConnAckProperties { ReasonString = reasonString } };
        uint limit = clientPacketSizeLimitBytes ?? uint.MaxValue;
        if (MqttPacketWriter.Measure(packet, MqttProtocolVersion.V5) > limit)
        {
            packet = packet with { Properties = ConnAckProperties.None };
        }

        if (MqttPacketWriter.Measure(packet, MqttProtocolVersion.V5) <= limit)
        {
            MqttPacketWriter.Write(output, packet, MqttProtocolVersion.V5);
        }
    }

    /// <summary>
    /// Writes the accepting CONNACK: every value in which the server differs from what the client asked or the protocol presumes. User
    /// properties are left out where they make it larger than the client takes [MQTT-3.2.2-20]; false, with nothing written, when it is
    /// too large even so.
    /// </summary>
    public static bool TryWriteAcceptance(IBufferWriter<byte> output, ConnectPacket connect, ConnectionSettings settings, ConnectAcceptance acceptance, MqttLimits limits)
    {
        if (settings.Version != MqttProtocolVersion.V5)
        {
            MqttPacketWriter.Write(output, new ConnAckPacket(acceptance.SessionPresent, ReasonCode.Success), settings.Version);
            return true;
        }

        uint askedExpiry = connect.Properties.SessionExpiryIntervalSeconds ?? 0;
        uint expiry = (uint)settings.SessionExpiry.TotalSeconds;
        ushort keepAlive = (ushort)settings.KeepAlive.TotalSeconds;
        ConnAckProperties properties = new()
        {
            SessionExpiryIntervalSeconds = expiry == askedExpiry ? null : expiry,
            ReceiveMaximum = settings.InboundReceiveMaximum == ushort.MaxValue ? null : (ushort)settings.InboundReceiveMaximum,
            MaximumPacketSizeBytes = limits.PacketSizeBytes == 0 ? null : (uint)limits.PacketSizeBytes,
            AssignedClientIdentifier = connect.ClientId.Length == 0 ? acceptance.AssignedClientId : null,
            TopicAliasMaximum = settings.InboundTopicAliasMaximum == 0 ? null : (ushort)settings.InboundTopicAliasMaximum,
            ServerKeepAliveSeconds = keepAlive == connect.KeepAliveSeconds ? null : keepAlive,
            ResponseInformation = settings.WantsResponseInformation ? acceptance.ResponseInformation : null,
            UserProperties = acceptance.UserProperties,
        };
        ConnAckPacket packet = new(acceptance.SessionPresent, ReasonCode.Success) { Properties = properties };
        if (MqttPacketWriter.Measure(packet, settings.Version) > settings.ClientPacketSizeLimitBytes)
        {
            packet = packet with { Properties = properties with { UserProperties = [] } };
        }

        bool fits = MqttPacketWriter.Measure(packet, settings.Version) <= settings.ClientPacketSizeLimitBytes;
        if (fits)
        {
            MqttPacketWriter.Write(output, packet, settings.Version);
        }

        return fits;
    }
}
