namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>
/// Which property is written how, may stand in which packet, how often, with which values (v5 table 2-4). A packet's bit in a mask is
/// its type; bit 0 is the Will.
/// </summary>
internal static class PropertyRules
{
    private const int Count = (int)PropertyId.SharedSubscriptionAvailable + 1;

    private const ushort AllPackets = 0b1100_1111_1111_1111;

    private static readonly PropertyWireType[] WireTypes = BuildWireTypes();

    private static readonly ushort[] Packets = BuildPackets();

    /// <summary>How the value of <paramref name="id"/> is written; Unknown for an identifier nobody knows.</summary>
    public static PropertyWireType WireTypeOf(PropertyId id) => (int)id < Count ? WireTypes[(int)id] : PropertyWireType.Unknown;

    /// <summary>Whether the section is well formed and allowed in <paramref name="packet"/> (Reserved = Will). Allocates nothing.</summary>
    public static bool TryValidate(ReadOnlySpan<byte> section, PacketType packet, scoped in ParseContext context, out ParseError error)
    {
        error = default;
        if (section.IsEmpty)
        {
            return true;
        }

        PropertyReader reader = new(section);
        ulong seen = 0;
        int userProperties = 0;
        while (reader.MoveNext(out error))
        {
            error = Judge(reader, packet, context, ref seen, ref userProperties);
            if (error.IsError)
            {
                return false;
            }
        }

        const ulong Method = 1UL << (int)PropertyId.AuthenticationMethod;
        const ulong Data = 1UL << (int)PropertyId.AuthenticationData;
        if (!error.IsError && (seen & (Method | Data)) == Data)
        {
            error = ParseErrors.AuthenticationMethodMissing;
        }

        return !error.IsError;
    }

    private static ParseError Judge(in PropertyReader reader, PacketType packet, scoped in ParseContext context, ref ulong seen, ref int userProperties)
    {
        PropertyId id = reader.Id;
        if ((Packets[(int)id] & (1 << (int)packet)) == 0)
        {
            return ParseErrors.PropertyMisplaced;
        }

        if (id == PropertyId.UserProperty)
        {
            return ++userProperties > context.UserPropertyLimit ? ParseErrors.TooManyUserProperties : default;
        }

        ulong bit = 1UL << (int)id;
        bool repeatable = id == PropertyId.SubscriptionIdentifier && packet == PacketType.Publish;
        if ((seen & bit) != 0 && !repeatable)
        {
            return ParseErrors.PropertyDuplicate;
        }

        seen |= bit;
        if (repeatable && context.Sender == PacketSender.Client)
        {
            return ParseErrors.SubscriptionIdentifierFromClient;
        }

        return JudgeValue(reader);
    }

    private static ParseError JudgeValue(in PropertyReader reader)
    {
        switch (reader.Id)
        {
            case PropertyId.TopicAlias:
                return reader.Number == 0 ? ParseErrors.TopicAliasZero : default;
            case PropertyId.ReceiveMaximum or PropertyId.MaximumPacketSize or PropertyId.SubscriptionIdentifier:
                return reader.Number == 0 ? ParseErrors.PropertyValue : default;
            case PropertyId.ResponseTopic:
                return reader.Bytes.IsEmpty || reader.Bytes.IndexOfAny((byte)'+', (byte)'#') >= 0 ? ParseErrors.ResponseTopic : default;
            default:
                return WireTypes[(int)reader.Id] == PropertyWireType.Byte && reader.Number > 1 ? ParseErrors.PropertyValue : default;
        }
    }

