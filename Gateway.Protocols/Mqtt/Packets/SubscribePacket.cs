using Gateway.Protocols.Mqtt.Topics;

namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>
/// SUBSCRIBE (v5 section 3.8). Immutable.
/// <code>packet identifier (2) | v5: property length, properties | one or more: filter (2 + n), options (1)</code>
/// </summary>
public sealed record SubscribePacket : IWireBody, IWireProperties
{
    /// <summary>From 1.</summary>
    public required ushort PacketIdentifier { get; init; }

    /// <summary>The filters in order, at least one.</summary>
    public required IReadOnlyList<SubscriptionRequest> Requests { get; init; }

    /// <summary>Identifier that comes with every message these subscriptions bring; 0 for none.</summary>
    public uint SubscriptionIdentifier { get; init; }

    /// <summary>User properties in order.</summary>
    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];

    /// <summary>Parses a body. False with <paramref name="error"/>; never throws.</summary>
    public static bool TryParse(ReadOnlySpan<byte> body, in ParseContext context, out SubscribePacket? packet, out ParseError error)
    {
        packet = null;
        PacketReader reader = new(body);
        if (!FilterList.TryReadHead(ref reader, PacketType.Subscribe, context, out ushort identifier, out ReadOnlySpan<byte> section, out error))
        {
            return false;
        }

        List<SubscriptionRequest> requests = [];
        while (!reader.IsAtEnd)
        {
            if (!FilterList.TryReadFilter(ref reader, requests.Count, context, out TopicFilter filter, out error))
            {
                return false;
            }

            if (!reader.TryReadByte(out byte bits))
            {
                error = ParseErrors.Truncated;
                return false;
            }

            if (!SubscriptionOptions.TryParse(bits, context.IsV5, out SubscriptionOptions options, out error))
            {
                return false;
            }

            if (options.NoLocal && filter.IsShared)
            {
                error = ParseErrors.NoLocalShared;
                return false;
            }

            requests.Add(new SubscriptionRequest(filter, options));
        }

        error = requests.Count == 0 ? ParseErrors.NoFilters : default;
        packet = error.IsError ? null : Create(identifier, requests, section);
        return !error.IsError;
    }

    /// <inheritdoc />
    void IWireBody.WriteBody(ref WireWriter writer, MqttProtocolVersion version)
    {
        bool isV5 = version == MqttProtocolVersion.V5;
        writer.UInt16(PacketIdentifier);
        if (isV5)
        {
            writer.Properties(this);
        }

        foreach (SubscriptionRequest request in Requests)
        {
            writer.Text(request.Filter.Text);
            writer.Byte(isV5 ? request.Options.ToByte() : (byte)request.Options.MaximumQos);
        }
    }

    /// <inheritdoc />
    void IWireProperties.WriteProperties(ref WireWriter writer)
    {
        if (SubscriptionIdentifier != 0)
        {
            writer.SubscriptionIdentifier(SubscriptionIdentifier);
        }

        writer.UserProperties(UserProperties);
    }

    private static SubscribePacket Create(ushort identifier, List<SubscriptionRequest> requests, ReadOnlySpan<byte> section)
    {
        uint subscriptionIdentifier = 0;
        List<UserProperty>? user = null;
        PropertyReader properties = new(section);
        while (properties.MoveNext())
        {
            if (properties.Id == PropertyId.SubscriptionIdentifier)
            {
                subscriptionIdentifier = properties.Number;
            }
            else
            {
                UserProperty.Append(ref user, properties);
            }
        }

        return new SubscribePacket
        {
            PacketIdentifier = identifier,
            Requests = requests,
            SubscriptionIdentifier = subscriptionIdentifier,
            UserProperties = user ?? (IReadOnlyList<UserProperty>)[],
        };
    }
}
