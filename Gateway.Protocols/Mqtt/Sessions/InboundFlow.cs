using System.Buffers;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Mqtt.Topics;

namespace Gateway.Protocols.Mqtt.Sessions;

/// <summary>
/// Messages from one client to the server on one connection: topic aliases, the Receive Maximum, QoS 2 identifiers, acknowledgements
/// (v5 sections 3.3, 4.3, 4.9).
/// </summary>
internal sealed class InboundFlow(MqttLimits limits, ConnectionSettings settings, MqttSession session)
{
    private InboundTopicAliases? _aliases;

    /// <summary>Messages received on this connection and not yet acknowledged.</summary>
    public int InFlightCount { get; private set; }

    private bool IsV5 => settings.Version == MqttProtocolVersion.V5;

    /// <summary>Judges a parsed PUBLISH, resolves its topic, and says what to do with it.</summary>
    public ParseError Receive(in FixedHeader header, ref PublishPacket packet, IBufferWriter<byte> output, out InboundVerdict verdict)
    {
        verdict = InboundVerdict.Refused;
        ParseError error = Admit(header, ref packet);
        if (error.IsError)
        {
            return error;
        }

        verdict = InboundVerdict.Store;
        if (packet.Qos == Qos.AtMostOnce)
        {
            return default;
        }

        if (packet.Qos == Qos.ExactlyOnce)
        {
            verdict = session.Hold(packet.PacketIdentifier, out bool stored);
            if (verdict == InboundVerdict.Refused)
            {
                return SessionErrors.SessionsTooLarge;
            }

            if (stored)
            {
                MqttPacketWriter.WriteAck(output, PacketType.PubRec, packet.PacketIdentifier);
            }
        }

        if (verdict != InboundVerdict.Store)
        {
            return default;
        }

        // Identifiers held from earlier connections are outside this connection's quota; a client that behaves has at most one quota of them.
        InFlightCount++;
        // 3.1.1 has no Receive Maximum to break: there the host reads no further while too much waits for the disk.
        bool exceeded = IsV5 && (InFlightCount > settings.InboundReceiveMaximum || session.HeldCount > 2 * settings.InboundReceiveMaximum);
        verdict = exceeded ? InboundVerdict.Refused : verdict;
        return exceeded ? SessionErrors.ReceiveMaximum : default;
    }

    /// <summary>Writes PUBACK or PUBREC if <paramref name="connected"/>. False when 3.1.1 has no way to tell the failure.</summary>
    public bool Acknowledge(in PendingAck ack, bool connected, IBufferWriter<byte> output)
    {
        if (ack.Qos == Qos.AtMostOnce)
        {
            return true;
        }

        bool failed = ack.ReasonCode.IsFailure();
        ReasonCode reason = ack.ReasonCode;
        if (ack.Qos == Qos.ExactlyOnce && session.SettleHold(ack.PacketIdentifier, !failed) == failed)
        {
            // The first copy decides: where it could not be stored nothing may be confirmed, and where it is stored a later copy whose commit
            // failed is no reason to say that it is not.
            (failed, reason) = failed ? (false, ReasonCode.Success) : (true, ReasonCode.QuotaExceeded);
        }

        if (ack.Qos == Qos.AtLeastOnce || failed)
        {
            InFlightCount = Math.Max(0, InFlightCount - 1);
        }

        if (!connected)
        {
            return true;
        }

        if (failed && !IsV5)
        {
            return false;
        }

        PacketType type = ack.Qos == Qos.AtLeastOnce ? PacketType.PubAck : PacketType.PubRec;
        if (reason == ReasonCode.Success || !IsV5)
        {
            MqttPacketWriter.WriteAck(output, type, ack.PacketIdentifier);
        }
        else
        {
            MqttPacketWriter.Write(output, new AckPacket(type, ack.PacketIdentifier, reason), MqttProtocolVersion.V5);
        }

        return true;
    }

    /// <summary>PUBREL: forgets the identifier and answers PUBCOMP [MQTT-4.3.3-11], also for one that nobody holds.</summary>
    public void Release(ushort packetIdentifier, IBufferWriter<byte> output)
    {
        bool held = session.Release(packetIdentifier);
        if (held)
        {
            InFlightCount = Math.Max(0, InFlightCount - 1);
        }

        ReasonCode reason = held || !IsV5 ? ReasonCode.Success : ReasonCode.PacketIdentifierNotFound;
        MqttPacketWriter.Write(output, new AckPacket(PacketType.PubComp, packetIdentifier, reason), settings.Version);
    }

    private ParseError Admit(in FixedHeader header, ref PublishPacket packet)
    {
        if (IsV5)
        {
            if (!header.IsMinimal)
            {
                return ParseErrors.LengthNotMinimal;
            }

            if (packet.TopicAlias != 0)
            {
                ReadOnlySpan<byte> topic = packet.Topic;
                _aliases ??= new InboundTopicAliases(settings.InboundTopicAliasMaximum, limits.InboundTopicAliasBytes);
                ParseError error = _aliases.Resolve(packet.TopicAlias, ref topic);
                if (error.IsError)
                {
                    return error;
                }

                packet = packet with { Topic = topic };
            }
        }

        return limits.TopicLevels > 0 && TopicName.LevelCount(packet.Topic) > limits.TopicLevels ? SessionErrors.TopicLevels : default;
    }
}
