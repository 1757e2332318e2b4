using System.Collections.Concurrent;

namespace Gateway.Host.Pipeline;

/// <summary>Why a message was refused before it reached the log. Names in snake case in the API and in metrics.</summary>
internal enum Rejection : byte
{
    /// <summary>Larger than the packet limit.</summary>
    PacketTooLarge = 0,

    /// <summary>The publisher may not publish on this topic.</summary>
    NotAuthorized = 1,

    /// <summary>More unacknowledged messages than allowed.</summary>
    ReceiveMaximumExceeded = 2,

    /// <summary>The log could not be written.</summary>
    LogUnavailable = 3,

    /// <summary>The gateway was closing.</summary>
    Closing = 4,

    /// <summary>The PUBLISH broke the protocol; the connection was closed.</summary>
    Malformed = 5,

    /// <summary>More retained messages than allowed.</summary>
    QuotaExceeded = 6,

    /// <summary>The payload was not the UTF-8 it said it was.</summary>
    PayloadFormatInvalid = 7,

    /// <summary>The publisher sends more messages or bytes a second than it may.</summary>
    RateExceeded = 8,

    /// <summary>The log is as long, or the disk as full, as it may be for messages of this kind.</summary>
    LogFull = 9,
}

/// <summary>Counts of one device, or of all.</summary>
internal sealed class LedgerEntry
{
    private readonly long[] _outcomes = new long[Outcomes.Count];
    private long _accepted;
    private long _refusedByLog;

    /// <summary>Messages handed to the log.</summary>
    public long Accepted => Volatile.Read(ref _accepted);

    /// <summary>Messages handed to the log that it could not make durable; their publishers were told.</summary>
    public long RefusedByLog => Volatile.Read(ref _refusedByLog);

    /// <summary>Messages the pipeline has an outcome for.</summary>
    public long Processed => _outcomes.Sum();

    /// <summary>Messages with this outcome.</summary>
    public long this[Outcome outcome] => Volatile.Read(ref _outcomes[(int)outcome]);

    /// <summary>Counts messages at the door.</summary>
    public void Accept(long count = 1) => Interlocked.Add(ref _accepted, count);

    /// <summary>Counts messages whose commit failed.</summary>
    public void RefuseByLog(long count) => Interlocked.Add(ref _refusedByLog, count);

    /// <summary>Counts an outcome. Called by the pipeline alone.</summary>
    public void Count(Outcome outcome) => Volatile.Write(ref _outcomes[(int)outcome], _outcomes[(int)outcome] + 1);

    /// <summary>Writes the outcomes, and what the log refused, for a checkpoint.</summary>
    public void Save(BinaryWriter writer)
    {
        writer.Write(RefusedByLog);
        foreach (long count in _outcomes)
        {
            writer.Write(count);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote of <paramref name="outcomes"/> outcomes; what has an outcome, or was refused, was accepted.</summary>
    public void Load(BinaryReader reader, int outcomes)
    {
        _refusedByLog = reader.ReadInt64();
        for (int i = 0; i < outcomes; i++)
        {
            _outcomes[i] = reader.ReadInt64();
        }

        _accepted = Processed + _refusedByLog;
    }
}

/// <summary>
/// The conservation ledger: received = stored + duplicate + quarantined + rejected + in flight. The door counts what it hands to the
/// log, the pipeline counts what came of it; the two sides know nothing of each other, so a leak shows as an in-flight count that
/// does not return to zero. Safe for threads; outcomes have one writer.
/// </summary>
internal sealed class Ledger
{
    private static readonly string[] RejectionNames = ["packet_too_large", "not_authorized", "receive_maximum_exceeded", "log_unavailable", "closing", "malformed", "quota_exceeded", "payload_format_invalid", "rate_exceeded", "log_full"];

    private readonly ConcurrentDictionary<string, LedgerEntry> _devices = new(StringComparer.Ordinal);
    private readonly long[] _rejections = new long[RejectionNames.Length];

    /// <summary>All messages.</summary>
    public LedgerEntry Total { get; } = new();

    /// <summary>Devices that have sent something, by id.</summary>
    public IEnumerable<KeyValuePair<string, LedgerEntry>> Devices => _devices;

    /// <summary>The entry of a registered device.</summary>
    public LedgerEntry Device(string deviceId) => _devices.GetOrAdd(deviceId, static _ => new LedgerEntry());

    /// <summary>Counts a refusal at the door.</summary>
    public void Reject(Rejection rejection) => Interlocked.Increment(ref _rejections[(int)rejection]);

    /// <summary>Refusals by name.</summary>
    public IEnumerable<(string Name, long Count)> Rejections =>
        RejectionNames.Select((name, i) => (name, Volatile.Read(ref _rejections[i]) + (i == (int)Rejection.LogUnavailable ? Total.RefusedByLog : 0)));

    /// <summary>Writes the ledger into a checkpoint.</summary>
    public void Save(BinaryWriter writer)
    {
        writer.Write((byte)Outcomes.Count);
        Total.Save(writer);
        writer.Write((byte)_rejections.Length);
        foreach (long count in _rejections)
        {
            writer.Write(count);
        }

        KeyValuePair<string, LedgerEntry>[] devices = [.. _devices.Where(d => d.Value.Processed > 0 || d.Value.RefusedByLog > 0)];
        writer.Write(devices.Length);
        foreach ((string id, LedgerEntry entry) in devices)
        {
            writer.Write(id);
            entry.Save(writer);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote into an empty ledger.</summary>
    public void Load(BinaryReader reader)
    {
        int outcomes = reader.ReadByte();
        if (outcomes > Outcomes.Count)
        {
            throw new InvalidDataException("checkpoint: written by a newer gateway");
        }

        Total.Load(reader, outcomes);
        int rejections = reader.ReadByte();
        for (int i = 0; i < rejections; i++)
        {
            _rejections[i] = reader.ReadInt64();
        }

        int devices = reader.ReadInt32();
        for (int i = 0; i < devices; i++)
        {
            Device(reader.ReadString()).Load(reader, outcomes);
        }
    }
}
