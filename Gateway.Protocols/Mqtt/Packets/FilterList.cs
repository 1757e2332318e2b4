using Gateway.Protocols.Mqtt.Topics;

namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>What SUBSCRIBE, UNSUBSCRIBE and their acknowledgements have in common on the wire.</summary>
internal static class FilterList
{
    /// <summary>Reads packet identifier and properties.</summary>
    public static bool TryReadHead(
        ref PacketReader reader,
        PacketType packet,
        scoped in ParseContext context,
        out ushort identifier,
        out ReadOnlySpan<byte> section,
        out ParseError error)
    {
        section = default;
        error = default;
        if (!reader.TryReadUInt16(out identifier))
        {
            error = ParseErrors.Truncated;
            return false;
        }

        if (identifier == 0)
        {
            error = ParseErrors.PacketIdentifierZero;
            return false;
        }

        return !context.IsV5 || reader.TryReadProperties(packet, context, out section, out error);
    }

    /// <summary>Reads one topic filter; <paramref name="count"/> were read before.</summary>
    public static bool TryReadFilter(ref PacketReader reader, int count, scoped in ParseContext context, out TopicFilter filter, out ParseError error)
    {
        filter = default;
        if (count >= context.FilterLimit)
        {
            error = ParseErrors.TooManyFilters;
            return false;
        }

        if (!reader.TryReadText(out ReadOnlySpan<byte> text, out error))
        {
            return false;
        }

        if (!TopicFilter.TryParse(MqttText.Decode(text), out filter))
        {
            error = ParseErrors.TopicFilter;
            return false;
        }

        return true;
    }

    /// <summary>Reads the reason codes of SUBACK or v5 UNSUBACK.</summary>
    public static bool TryReadCodes(ref PacketReader reader, PacketType packet, scoped in ParseContext context, out ReasonCode[] codes, out ParseError error)
    {
        ReadOnlySpan<byte> rest = reader.Rest;
        codes = [];
        if (rest.IsEmpty || rest.Length > context.FilterLimit)
        {
            error = rest.IsEmpty ? ParseErrors.NoFilters : ParseErrors.TooManyFilters;
            return false;
        }

        foreach (byte code in rest)
        {
            bool allowed = context.IsV5 ? ReasonCodes.IsAllowed((ReasonCode)code, packet, context.Sender) : code is <= 2 or 0x80;
            if (!allowed)
            {
                error = ParseErrors.ReasonCodeNotAllowed;
                return false;
            }
        }

        codes = new ReasonCode[rest.Length];
        for (int i = 0; i < codes.Length; i++)
        {
            codes[i] = (ReasonCode)rest[i];
        }

        error = default;
        return true;
    }
}
