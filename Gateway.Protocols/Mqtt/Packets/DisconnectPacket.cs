namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>
/// DISCONNECT (v5 section 3.14). Immutable. 3.1.1: an empty body, from the client only.
/// <code>v5, optional: reason code (1) | optional: property length, properties</code>
/// </summary>
/// <param name="ReasonCode">Success means normal disconnection.</param>
public sealed record DisconnectPacket(ReasonCode ReasonCode = ReasonCode.Success) : IWireBody, IWireProperties
{
    /// <summary>New session expiry, seconds; null keeps the one of CONNECT. From the client only.</summary>
    public uint? SessionExpiryIntervalSeconds { get; init; }

    /// <summary>Why, for people.</summary>
    public string? ReasonString { get; init; }

    /// <summary>Another server to use.</summary>
    public string? ServerReference { get; init; }

    /// <summary>User properties in order.</summary>
    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];

    private bool HasProperties =>
        SessionExpiryIntervalSeconds is not null || ReasonString is not null || ServerReference is not null || UserProperties.Count > 0;

    /// <summary>Parses a body. False with <paramref name="error"/>; never throws.</summary>
    public static bool TryParse(ReadOnlySpan<byte> body, in ParseContext context, out DisconnectPacket? packet, out ParseError error)
    {
        packet = null;
        error = default;
        PacketReader reader = new(body);
        if (!context.IsV5 || body.IsEmpty)
        {
            bool allowed = context.IsV5 || context.Sender == PacketSender.Client;
            error = !allowed ? ParseErrors.UnexpectedPacket : body.IsEmpty ? default : ParseErrors.TrailingBytes;
            packet = error.IsError ? null : new DisconnectPacket();
            return !error.IsError;
        }

        reader.TryReadByte(out byte code);
        if (!ReasonCodes.IsAllowed((ReasonCode)code, PacketType.Disconnect, context.Sender))
        {
            error = ParseErrors.ReasonCodeNotAllowed;
            return false;
        }

        ReadOnlySpan<byte> section = default;
        if (!reader.IsAtEnd && !reader.TryReadProperties(PacketType.Disconnect, context, out section, out error))
        {
            return false;
        }

        if (!reader.IsAtEnd)
        {
            error = ParseErrors.TrailingBytes;
            return false;
        }

        DisconnectPacket read = Read((ReasonCode)code, section);
        if (read.SessionExpiryIntervalSeconds is not null && context.Sender == PacketSender.Server)
        {
            error = ParseErrors.SessionExpiryFromServer;
            return false;
        }

        packet = read;
        return true;
    }

    /// <inheritdoc />
    void IWireBody.WriteBody(ref WireWriter writer, MqttProtocolVersion version)
    {
        if (version != MqttProtocolVersion.V5 || (ReasonCode == ReasonCode.Success && !HasProperties))
        {
            return;
        }

        writer.Byte((byte)ReasonCode);
        if (HasProperties)
        {
            writer.Properties(this);
        }
    }

    /// <inheritdoc />
    void IWireProperties.WriteProperties(ref WireWriter writer)
    {
        writer.Property(PropertyId.SessionExpiryInterval, SessionExpiryIntervalSeconds);
        writer.Property(PropertyId.ReasonString, ReasonString);
        writer.UserProperties(UserProperties);
        writer.Property(PropertyId.ServerReference, ServerReference);
    }

    private static DisconnectPacket Read(ReasonCode code, ReadOnlySpan<byte> section)
    {
        uint? expiry = null;
        string? reason = null, reference = null;
        List<UserProperty>? user = null;
        PropertyReader reader = new(section);
        while (reader.MoveNext())
        {
            switch (reader.Id)
            {
                case PropertyId.SessionExpiryInterval: expiry = reader.Number; break;
                case PropertyId.ReasonString: reason = MqttText.Decode(reader.Bytes); break;
                case PropertyId.ServerReference: reference = MqttText.Decode(reader.Bytes); break;
                case PropertyId.UserProperty: UserProperty.Append(ref user, reader); break;
            }
        }

        return new DisconnectPacket(code)
        {
            SessionExpiryIntervalSeconds = expiry,
            ReasonString = reason,
            ServerReference = reference,
            UserProperties = user ?? (IReadOnlyList<UserProperty>)[],
        };
    }
}
