using Gateway.Protocols.Mqtt.Topics;

namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>
/// UNSUBSCRIBE (v5 section 3.10). Immutable.
/// <code>packet identifier (2) | v5: property length, properties | one or more: filter (2 + n)</code>
/// </summary>
public sealed record UnsubscribePacket : IWireBody, IWireProperties
{
    /// <summary>From 1.</summary>
    public required ushort PacketIdentifier { get; init; }

    /// <summary>The filters in order, at least one.</summary>
    public required IReadOnlyList<TopicFilter> Filters { get; init; }

    /// <summary>User properties in order.</summary>
    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];

    /// <summary>Parses a body. False with <paramref name="error"/>; never throws.</summary>
    public static bool TryParse(ReadOnlySpan<byte> body, in ParseContext context, out UnsubscribePacket? packet, out ParseError error)
    {
        packet = null;
        PacketReader reader = new(body);
        if (!FilterList.TryReadHead(ref reader, PacketType.Unsubscribe, context, out ushort identifier, out ReadOnlySpan<byte> section, out error))
        {
            return false;
        }

        List<TopicFilter> filters = [];
        while (!reader.IsAtEnd)
        {
            if (!FilterList.TryReadFilter(ref reader, filters.Count, context, out TopicFilter filter, out error))
            {
                return false;
            }

            filters.Add(filter);
        }

        if (filters.Count == 0)
        {
            error = ParseErrors.NoFilters;
            return false;
        }

        packet = new UnsubscribePacket { PacketIdentifier = identifier, Filters = filters, UserProperties = AckProperties.Read(section).UserProperties };
        return true;
    }

    /// <inheritdoc />
    void IWireBody.WriteBody(ref WireWriter writer, MqttProtocolVersion version)
    {
        writer.UInt16(PacketIdentifier);
        if (version == MqttProtocolVersion.V5)
        {
            writer.Properties(this);
        }

        foreach (TopicFilter filter in Filters)
        {
            writer.Text(filter.Text);
        }
    }

    /// <inheritdoc />
    void IWireProperties.WriteProperties(ref WireWriter writer) => writer.UserProperties(UserProperties);
}
