namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>
/// CONNACK (v5 section 3.2). Immutable. <code>flags (1): bit 0 session present | code (1) | v5: property length, properties</code>
/// </summary>
/// <param name="SessionPresent">Whether the server kept state of an earlier connection.</param>
/// <param name="ReasonCode">The outcome; in 3.1.1 translated from and to the return codes by <see cref="ReasonCodes"/>.</param>
public sealed record ConnAckPacket(bool SessionPresent, ReasonCode ReasonCode) : IWireBody
{
    /// <summary>Properties; empty in 3.1.1.</summary>
    public ConnAckProperties Properties { get; init; } = ConnAckProperties.None;

    /// <summary>Parses a body. False with <paramref name="error"/>; never throws.</summary>
    public static bool TryParse(ReadOnlySpan<byte> body, in ParseContext context, out ConnAckPacket? packet, out ParseError error)
    {
        packet = null;
        PacketReader reader = new(body);
        if (!reader.TryReadByte(out byte flags) || !reader.TryReadByte(out byte code))
        {
            error = ParseErrors.Truncated;
            return false;
        }

        ReasonCode? reason = context.IsV5 ? (ReasonCode)code : ReasonCodes.FromConnectReturnCode(code);
        if (reason is not ReasonCode known || !ReasonCodes.IsAllowed(known, PacketType.ConnAck, PacketSender.Server))
        {
            error = ParseErrors.ReasonCodeNotAllowed;
            return false;
        }

        if (flags > 1 || (flags == 1 && known != ReasonCode.Success))
        {
            error = ParseErrors.ConnAckFlags;
            return false;
        }

        ReadOnlySpan<byte> section = default;
        error = default;
        if (context.IsV5 && !reader.TryReadProperties(PacketType.ConnAck, context, out section, out error))
        {
            return false;
        }

        if (!reader.IsAtEnd)
        {
            error = ParseErrors.TrailingBytes;
            return false;
        }

        packet = new ConnAckPacket(flags == 1, known) { Properties = ConnAckProperties.Read(section) };
        return true;
    }

    /// <inheritdoc />
    void IWireBody.WriteBody(ref WireWriter writer, MqttProtocolVersion version)
    {
        writer.Byte(SessionPresent ? (byte)1 : (byte)0);
        if (version == MqttProtocolVersion.V5)
        {
            writer.Byte((byte)ReasonCode);
            writer.Properties(Properties);
            return;
        }

        // 3.1.1 has five refusals; what fits none of them is "server unavailable" rather than nothing at all.
        writer.Byte(ReasonCodes.ToConnectReturnCode(ReasonCode) ?? 3);
    }
}
