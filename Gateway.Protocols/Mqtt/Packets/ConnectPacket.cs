namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>
/// CONNECT (v5 section 3.1). Immutable.
/// <code>
/// "MQTT" (2 + 4) | level (1) | flags (1) | keep alive (2) | v5: property length, properties
/// client id (2 + n) | will: v5 property length, properties; topic (2 + n), payload (2 + n) | user name (2 + n) | password (2 + n)
/// </code>
/// </summary>
public sealed record ConnectPacket : IWireBody
{
    private const byte CleanStartFlag = 0x02, WillFlag = 0x04, WillQosMask = 0x18, WillRetainFlag = 0x20, PasswordFlag = 0x40, UserNameFlag = 0x80;

    /// <summary>3.1.1 or 5.</summary>
    public required MqttProtocolVersion Version { get; init; }

    /// <summary>Client id; empty asks the server for one.</summary>
    public required string ClientId { get; init; }

    /// <summary>Clean Start; Clean Session in 3.1.1.</summary>
    public bool CleanStart { get; init; } = true;

    /// <summary>Keep alive, seconds; 0 turns it off.</summary>
    public ushort KeepAliveSeconds { get; init; }

    /// <summary>The Will, or null.</summary>
    public Will? Will { get; init; }

    /// <summary>User name, or null.</summary>
    public string? UserName { get; init; }

    /// <summary>Password bytes, or null.</summary>
    public ReadOnlyMemory<byte>? Password { get; init; }

    /// <summary>Properties; empty in 3.1.1.</summary>
    public ConnectProperties Properties { get; init; } = ConnectProperties.None;

    /// <summary>
    /// Parses a body. False with <paramref name="error"/>; never throws. The version of <paramref name="context"/> is not looked at:
    /// the packet says it. <paramref name="level"/> is the protocol level as far as it could be read (0 before that): it decides in which
    /// version a refusal is written.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> body, in ParseContext context, out ConnectPacket? packet, out byte level, out ParseError error)
    {
        packet = null;
        level = 0;
        PacketReader reader = new(body);
        if (!reader.TryReadText(out ReadOnlySpan<byte> name, out error))
        {
            return false;
        }

        bool known = name.SequenceEqual("MQTT"u8);
        if (!known && !name.SequenceEqual("MQIsdp"u8))
        {
            error = ParseErrors.ProtocolName;
            return false;
        }

        if (!reader.TryReadByte(out level))
        {
            error = ParseErrors.Truncated;
            return false;
        }

        if (!known || level is not ((byte)MqttProtocolVersion.V311 or (byte)MqttProtocolVersion.V5))
        {
            error = ParseErrors.ProtocolLevel;
            return false;
        }

        return TryParseRest(ref reader, context with { Version = (MqttProtocolVersion)level }, out packet, out error);
    }

    /// <inheritdoc />
    void IWireBody.WriteBody(ref WireWriter writer, MqttProtocolVersion version)
    {
        writer.Text("MQTT");
        writer.Byte((byte)version);
        int flags = CleanStart ? CleanStartFlag : 0;
        if (Will is not null)
        {
            flags |= WillFlag | ((int)Will.Qos << 3) | (Will.Retain ? WillRetainFlag : 0);
        }

        flags |= (UserName is null ? 0 : UserNameFlag) | (Password is null ? 0 : PasswordFlag);
        writer.Byte((byte)flags);
        writer.UInt16(KeepAliveSeconds);
        if (version == MqttProtocolVersion.V5)
        {
            writer.Properties(Properties);
        }

        writer.Text(ClientId);
        if (Will is not null)
        {
            if (version == MqttProtocolVersion.V5)
            {
                writer.Properties(Will);
            }

            writer.Text(Will.Topic);
            writer.Binary(Will.Payload.Span);
        }

        if (UserName is not null)
        {
            writer.Text(UserName);
        }

        if (Password is ReadOnlyMemory<byte> password)
        {
            writer.Binary(password.Span);
        }
    }

