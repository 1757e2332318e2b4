namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>
/// The properties of PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK and UNSUBACK: a reason for people and user properties. Immutable.
/// </summary>
public sealed record AckProperties : IWireProperties
{
    /// <summary>No properties.</summary>
    public static AckProperties None { get; } = new();

    /// <summary>Why, for people; null when absent.</summary>
    public string? ReasonString { get; init; }

    /// <summary>User properties in order.</summary>
    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];

    /// <summary>Whether there is nothing to write.</summary>
    public bool IsEmpty => ReasonString is null && UserProperties.Count == 0;

    internal static AckProperties Read(ReadOnlySpan<byte> section)
    {
        if (section.IsEmpty)
        {
            return None;
        }

        string? reason = null;
        List<UserProperty>? user = null;
        PropertyReader reader = new(section);
        while (reader.MoveNext())
        {
            if (reader.Id == PropertyId.ReasonString)
            {
                reason = MqttText.Decode(reader.Bytes);
            }
            else
            {
                UserProperty.Append(ref user, reader);
            }
        }

        return new AckProperties { ReasonString = reason, UserProperties = user ?? (IReadOnlyList<UserProperty>)[] };
    }

    /// <inheritdoc />
    void IWireProperties.WriteProperties(ref WireWriter writer)
    {
        writer.Property(PropertyId.ReasonString, ReasonString);
        writer.UserProperties(UserProperties);
    }
}
