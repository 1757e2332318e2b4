namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>
/// PUBACK, PUBREC, PUBREL or PUBCOMP (v5 sections 3.4 to 3.7). Immutable; costs no allocation unless it carries properties.
/// <code>packet identifier (2) | v5, optional: reason code (1) | optional: property length, properties</code>
/// </summary>
/// <param name="Type">Which of the four.</param>
/// <param name="PacketIdentifier">From 1.</param>
/// <param name="ReasonCode">Success in 3.1.1.</param>
public readonly record struct AckPacket(PacketType Type, ushort PacketIdentifier, ReasonCode ReasonCode = ReasonCode.Success) : IWireBody
{
    private readonly AckProperties? _properties;

    /// <summary>Properties; never null.</summary>
    public AckProperties Properties
    {
        get => _properties ?? AckProperties.None;
        init => _properties = value;
    }

    /// <summary>Parses a body. False with <paramref name="error"/>; never throws.</summary>
    public static bool TryParse(in FixedHeader header, ReadOnlySpan<byte> body, in ParseContext context, out AckPacket packet, out ParseError error)
    {
        packet = default;
        PacketReader reader = new(body);
        if (!reader.TryReadUInt16(out ushort identifier))
        {
            error = ParseErrors.Truncated;
            return false;
        }

        if (identifier == 0)
        {
            error = ParseErrors.PacketIdentifierZero;
            return false;
        }

        if (!context.IsV5 || reader.IsAtEnd)
        {
            packet = reader.IsAtEnd ? new AckPacket(header.Type, identifier) : default;
            error = reader.IsAtEnd ? default : ParseErrors.TrailingBytes;
            return reader.IsAtEnd;
        }

        reader.TryReadByte(out byte code);
        if (!ReasonCodes.IsAllowed((ReasonCode)code, header.Type, context.Sender))
        {
            error = ParseErrors.ReasonCodeNotAllowed;
            return false;
        }

        ReadOnlySpan<byte> section = default;
        if (!reader.IsAtEnd && !reader.TryReadProperties(header.Type, context, out section, out error))
        {
            return false;
        }

        if (!reader.IsAtEnd)
        {
            error = ParseErrors.TrailingBytes;
            return false;
        }

        error = default;
        packet = new AckPacket(header.Type, identifier, (ReasonCode)code) { Properties = AckProperties.Read(section) };
        return true;
    }

    /// <inheritdoc />
    void IWireBody.WriteBody(ref WireWriter writer, MqttProtocolVersion version)
    {
        writer.UInt16(PacketIdentifier);
        if (version != MqttProtocolVersion.V5 || (ReasonCode == ReasonCode.Success && Properties.IsEmpty))
        {
            return;
        }

        writer.Byte((byte)ReasonCode);
        if (!Properties.IsEmpty)
        {
            writer.Properties(Properties);
        }
    }
}
