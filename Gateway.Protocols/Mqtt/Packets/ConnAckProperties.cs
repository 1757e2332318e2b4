namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>The properties of CONNACK (v5 section 3.2.2.3). Immutable; null means absent, with the meaning the member states.</summary>
public sealed record ConnAckProperties : IWireProperties
{
    /// <summary>No properties.</summary>
    public static ConnAckProperties None { get; } = new();

    /// <summary>Session expiry in use, seconds; absent = what the client asked for.</summary>
    public uint? SessionExpiryIntervalSeconds { get; init; }

    /// <summary>Unacknowledged messages the server takes at once; absent = 65,535.</summary>
    public ushort? ReceiveMaximum { get; init; }

    /// <summary>Highest QoS the server takes, 0 or 1; absent = 2.</summary>
    public byte? MaximumQos { get; init; }

    /// <summary>Absent = yes.</summary>
    public bool? RetainAvailable { get; init; }

    /// <summary>Largest packet the server takes, bytes; absent = no limit.</summary>
    public uint? MaximumPacketSizeBytes { get; init; }

    /// <summary>The client id the server chose; absent = the client's own.</summary>
    public string? AssignedClientIdentifier { get; init; }

    /// <summary>Topic aliases the server takes; absent = 0.</summary>
    public ushort? TopicAliasMaximum { get; init; }

    /// <summary>Why, for people.</summary>
    public string? ReasonString { get; init; }

    /// <summary>Absent = yes.</summary>
    public bool? WildcardSubscriptionAvailable { get; init; }

    /// <summary>Absent = yes.</summary>
    public bool? SubscriptionIdentifierAvailable { get; init; }

    /// <summary>Absent = yes.</summary>
    public bool? SharedSubscriptionAvailable { get; init; }

    /// <summary>Keep alive the client must use, seconds; absent = the client's own.</summary>
    public ushort? ServerKeepAliveSeconds { get; init; }

    /// <summary>Basis for response topics.</summary>
    public string? ResponseInformation { get; init; }

    /// <summary>Another server to use.</summary>
    public string? ServerReference { get; init; }

    /// <summary>Enhanced authentication method in use.</summary>
    public string? AuthenticationMethod { get; init; }

    /// <summary>Data of that method.</summary>
    public ReadOnlyMemory<byte>? AuthenticationData { get; init; }

    /// <summary>User properties in order.</summary>
    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];

    internal static ConnAckProperties Read(ReadOnlySpan<byte> section)
    {
        ConnAckProperties result = None;
        List<UserProperty>? user = null;
        PropertyReader reader = new(section);
        while (reader.MoveNext())
        {
            if (reader.Id == PropertyId.UserProperty)
            {
                UserProperty.Append(ref user, reader);
                continue;
            }

            result = With(result, reader);
        }

        return user is null ? result : result with { UserProperties = user };
    }

    /// <inheritdoc />
    void IWireProperties.WriteProperties(ref WireWriter writer)
    {
        writer.Property(PropertyId.SessionExpiryInterval, SessionExpiryIntervalSeconds);
        writer.Property(PropertyId.ReceiveMaximum, ReceiveMaximum);
        writer.Property(PropertyId.MaximumQos, MaximumQos is byte qos ? qos != 0 : default(bool?));
        writer.Property(PropertyId.RetainAvailable, RetainAvailable);
        writer.Property(PropertyId.MaximumPacketSize, MaximumPacketSizeBytes);
        writer.Property(PropertyId.AssignedClientIdentifier, AssignedClientIdentifier);
        writer.Property(PropertyId.TopicAliasMaximum, TopicAliasMaximum);
        writer.Property(PropertyId.ReasonString, ReasonString);
        writer.Property(PropertyId.WildcardSubscriptionAvailable, WildcardSubscriptionAvailable);
        writer.Property(PropertyId.SubscriptionIdentifierAvailable, SubscriptionIdentifierAvailable);
        writer.Property(PropertyId.SharedSubscriptionAvailable, SharedSubscriptionAvailable);
        writer.Property(PropertyId.ServerKeepAlive, ServerKeepAliveSeconds);
        writer.Property(PropertyId.ResponseInformation, ResponseInformation);
        writer.Property(PropertyId.ServerReference, ServerReference);
        writer.Property(PropertyId.AuthenticationMethod, AuthenticationMethod);
        writer.Property(PropertyId.AuthenticationData, AuthenticationData);
        writer.UserProperties(UserProperties);
    }

    private static ConnAckProperties With(ConnAckProperties p, in PropertyReader reader) => reader.Id switch
    {
        PropertyId.SessionExpiryInterval => p with { SessionExpiryIntervalSeconds = reader.Number },
        PropertyId.ReceiveMaximum => p with { ReceiveMaximum = (ushort)reader.Number },
        PropertyId.MaximumQos => p with { MaximumQos = (byte)reader.Number },
        PropertyId.RetainAvailable => p with { RetainAvailable = reader.Number == 1 },
        PropertyId.MaximumPacketSize => p with { MaximumPacketSizeBytes = reader.Number },
        PropertyId.AssignedClientIdentifier => p with { AssignedClientIdentifier = MqttText.Decode(reader.Bytes) },
        PropertyId.TopicAliasMaximum => p with { TopicAliasMaximum = (ushort)reader.Number },
        PropertyId.ReasonString => p with { ReasonString = MqttText.Decode(reader.Bytes) },
        PropertyId.WildcardSubscriptionAvailable => p with { WildcardSubscriptionAvailable = reader.Number == 1 },
        PropertyId.SubscriptionIdentifierAvailable => p with { SubscriptionIdentifierAvailable = reader.Number == 1 },
        PropertyId.SharedSubscriptionAvailable => p with { SharedSubscriptionAvailable = reader.Number == 1 },
        PropertyId.ServerKeepAlive => p with { ServerKeepAliveSeconds = (ushort)reader.Number },
        PropertyId.ResponseInformation => p with { ResponseInformation = MqttText.Decode(reader.Bytes) },
        PropertyId.ServerReference => p with { ServerReference = MqttText.Decode(reader.Bytes) },
        PropertyId.AuthenticationMethod => p with { AuthenticationMethod = MqttText.Decode(reader.Bytes) },
        PropertyId.AuthenticationData => p with { AuthenticationData = reader.Bytes.ToArray() },
        _ => p,
    };
}
