using System.Security.Cryptography;
using System.Text;
using Gateway.Host.Storage;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Mqtt.Sessions;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Ingest.Sessions.Persistence;

/// <summary>A session and whose it is.</summary>
/// <param name="State">The session.</param>
/// <param name="Owner">The principal that opened it.</param>
internal sealed record StoredSession(SessionState State, string Owner);

/// <summary>
/// All kept sessions as they were when the log had reached an offset; what came after is in the log. On disk: magic, version, offset, the
/// messages (each once, however many sessions owe it), the sessions, and the SHA-256 of all that. Numbers little-endian, texts UTF-8 with
/// a length before them.
/// </summary>
/// <param name="Offset">Everything in the log before it is in here.</param>
/// <param name="Sessions">The sessions.</param>
internal sealed record SessionSnapshot(long Offset, IReadOnlyList<StoredSession> Sessions)
{
    private const uint Magic = 0x53455347; // GSES
    private const ushort Version = 1;

    /// <summary>The file's content.</summary>
    public byte[] ToBytes()
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream, Encoding.UTF8);
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write(Offset);
        Dictionary<MqttMessage, int> numbers = new(ReferenceEqualityComparer.Instance);
        foreach (MqttMessage message in Sessions.SelectMany(s => s.State.Owed).Select(o => o.Message).OfType<MqttMessage>())
        {
            numbers.TryAdd(message, numbers.Count);
        }

        writer.Write(numbers.Count);
        foreach (MqttMessage message in numbers.OrderBy(n => n.Value).Select(n => n.Key))
        {
            Write(writer, message);
        }

        writer.Write(Sessions.Count);
        foreach (StoredSession session in Sessions)
        {
            Write(writer, session, numbers);
        }

        writer.Write(SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Reads the file's content.</summary>
    /// <exception cref="InvalidDataException">It is damaged or of another version.</exception>
    public static SessionSnapshot Read(byte[] bytes)
    {
        int body = bytes.Length - SHA256.HashSizeInBytes;
        if (body < 0 || !SHA256.HashData(bytes.AsSpan(0, body)).AsSpan().SequenceEqual(bytes.AsSpan(body)))
        {
            throw new InvalidDataException("its checksum is wrong");
        }

        try
        {
            return ReadBody(bytes, body);
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentException or FormatException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"it is not as a gateway writes it ({e.Message})", e);
        }
    }

    private static SessionSnapshot ReadBody(byte[] bytes, int body)
    {
        using BinaryReader reader = new(new MemoryStream(bytes, 0, body), Encoding.UTF8);
        if (reader.ReadUInt32() != Magic || reader.ReadUInt16() != Version)
        {
            throw new InvalidDataException("it is of another version");
        }

        long offset = reader.ReadInt64();
        MqttMessage[] messages = new MqttMessage[ReadCount(reader)];
        for (int i = 0; i < messages.Length; i++)
        {
            messages[i] = ReadMessage(reader);
        }

        StoredSession[] sessions = new StoredSession[ReadCount(reader)];
        for (int i = 0; i < sessions.Length; i++)
        {
            sessions[i] = ReadSession(reader, messages);
        }

        return new SessionSnapshot(offset, sessions);
    }

    /// <summary>Reads the file; null when there is none.</summary>
    /// <exception cref="InvalidDataException">It is damaged; says what to do.</exception>
    public static SessionSnapshot? Load(string path)
    {
        try
        {
            return File.Exists(path) ? Read(File.ReadAllBytes(path)) : null;
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}; move it away to start without the MQTT sessions of clients that were offline, or restore it from a backup", e);
        }
    }

    /// <summary>Writes the file: the old one or this one, whole, whatever happens.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public void Save(string path) => DurableFile.Replace(path, ToBytes());

    private static void Write(BinaryWriter writer, MqttMessage message)
    {
        Write(writer, message.Topic.Span);
        Write(writer, message.Payload.Span);
        Write(writer, message.Properties.Span);
        writer.Write((byte)message.Qos);
        writer.Write(message.Retain);
        writer.Write(message.ReceivedAt.UnixMilliseconds);
        writer.Write(message.ExpiryIntervalSeconds is not null);
        writer.Write(message.ExpiryIntervalSeconds ?? 0);
    }

    private static MqttMessage ReadMessage(BinaryReader reader)
    {
        byte[] topic = ReadBytes(reader);
        byte[] payload = ReadBytes(reader);
        byte[] properties = ReadBytes(reader);
        Qos qos = (Qos)reader.ReadByte();
        bool retain = reader.ReadBoolean();
        EventTime receivedAt = new(reader.ReadInt64());
        bool expires = reader.ReadBoolean();
        uint seconds = reader.ReadUInt32();
        return new MqttMessage
        {
            Topic = topic,
            Payload = payload,
            Properties = properties,
            Qos = qos,
            Retain = retain,
            ReceivedAt = receivedAt,
            ExpiryIntervalSeconds = expires ? seconds : null,
        };
    }

    private static void Write(BinaryWriter writer, StoredSession session, Dictionary<MqttMessage, int> numbers)
    {
        SessionState state = session.State;
        writer.Write(state.ClientId);
        writer.Write(session.Owner);
        writer.Write((uint)state.Expiry.TotalSeconds);
        writer.Write(state.DetachedAt?.UnixMilliseconds ?? long.MinValue);
        writer.Write(state.Subscriptions.Count);
        foreach (Subscription subscription in state.Subscriptions)
        {
            SessionChange.WriteSubscription(writer, subscription);
        }

        writer.Write(state.Held.Count);
        foreach (ushort identifier in state.Held)
        {
            writer.Write(identifier);
        }

        writer.Write(state.Owed.Count);
        foreach (OwedMessage owed in state.Owed)
        {
            writer.Write(owed.Message is { } message ? numbers[message] : -1);
            writer.Write((byte)owed.Qos);
            writer.Write(owed.Retain);
            writer.Write(owed.PacketIdentifier);
            writer.Write(owed.SubscriptionIdentifiers.Length);
            foreach (uint identifier in owed.SubscriptionIdentifiers)
            {
                writer.Write(identifier);
            }
        }
    }

    private static StoredSession ReadSession(BinaryReader reader, MqttMessage[] messages)
    {
        string clientId = reader.ReadString();
        string owner = reader.ReadString();
        TimeSpan expiry = TimeSpan.FromSeconds(reader.ReadUInt32());
        long detachedAt = reader.ReadInt64();
        Subscription[] subscriptions = new Subscription[ReadCount(reader)];
        for (int i = 0; i < subscriptions.Length; i++)
        {
            subscriptions[i] = SessionChange.ReadSubscription(reader);
        }

        ushort[] held = new ushort[ReadCount(reader)];
        for (int i = 0; i < held.Length; i++)
        {
            held[i] = reader.ReadUInt16();
        }

        OwedMessage[] owed = new OwedMessage[ReadCount(reader)];
        for (int i = 0; i < owed.Length; i++)
        {
            owed[i] = ReadOwed(reader, messages);
        }

        SessionState state = new()
        {
            ClientId = clientId,
            Expiry = expiry,
            DetachedAt = detachedAt == long.MinValue ? null : new EventTime(detachedAt),
            Subscriptions = subscriptions,
            Held = held,
            Owed = owed,
        };
        return new StoredSession(state, owner);
    }

    private static OwedMessage ReadOwed(BinaryReader reader, MqttMessage[] messages)
    {
        int number = reader.ReadInt32();
        Qos qos = (Qos)reader.ReadByte();
        bool retain = reader.ReadBoolean();
        ushort packetIdentifier = reader.ReadUInt16();
        uint[] identifiers = new uint[ReadCount(reader)];
        for (int i = 0; i < identifiers.Length; i++)
        {
            identifiers[i] = reader.ReadUInt32();
        }

        return new OwedMessage(number < 0 ? null : messages[number], qos, retain, identifiers, packetIdentifier);
    }

    private static void Write(BinaryWriter writer, ReadOnlySpan<byte> bytes)
    {
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }

    private static byte[] ReadBytes(BinaryReader reader) => reader.ReadBytes(ReadCount(reader));

    /// <summary>A count of things that have a byte each at least: more than there are bytes left is damage, not memory.</summary>
    private static int ReadCount(BinaryReader reader) =>
        reader.ReadInt32() is >= 0 and var count && count <= reader.BaseStream.Length - reader.BaseStream.Position ? count : throw new InvalidDataException("a count in it is larger than the file");
}
