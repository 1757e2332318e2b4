namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>What one hop adds to the properties of a message it passes on. Ignored when writing 3.1.1.</summary>
public readonly ref struct PublishAdditions
{
    /// <summary>Topic alias to set or to use; 0 for none.</summary>
    public ushort TopicAlias { get; init; }

    /// <summary>Lifetime left, seconds; null when the message does not expire.</summary>
    public uint? MessageExpiryIntervalSeconds { get; init; }

    /// <summary>Identifiers of the subscriptions the message matched [MQTT-3.3.4-3].</summary>
    public ReadOnlySpan<uint> SubscriptionIdentifiers { get; init; }

    internal void Write(ref WireWriter writer)
    {
        writer.Property(PropertyId.MessageExpiryInterval, MessageExpiryIntervalSeconds);
        if (TopicAlias != 0)
        {
            writer.Property(PropertyId.TopicAlias, (ushort?)TopicAlias);
        }

        foreach (uint identifier in SubscriptionIdentifiers)
        {
            writer.SubscriptionIdentifier(identifier);
        }
    }
}
