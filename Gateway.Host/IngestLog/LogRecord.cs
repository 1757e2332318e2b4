using System.Buffers.Binary;
using Gateway.Protocols.Readings;

namespace Gateway.Host.IngestLog;

/// <summary>What a log record is. The numbers are on disk: never reuse one.</summary>
internal enum LogRecordKind : byte
{
    /// <summary>A message as a client published it.</summary>
    Message = 1,

    /// <summary>Time passed while a timer was armed and no message came.</summary>
    Tick = 2,

    /// <summary>The city snapshot named in the payload (its revision) is active from here.</summary>
    Snapshot = 3,

    /// <summary>A command to a case, JSON.</summary>
    CaseCommand = 4,

    /// <summary>A gateway started on this log; the payload is JSON: clock speed, exercise, how far the log's clock is ahead.</summary>
    GatewayStarted = 5,

    /// <summary>A change of a kept MQTT session, see Ingest/Persistence.</summary>
    Session = 6,

    /// <summary>The log's clock and the system's differ by another amount from here; the payload is that of <see cref="GatewayStarted"/>.</summary>
    ClockCompared = 7,
}

/// <summary>MQTT facts of a message record, as on disk.</summary>
[Flags]
internal enum LogRecordFlags : byte
{
    /// <summary>QoS 0, not retained.</summary>
    None = 0,

    /// <summary>QoS 1.</summary>
    Qos1 = 1,

    /// <summary>QoS 2.</summary>
    Qos2 = 2,

    /// <summary>The publisher asked to retain it.</summary>
    Retain = 4,

    /// <summary>The publisher marked it a redelivery.</summary>
    Duplicate = 8,

    /// <summary>Published over MQTT 5: the properties are v5 properties.</summary>
    Version5 = 16,

    /// <summary>A profile binds its topic: it is decoded. Without it the record is there because the message is retained, or owed to kept sessions.</summary>
    Ingested = 32,

    /// <summary>
    /// The topic's device was registered when the message came in, and was counted there: its outcome is counted for that device, whatever
    /// the snapshot in force further down the log says of it.
    /// </summary>
    DeviceCounted = 64,
}

/// <summary>
/// One record of the ingest log, a view over the bytes it was read from. Layout in FORMAT.md beside this file.
/// </summary>
internal readonly ref struct LogRecord
{
    /// <summary>Bytes before the client id.</summary>
    public const int HeaderLengthBytes = 24;

    private LogRecord(LogRecordKind kind, LogRecordFlags flags, ushort packetIdentifier, EventTime receivedAt, ReadOnlySpan<byte> clientId, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> properties, ReadOnlySpan<byte> payload)
    {
        Kind = kind;
        Flags = flags;
        PacketIdentifier = packetIdentifier;
        ReceivedAt = receivedAt;
        ClientId = clientId;
        Topic = topic;
        Properties = properties;
        Payload = payload;
    }

    /// <summary>What it is.</summary>
    public LogRecordKind Kind { get; }

    /// <summary>MQTT facts; none for other kinds.</summary>
    public LogRecordFlags Flags { get; }

    /// <summary>Packet identifier of a QoS 2 message, by which its sender asks after it; else 0.</summary>
    public ushort PacketIdentifier { get; }

    /// <summary>Log time: never decreases along the log.</summary>
    public EventTime ReceivedAt { get; }

    /// <summary>UTF-8 client id of the publisher; the actor of other kinds, or empty.</summary>
    public ReadOnlySpan<byte> ClientId { get; }

    /// <summary>UTF-8 topic name; the case number of a command, or empty.</summary>
    public ReadOnlySpan<byte> Topic { get; }

    /// <summary>Raw MQTT 5 properties without their length.</summary>
    public ReadOnlySpan<byte> Properties { get; }

    /// <summary>The payload as it came.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Whether a flag is set.</summary>
    public bool Has(LogRecordFlags flag) => (Flags & flag) != 0;

    /// <summary>Bytes a record takes.</summary>
    public static int LengthBytes(int clientId, int topic, int properties, int payload) =>
        checked(HeaderLengthBytes + clientId + topic + properties + payload);

    /// <summary>Writes a record at the start of <paramref name="destination"/> and returns its length.</summary>
    public static int Write(Span<byte> destination, LogRecordKind kind, LogRecordFlags flags, EventTime receivedAt, ReadOnlySpan<byte> clientId, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> properties, ReadOnlySpan<byte> payload, ushort packetIdentifier = 0)
    {
        int length = LengthBytes(clientId.Length, topic.Length, properties.Length, payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(destination, (uint)(length - 4));
        destination[4] = (byte)kind;
        destination[5] = (byte)flags;
        BinaryPrimitives.WriteUInt16LittleEndian(destination[6..], checked((ushort)clientId.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(destination[8..], checked((ushort)topic.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(destination[10..], packetIdentifier);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[12..], (uint)properties.Length);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], receivedAt.UnixMilliseconds);
        Span<byte> rest = destination[HeaderLengthBytes..];
        clientId.CopyTo(rest);
        rest = rest[clientId.Length..];
        topic.CopyTo(rest);
        rest = rest[topic.Length..];
        properties.CopyTo(rest);
        rest = rest[properties.Length..];
        payload.CopyTo(rest);
        return length;
    }

    /// <summary>Reads the record at the start of <paramref name="source"/>; false when the lengths in it do not fit.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out LogRecord record, out int lengthBytes)
    {
        record = default;
        lengthBytes = 0;
        if (source.Length < HeaderLengthBytes)
        {
            return false;
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(source);
        int clientId = BinaryPrimitives.ReadUInt16LittleEndian(source[6..]);
        int topic = BinaryPrimitives.ReadUInt16LittleEndian(source[8..]);
        uint properties = BinaryPrimitives.ReadUInt32LittleEndian(source[12..]);
        long fixedPart = HeaderLengthBytes + clientId + topic + (long)properties;
        if (length > source.Length - 4 || fixedPart > length + 4L)
        {
            return false;
        }

        lengthBytes = (int)length + 4;
        ReadOnlySpan<byte> rest = source[HeaderLengthBytes..lengthBytes];
        record = new LogRecord(
            (LogRecordKind)source[4],
            (LogRecordFlags)source[5],
            BinaryPrimitives.ReadUInt16LittleEndian(source[10..]),
            new EventTime(BinaryPrimitives.ReadInt64LittleEndian(source[16..])),
            rest[..clientId],
            rest.Slice(clientId, topic),
            rest.Slice(clientId + topic, (int)properties),
            rest[(clientId + topic + (int)properties)..]);
        return true;
    }
}