    private static PropertyWireType[] BuildWireTypes()
    {
        PropertyWireType[] types = new PropertyWireType[Count];
        Set(types, PropertyWireType.Byte, PropertyId.PayloadFormatIndicator, PropertyId.RequestProblemInformation,
            PropertyId.RequestResponseInformation, PropertyId.MaximumQos, PropertyId.RetainAvailable,
            PropertyId.WildcardSubscriptionAvailable, PropertyId.SubscriptionIdentifierAvailable, PropertyId.SharedSubscriptionAvailable);
        Set(types, PropertyWireType.TwoBytes, PropertyId.ServerKeepAlive, PropertyId.ReceiveMaximum, PropertyId.TopicAliasMaximum, PropertyId.TopicAlias);
        Set(types, PropertyWireType.FourBytes, PropertyId.MessageExpiryInterval, PropertyId.SessionExpiryInterval,
            PropertyId.WillDelayInterval, PropertyId.MaximumPacketSize);
        Set(types, PropertyWireType.Variable, PropertyId.SubscriptionIdentifier);
        Set(types, PropertyWireType.Text, PropertyId.ContentType, PropertyId.ResponseTopic, PropertyId.AssignedClientIdentifier,
            PropertyId.AuthenticationMethod, PropertyId.ResponseInformation, PropertyId.ServerReference, PropertyId.ReasonString);
        Set(types, PropertyWireType.Binary, PropertyId.CorrelationData, PropertyId.AuthenticationData);
        Set(types, PropertyWireType.TextPair, PropertyId.UserProperty);
        return types;
    }

    private static ushort[] BuildPackets()
    {
        const PacketType Will = PacketType.Reserved;
        ushort[] packets = new ushort[Count];
        Allow(packets, [PacketType.Publish, Will], PropertyId.PayloadFormatIndicator, PropertyId.MessageExpiryInterval,
            PropertyId.ContentType, PropertyId.ResponseTopic, PropertyId.CorrelationData);
        Allow(packets, [PacketType.Publish, PacketType.Subscribe], PropertyId.SubscriptionIdentifier);
        Allow(packets, [PacketType.Publish], PropertyId.TopicAlias);
        Allow(packets, [Will], PropertyId.WillDelayInterval);
        Allow(packets, [PacketType.Connect, PacketType.ConnAck, PacketType.Disconnect], PropertyId.SessionExpiryInterval);
        Allow(packets, [PacketType.Connect, PacketType.ConnAck], PropertyId.ReceiveMaximum, PropertyId.TopicAliasMaximum, PropertyId.MaximumPacketSize);
        Allow(packets, [PacketType.Connect], PropertyId.RequestProblemInformation, PropertyId.RequestResponseInformation);
        Allow(packets, [PacketType.Connect, PacketType.ConnAck, PacketType.Auth], PropertyId.AuthenticationMethod, PropertyId.AuthenticationData);
        Allow(packets, [PacketType.ConnAck], PropertyId.AssignedClientIdentifier, PropertyId.ServerKeepAlive, PropertyId.ResponseInformation,
            PropertyId.MaximumQos, PropertyId.RetainAvailable, PropertyId.WildcardSubscriptionAvailable,
            PropertyId.SubscriptionIdentifierAvailable, PropertyId.SharedSubscriptionAvailable);
        Allow(packets, [PacketType.ConnAck, PacketType.Disconnect], PropertyId.ServerReference);
        Allow(packets, [PacketType.ConnAck, PacketType.PubAck, PacketType.PubRec, PacketType.PubRel, PacketType.PubComp, PacketType.SubAck,
            PacketType.UnsubAck, PacketType.Disconnect, PacketType.Auth], PropertyId.ReasonString);
        packets[(int)PropertyId.UserProperty] = AllPackets;
        return packets;
    }

    private static void Set(PropertyWireType[] types, PropertyWireType type, params ReadOnlySpan<PropertyId> ids)
    {
        foreach (PropertyId id in ids)
        {
            types[(int)id] = type;
        }
    }

    private static void Allow(ushort[] packets, ReadOnlySpan<PacketType> allowed, params ReadOnlySpan<PropertyId> ids)
    {
        foreach (PropertyId id in ids)
        {
            foreach (PacketType packet in allowed)
            {
                packets[(int)id] |= (ushort)(1 << (int)packet);
            }
        }
    }
}
