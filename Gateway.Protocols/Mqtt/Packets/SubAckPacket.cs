namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>
/// SUBACK (v5 section 3.9). Immutable. <code>packet identifier (2) | v5: property length, properties | one code a filter</code>
/// </summary>
public sealed record SubAckPacket : IWireBody
{
    /// <summary>From 1.</summary>
    public required ushort PacketIdentifier { get; init; }

    /// <summary>One code for each filter of the SUBSCRIBE, in order; in 3.1.1 every failure is written as 0x80.</summary>
    public required IReadOnlyList<ReasonCode> Codes { get; init; }

    /// <summary>Properties; empty in 3.1.1.</summary>
    public AckProperties Properties { get; init; } = AckProperties.None;

    /// <summary>Parses a body. False with <paramref name="error"/>; never throws.</summary>
    public static bool TryParse(ReadOnlySpan<byte> body, in ParseContext context, out SubAckPacket? packet, out ParseError error)
    {
        packet = null;
        PacketReader reader = new(body);
        if (!FilterList.TryReadHead(ref reader, PacketType.SubAck, context, out ushort identifier, out ReadOnlySpan<byte> section, out error)
            || !FilterList.TryReadCodes(ref reader, PacketType.SubAck, context, out ReasonCode[] codes, out error))
        {
            return false;
        }

        packet = new SubAckPacket { PacketIdentifier = identifier, Codes = codes, Properties = AckProperties.Read(section) };
        return true;
    }

    /// <inheritdoc />
    void IWireBody.WriteBody(ref WireWriter writer, MqttProtocolVersion version)
    {
        bool isV5 = version == MqttProtocolVersion.V5;
        writer.UInt16(PacketIdentifier);
        if (isV5)
        {
            writer.Properties(Properties);
        }

        foreach (ReasonCode code in Codes)
        {
            writer.Byte((byte)(!isV5 && code.IsFailure() ? ReasonCode.UnspecifiedError : code));
        }
    }
}
