namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>The properties of CONNECT (v5 section 3.1.2.11). Immutable; null means absent, with the meaning the member states.</summary>
public sealed record ConnectProperties : IWireProperties
{
    /// <summary>No properties.</summary>
    public static ConnectProperties None { get; } = new();

    /// <summary>Seconds the session outlives the connection; absent = 0, 0xFFFFFFFF = for ever.</summary>
    public uint? SessionExpiryIntervalSeconds { get; init; }

    /// <summary>Unacknowledged QoS 1 and 2 messages the client takes at once, from 1; absent = 65,535.</summary>
    public ushort? ReceiveMaximum { get; init; }

    /// <summary>Largest packet the client takes, bytes; absent = no limit.</summary>
    public uint? MaximumPacketSizeBytes { get; init; }

    /// <summary>Topic aliases the client takes; absent = 0.</summary>
    public ushort? TopicAliasMaximum { get; init; }

    /// <summary>Whether the client wants response information; absent = no.</summary>
    public bool? RequestResponseInformation { get; init; }

    /// <summary>Whether reason strings may come with every packet; absent = yes. CONNACK, PUBLISH and DISCONNECT may carry them regardless.</summary>
    public bool? RequestProblemInformation { get; init; }

    /// <summary>Name of the enhanced authentication method; absent = none.</summary>
    public string? AuthenticationMethod { get; init; }

    /// <summary>Data of that method.</summary>
    public ReadOnlyMemory<byte>? AuthenticationData { get; init; }

    /// <summary>User properties in order.</summary>
    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];

    internal static ConnectProperties Read(ReadOnlySpan<byte> section)
    {
        if (section.IsEmpty)
        {
            return None;
        }

        uint? expiry = null, size = null;
        ushort? receive = null, aliases = null;
        bool? response = null, problem = null;
        string? method = null;
        ReadOnlyMemory<byte>? data = null;
        List<UserProperty>? user = null;
        PropertyReader reader = new(section);
        while (reader.MoveNext())
        {
            switch (reader.Id)
            {
                case PropertyId.SessionExpiryInterval: expiry = reader.Number; break;
                case PropertyId.ReceiveMaximum: receive = (ushort)reader.Number; break;
                case PropertyId.MaximumPacketSize: size = reader.Number; break;
                case PropertyId.TopicAliasMaximum: aliases = (ushort)reader.Number; break;
                case PropertyId.RequestResponseInformation: response = reader.Number == 1; break;
                case PropertyId.RequestProblemInformation: problem = reader.Number == 1; break;
                case PropertyId.AuthenticationMethod: method = MqttText.Decode(reader.Bytes); break;
                case PropertyId.AuthenticationData: data = reader.Bytes.ToArray(); break;
                case PropertyId.UserProperty: UserProperty.Append(ref user, reader); break;
            }
        }

        return new ConnectProperties
        {
            SessionExpiryIntervalSeconds = expiry,
            ReceiveMaximum = receive,
            MaximumPacketSizeBytes = size,
            TopicAliasMaximum = aliases,
            RequestResponseInformation = response,
            RequestProblemInformation = problem,
            AuthenticationMethod = method,
            AuthenticationData = data,
            UserProperties = user ?? (IReadOnlyList<UserProperty>)[],
        };
    }

    /// <inheritdoc />
    void IWireProperties.WriteProperties(ref WireWriter writer)
    {
        writer.Property(PropertyId.SessionExpiryInterval, SessionExpiryIntervalSeconds);
        writer.Property(PropertyId.ReceiveMaximum, ReceiveMaximum);
        writer.Property(PropertyId.MaximumPacketSize, MaximumPacketSizeBytes);
        writer.Property(PropertyId.TopicAliasMaximum, TopicAliasMaximum);
        writer.Property(PropertyId.RequestResponseInformation, RequestResponseInformation);
        writer.Property(PropertyId.RequestProblemInformation, RequestProblemInformation);
        writer.Property(PropertyId.AuthenticationMethod, AuthenticationMethod);
        writer.Property(PropertyId.AuthenticationData, AuthenticationData);
        writer.UserProperties(UserProperties);
    }
}
