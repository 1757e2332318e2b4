using System.Text;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Mqtt.Sessions;
using Gateway.Protocols.Mqtt.Topics;

namespace Gateway.Host.Ingest.Sessions.Persistence;

/// <summary>What changed in a kept session. The numbers are on disk: never reuse one.</summary>
internal enum SessionChangeKind : byte
{
    /// <summary>The session began, or its expiry or owner is another now.</summary>
    Opened = 1,

    /// <summary>The client went; the expiry runs from the record's time.</summary>
    Detached = 2,

    /// <summary>The session ended.</summary>
    Ended = 3,

    /// <summary>A subscription was made or replaced.</summary>
    Subscribed = 4,

    /// <summary>A subscription was taken back.</summary>
    Unsubscribed = 5,

    /// <summary>The client released the identifier of a QoS 2 message it had sent.</summary>
    Released = 6,
}

/// <summary>One change of a kept session as the payload of a log record; the record's client id says whose. Layout: kind (1), then what it needs.</summary>
internal sealed record SessionChange(SessionChangeKind Kind)
{
    /// <summary>With <see cref="SessionChangeKind.Opened"/>.</summary>
    public TimeSpan Expiry { get; init; }

    /// <summary>With <see cref="SessionChangeKind.Opened"/>: whose session it is.</summary>
    public string Owner { get; init; } = "";

    /// <summary>With <see cref="SessionChangeKind.Subscribed"/>; of <see cref="SessionChangeKind.Unsubscribed"/> only the filter.</summary>
    public Subscription Subscription { get; init; }

    /// <summary>With <see cref="SessionChangeKind.Released"/>.</summary>
    public ushort PacketIdentifier { get; init; }

    /// <summary>The payload.</summary>
    public byte[] ToBytes()
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream, Encoding.UTF8);
        writer.Write((byte)Kind);
        switch (Kind)
        {
            case SessionChangeKind.Opened:
                writer.Write((uint)Expiry.TotalSeconds);
                writer.Write(Owner);
                break;
            case SessionChangeKind.Subscribed:
                WriteSubscription(writer, Subscription);
                break;
            case SessionChangeKind.Unsubscribed:
                writer.Write(Subscription.Filter.Text);
                break;
            case SessionChangeKind.Released:
                writer.Write(PacketIdentifier);
                break;
        }

        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Reads a payload; null when it is none of ours.</summary>
    public static SessionChange? Read(ReadOnlySpan<byte> payload)
    {
        try
        {
            using BinaryReader reader = new(new MemoryStream(payload.ToArray()), Encoding.UTF8);
            SessionChange change = new((SessionChangeKind)reader.ReadByte());
            return change.Kind switch
            {
                SessionChangeKind.Opened => change with { Expiry = TimeSpan.FromSeconds(reader.ReadUInt32()), Owner = reader.ReadString() },
                SessionChangeKind.Subscribed => change with { Subscription = ReadSubscription(reader) },
                SessionChangeKind.Unsubscribed => change with { Subscription = new Subscription(ReadFilter(reader), default, 0) },
                SessionChangeKind.Released => change with { PacketIdentifier = reader.ReadUInt16() },
                SessionChangeKind.Detached or SessionChangeKind.Ended => change,
                _ => null,
            };
        }
        catch (Exception e) when (e is EndOfStreamException or InvalidDataException)
        {
            return null; // the CRC of its frame was right, so a later version wrote it: unknown, as an unknown kind is
        }
    }

    /// <summary>Filter, options as on the wire (1), identifier (4).</summary>
    public static void WriteSubscription(BinaryWriter writer, in Subscription subscription)
    {
        writer.Write(subscription.Filter.Text);
        writer.Write(subscription.Options.ToByte());
        writer.Write(subscription.SubscriptionIdentifier);
    }

    /// <summary>Reads what <see cref="WriteSubscription"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is no subscription.</exception>
    public static Subscription ReadSubscription(BinaryReader reader)
    {
        TopicFilter filter = ReadFilter(reader);
        return SubscriptionOptions.TryParse(reader.ReadByte(), isV5: true, out SubscriptionOptions options, out ParseError error)
            ? new Subscription(filter, options, reader.ReadUInt32())
            : throw new InvalidDataException(error.ToString());
    }

    private static TopicFilter ReadFilter(BinaryReader reader)
    {
        string text = reader.ReadString();
        return TopicFilter.TryParse(text, out TopicFilter filter) ? filter : throw new InvalidDataException($"{text} is no topic filter");
    }
}
