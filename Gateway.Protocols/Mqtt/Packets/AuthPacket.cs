namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>
/// AUTH (v5 section 3.15), v5 only. Immutable. <code>optional, together: reason code (1) | property length, properties</code>
/// </summary>
/// <param name="ReasonCode">Success, ContinueAuthentication or ReAuthenticate.</param>
public sealed record AuthPacket(ReasonCode ReasonCode = ReasonCode.Success) : IWireBody, IWireProperties
{
    /// <summary>The method; must be the one of CONNECT.</summary>
    public string? AuthenticationMethod { get; init; }

    /// <summary>Data of that method.</summary>
    public ReadOnlyMemory<byte>? AuthenticationData { get; init; }

    /// <summary>Why, for people.</summary>
    public string? ReasonString { get; init; }

    /// <summary>User properties in order.</summary>
    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];

    /// <summary>Parses a body. False with <paramref name="error"/>; never throws.</summary>
    public static bool TryParse(ReadOnlySpan<byte> body, in ParseContext context, out AuthPacket? packet, out ParseError error)
    {
        packet = null;
        error = default;
        if (!context.IsV5)
        {
            error = ParseErrors.UnexpectedPacket;
            return false;
        }

        PacketReader reader = new(body);
        reader.TryReadByte(out byte code);
        if (!ReasonCodes.IsAllowed((ReasonCode)code, PacketType.Auth, context.Sender))
        {
            error = ParseErrors.ReasonCodeNotAllowed;
            return false;
        }

        ReadOnlySpan<byte> section = default;
        if (!body.IsEmpty && !reader.TryReadProperties(PacketType.Auth, context, out section, out error))
        {
            return false;
        }

        if (!reader.IsAtEnd)
        {
            error = ParseErrors.TrailingBytes;
            return false;
        }

        packet = Read((ReasonCode)code, section);
        return true;
    }

    /// <inheritdoc />
    void IWireBody.WriteBody(ref WireWriter writer, MqttProtocolVersion version)
    {
        bool empty = AuthenticationMethod is null && AuthenticationData is null && ReasonString is null && UserProperties.Count == 0;
        if (ReasonCode == ReasonCode.Success && empty)
        {
            return;
        }

        writer.Byte((byte)ReasonCode);
        writer.Properties(this);
    }

    /// <inheritdoc />
    void IWireProperties.WriteProperties(ref WireWriter writer)
    {
        writer.Property(PropertyId.AuthenticationMethod, AuthenticationMethod);
        writer.Property(PropertyId.AuthenticationData, AuthenticationData);
        writer.Property(PropertyId.ReasonString, ReasonString);
        writer.UserProperties(UserProperties);
    }

    private static AuthPacket Read(ReasonCode code, ReadOnlySpan<byte> section)
    {
        string? method = null, reason = null;
        ReadOnlyMemory<byte>? data = null;
        List<UserProperty>? user = null;
        PropertyReader reader = new(section);
        while (reader.MoveNext())
        {
            switch (reader.Id)
            {
                case PropertyId.AuthenticationMethod: method = MqttText.Decode(reader.Bytes); break;
                case PropertyId.AuthenticationData: data = reader.Bytes.ToArray(); break;
                case PropertyId.ReasonString: reason = MqttText.Decode(reader.Bytes); break;
                case PropertyId.UserProperty: UserProperty.Append(ref user, reader); break;
            }
        }

        return new AuthPacket(code)
        {
            AuthenticationMethod = method,
            AuthenticationData = data,
            ReasonString = reason,
            UserProperties = user ?? (IReadOnlyList<UserProperty>)[],
        };
    }
}