    private static bool TryParseRest(ref PacketReader reader, in ParseContext context, out ConnectPacket? packet, out ParseError error)
    {
        packet = null;
        if (!reader.TryReadByte(out byte flags) || !reader.TryReadUInt16(out ushort keepAlive))
        {
            error = ParseErrors.Truncated;
            return false;
        }

        error = JudgeFlags(flags, context.IsV5);
        if (error.IsError)
        {
            return false;
        }

        ReadOnlySpan<byte> properties = default;
        if (context.IsV5 && !reader.TryReadProperties(PacketType.Connect, context, out properties, out error))
        {
            return false;
        }

        Will? will = null;
        if (!reader.TryReadText(out ReadOnlySpan<byte> clientId, out error)
            || ((flags & WillFlag) != 0 && !TryParseWill(ref reader, flags, context, out will, out error)))
        {
            return false;
        }

        ReadOnlySpan<byte> userName = default;
        if ((flags & UserNameFlag) != 0 && !reader.TryReadText(out userName, out error))
        {
            return false;
        }

        ReadOnlySpan<byte> password = default;
        if ((flags & PasswordFlag) != 0 && !reader.TryReadBinary(out password))
        {
            error = ParseErrors.Truncated;
            return false;
        }

        if (!reader.IsAtEnd)
        {
            error = ParseErrors.TrailingBytes;
            return false;
        }

        packet = new ConnectPacket
        {
            Version = context.Version,
            ClientId = MqttText.Decode(clientId),
            CleanStart = (flags & CleanStartFlag) != 0,
            KeepAliveSeconds = keepAlive,
            Will = will,
            UserName = (flags & UserNameFlag) != 0 ? MqttText.Decode(userName) : null,
            Password = (flags & PasswordFlag) != 0 ? password.ToArray() : default(ReadOnlyMemory<byte>?),
            Properties = ConnectProperties.Read(properties),
        };
        return true;
    }

    private static ParseError JudgeFlags(byte flags, bool isV5)
    {
        if ((flags & 1) != 0)
        {
            return ParseErrors.ConnectFlagReserved;
        }

        int willQos = (flags & WillQosMask) >> 3;
        bool hasWill = (flags & WillFlag) != 0;
        if (willQos == 3 || (!hasWill && (flags & (WillQosMask | WillRetainFlag)) != 0))
        {
            return ParseErrors.WillFlags;
        }

        return !isV5 && (flags & (PasswordFlag | UserNameFlag)) == PasswordFlag ? ParseErrors.PasswordWithoutUserName : default;
    }

    private static bool TryParseWill(ref PacketReader reader, byte flags, in ParseContext context, out Will? will, out ParseError error)
    {
        will = null;
        ReadOnlySpan<byte> section = default;
        if ((context.IsV5 && !reader.TryReadProperties(PacketType.Reserved, context, out section, out error))
            || !reader.TryReadText(out ReadOnlySpan<byte> topic, out error))
        {
            return false;
        }

        if (topic.IsEmpty || topic.IndexOfAny((byte)'+', (byte)'#') >= 0)
        {
            error = topic.IsEmpty ? ParseErrors.TopicNameEmpty : ParseErrors.TopicNameWildcard;
            return false;
        }

        if (!reader.TryReadBinary(out ReadOnlySpan<byte> payload))
        {
            error = ParseErrors.Truncated;
            return false;
        }

        PublishProperties properties = PublishProperties.ReadWith(section, out uint delaySeconds);
        will = new Will
        {
            Topic = MqttText.Decode(topic),
            Payload = payload.ToArray(),
            Qos = (Qos)((flags & WillQosMask) >> 3),
            Retain = (flags & WillRetainFlag) != 0,
            DelayIntervalSeconds = delaySeconds,
            Properties = properties,
        };
        return true;
    }
}
