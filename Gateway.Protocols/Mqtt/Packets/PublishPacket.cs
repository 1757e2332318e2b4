using System.Buffers;
using System.Runtime.CompilerServices;

namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>
/// PUBLISH (v5 section 3.3), parsed in place: the spans point into the caller's buffer and nothing is allocated. Valid while that buffer
/// is. <code>topic name (2 + n) | packet identifier (2, QoS 1 and 2 only) | v5: property length, properties | payload</code>
/// </summary>
public readonly ref struct PublishPacket
{
    // Nearly every topic is ASCII without NUL and wildcards: one vectorised pass says so, and the three rules need not be asked one by one.
    private static readonly SearchValues<byte> PlainTopicBytes =
        SearchValues.Create([.. Enumerable.Range(1, 0x7F).Where(b => b is not ('+' or '#')).Select(b => (byte)b)]);

    /// <summary>Topic name, UTF-8; empty only in v5 with a topic alias.</summary>
    public ReadOnlySpan<byte> Topic { get; init; }

    /// <summary>The application message.</summary>
    public ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>The raw v5 properties, validated, without their length; see <see cref="PublishProperties.Read"/>. Empty in 3.1.1.</summary>
    public ReadOnlySpan<byte> Properties { get; init; }

    /// <summary>Packet identifier, 0 at QoS 0.</summary>
    public ushort PacketIdentifier { get; init; }

    /// <summary>Quality of service.</summary>
    public Qos Qos { get; init; }

    /// <summary>Whether to keep it, or that it was kept.</summary>
    public bool Retain { get; init; }

    /// <summary>Whether it may have been sent before.</summary>
    public bool Dup { get; init; }

    /// <summary>Topic alias found in <see cref="Properties"/>, 0 when there is none. A writer looks at the properties only.</summary>
    public ushort TopicAlias { get; init; }

    /// <summary>Lifetime found in <see cref="Properties"/>, seconds. A writer looks at the properties only.</summary>
    public uint? MessageExpiryIntervalSeconds { get; init; }

    /// <summary>Whether <see cref="Properties"/> declare the payload to be UTF-8.</summary>
    public bool PayloadIsDeclaredUtf8 { get; init; }

    /// <summary>Parses a body whose flags are in <paramref name="header"/>. False with <paramref name="error"/>; never throws.</summary>
    public static bool TryParse(in FixedHeader header, ReadOnlySpan<byte> body, in ParseContext context, out PublishPacket packet, out ParseError error)
    {
        packet = default;
        Qos qos = (Qos)((header.Flags >> 1) & 3);
        bool dup = (header.Flags & 8) != 0;
        if (dup && qos == Qos.AtMostOnce)
        {
            error = ParseErrors.DupOnQos0;
            return false;
        }

        PacketReader reader = new(body);
        if (!reader.TryReadBinary(out ReadOnlySpan<byte> topic))
        {
            error = ParseErrors.Truncated;
            return false;
        }

        if (topic.ContainsAnyExcept(PlainTopicBytes) && !TryJudgeTopic(topic, out error))
        {
            return false;
        }

        ushort identifier = 0;
        if (qos != Qos.AtMostOnce)
        {
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
        }

        ReadOnlySpan<byte> properties = default;
        Extract extract = default;
        if (context.IsV5)
        {
            if (!reader.TryReadProperties(PacketType.Publish, context, out properties, out error))
            {
                return false;
            }

            if (!properties.IsEmpty)
            {
                extract = Scan(properties);
            }
        }

        if (topic.IsEmpty && extract.Alias == 0)
        {
            error = ParseErrors.TopicNameEmpty;
            return false;
        }

        packet = new PublishPacket
        {
            Topic = topic,
            Payload = reader.Rest,
            Properties = properties,
            PacketIdentifier = identifier,
            Qos = qos,
            Retain = (header.Flags & 1) != 0,
            Dup = dup,
            TopicAlias = extract.Alias,
            MessageExpiryIntervalSeconds = extract.Expiry,
            PayloadIsDeclaredUtf8 = extract.Utf8,
        };
        error = default;
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryJudgeTopic(ReadOnlySpan<byte> topic, out ParseError error)
    {
        error = !MqttText.IsValid(topic) ? ParseErrors.Text
            : topic.IndexOfAny((byte)'+', (byte)'#') >= 0 ? ParseErrors.TopicNameWildcard
            : default;
        return !error.IsError;
    }

    private static Extract Scan(ReadOnlySpan<byte> properties)
    {
        Extract found = default;
        PropertyReader reader = new(properties);
        while (reader.MoveNext())
        {
            switch (reader.Id)
            {
                case PropertyId.TopicAlias: found.Alias = (ushort)reader.Number; break;
                case PropertyId.MessageExpiryInterval: found.Expiry = reader.Number; break;
                case PropertyId.PayloadFormatIndicator: found.Utf8 = reader.Number == 1; break;
            }
        }

        return found;
    }

    private struct Extract
    {
        public ushort Alias;
        public uint? Expiry;
        public bool Utf8;
    }
}
