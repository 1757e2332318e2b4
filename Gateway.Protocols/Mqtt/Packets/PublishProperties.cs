namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>
/// The properties of an application message in typed form: of PUBLISH (v5 section 3.3.2.3), and of a Will without the delay. Read on
/// demand; the hot path passes the raw section on. Immutable; null means absent.
/// </summary>
public sealed record PublishProperties : IWireProperties
{
    /// <summary>No properties.</summary>
    public static PublishProperties None { get; } = new();

    /// <summary>Whether the payload says it is UTF-8 text.</summary>
    public bool? PayloadIsUtf8 { get; init; }

    /// <summary>Lifetime, seconds.</summary>
    public uint? MessageExpiryIntervalSeconds { get; init; }

    /// <summary>Topic alias, from 1; of one network connection only.</summary>
    public ushort? TopicAlias { get; init; }

    /// <summary>Where to send the answer: a topic name.</summary>
    public string? ResponseTopic { get; init; }

    /// <summary>What the requester knows the answer by.</summary>
    public ReadOnlyMemory<byte>? CorrelationData { get; init; }

    /// <summary>What the payload is, for example <c>application/json</c>.</summary>
    public string? ContentType { get; init; }

    /// <summary>Identifiers of the subscriptions that brought the message; from a server only.</summary>
    public IReadOnlyList<uint> SubscriptionIdentifiers { get; init; } = [];

    /// <summary>User properties in order.</summary>
    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];

    /// <summary>Reads a section that the parser has validated, for example <see cref="PublishPacket.Properties"/>.</summary>
    public static PublishProperties Read(ReadOnlySpan<byte> section) => section.IsEmpty ? None : ReadWith(section, out _);

    /// <summary>The section as bytes, for a <see cref="PublishPacket"/> to be written.</summary>
    public byte[] ToBytes()
    {
        WireWriter measure = default;
        WriteProperties(ref measure);
        byte[] bytes = new byte[measure.Length];
        WireWriter writer = new(bytes);
        WriteProperties(ref writer);
        return bytes;
    }

    /// <summary>
    /// The part of a validated section that goes on to subscribers unaltered and in order: payload format, content type, response
    /// topic, correlation data, user properties [MQTT-3.3.2-17]. Alias, expiry and subscription identifiers are of each hop.
    /// </summary>
    public static byte[] Forwardable(ReadOnlySpan<byte> section)
    {
        if (section.IsEmpty)
        {
            return [];
        }

        byte[] kept = new byte[section.Length];
        int length = 0;
        PropertyReader reader = new(section);
        while (reader.MoveNext())
        {
            if (reader.Id is PropertyId.TopicAlias or PropertyId.MessageExpiryInterval or PropertyId.SubscriptionIdentifier or PropertyId.WillDelayInterval)
            {
                continue;
            }

            section[reader.Start..reader.End].CopyTo(kept.AsSpan(length));
            length += reader.End - reader.Start;
        }

        return length == kept.Length ? kept : kept[..length];
    }

    /// <summary>Reads a section of PUBLISH or Will.</summary>
    internal static PublishProperties ReadWith(ReadOnlySpan<byte> section, out uint willDelaySeconds)
    {
        willDelaySeconds = 0;
        bool? format = null;
        uint? expiry = null;
        ushort? alias = null;
        string? response = null;
        string? content = null;
        ReadOnlyMemory<byte>? correlation = null;
        List<uint>? identifiers = null;
        List<UserProperty>? user = null;
        PropertyReader reader = new(section);
        while (reader.MoveNext())
        {
            switch (reader.Id)
            {
                case PropertyId.PayloadFormatIndicator: format = reader.Number == 1; break;
                case PropertyId.MessageExpiryInterval: expiry = reader.Number; break;
                case PropertyId.TopicAlias: alias = (ushort)reader.Number; break;
                case PropertyId.ResponseTopic: response = MqttText.Decode(reader.Bytes); break;
                case PropertyId.CorrelationData: correlation = reader.Bytes.ToArray(); break;
                case PropertyId.ContentType: content = MqttText.Decode(reader.Bytes); break;
                case PropertyId.SubscriptionIdentifier: (identifiers ??= []).Add(reader.Number); break;
                case PropertyId.UserProperty: UserProperty.Append(ref user, reader); break;
                case PropertyId.WillDelayInterval: willDelaySeconds = reader.Number; break;
            }
        }

        return new PublishProperties
        {
            PayloadIsUtf8 = format,
            MessageExpiryIntervalSeconds = expiry,
            TopicAlias = alias,
            ResponseTopic = response,
            CorrelationData = correlation,
            ContentType = content,
            SubscriptionIdentifiers = identifiers ?? (IReadOnlyList<uint>)[],
            UserProperties = user ?? (IReadOnlyList<UserProperty>)[],
        };
    }

    /// <inheritdoc />
    void IWireProperties.WriteProperties(ref WireWriter writer) => WriteProperties(ref writer);

    /// <summary>Writes the section without its length.</summary>
    internal void WriteProperties(ref WireWriter writer)
    {
        writer.Property(PropertyId.PayloadFormatIndicator, PayloadIsUtf8);
        writer.Property(PropertyId.MessageExpiryInterval, MessageExpiryIntervalSeconds);
        writer.Property(PropertyId.TopicAlias, TopicAlias);
        writer.Property(PropertyId.ResponseTopic, ResponseTopic);
        writer.Property(PropertyId.CorrelationData, CorrelationData);
        for (int i = 0; i < SubscriptionIdentifiers.Count; i++)
        {
            writer.SubscriptionIdentifier(SubscriptionIdentifiers[i]);
        }

        writer.Property(PropertyId.ContentType, ContentType);
        writer.UserProperties(UserProperties);
    }
}
