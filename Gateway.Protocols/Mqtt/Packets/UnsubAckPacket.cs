namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>
/// UNSUBACK (v5 section 3.11). Immutable. <code>packet identifier (2) | v5: property length, properties | one code a filter</code>
/// </summary>
public sealed record UnsubAckPacket : IWireBody
{
    /// <summary>From 1.</summary>
    public required ushort PacketIdentifier { get; init; }

    /// <summary>One code for each filter of the UNSUBSCRIBE, in order; 3.1.1 has none on the wire.</summary>
    public required IReadOnlyList<ReasonCode> Codes { get; init; }

    /// <summary>Properties; empty in 3.1.1.</summary>
    public AckProperties Properties { get; init; } = AckProperties.None;

    /// <summary>Parses a body. False with <paramref name="error"/>; never throws.</summary>
    public static bool TryParse(ReadOnlySpan<byte> body, in ParseContext context, out UnsubAckPacket? packet, out ParseError error)
    {
        packet = null;
        PacketReader reader = new(body);
        if (!FilterList.TryReadHead(ref reader, PacketType.UnsubAck, context, out ushort identifier, out ReadOnlySpan<byte> section, out error))
        {
            return false;
        }

        ReasonCode[] codes = [];
        if (context.IsV5 && !FilterList.TryReadCodes(ref reader, PacketType.UnsubAck, context, out codes, out error))
        {
            return false;
        }

        if (!context.IsV5 && !reader.IsAtEnd)
        {
            error = ParseErrors.TrailingBytes;
            return false;
        }

        packet = new UnsubAckPacket { PacketIdentifier = identifier, Codes = codes, Properties = AckProperties.Read(section) };
        return true;
    }

    /// <inheritdoc />
    void IWireBody.WriteBody(ref WireWriter writer, MqttProtocolVersion version)
    {
        writer.UInt16(PacketIdentifier);
        if (version != MqttProtocolVersion.V5)
        {
            return;
        }

        writer.Properties(Properties);
        foreach (ReasonCode code in Codes)
        {
            writer.Byte((byte)code);
        }
    }
}
