using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Gateway.Protocols.Readings;
using Gateway.Rules.Evaluation;

namespace Gateway.Rules.Cases;

/// <summary>
/// What evaluation and load figures need of one case, so that a year of them is counted without reading the cases themselves. Made from the
/// case and from nothing else. Immutable.
/// </summary>
public readonly record struct CaseFigures
{
    private const long Never = long.MinValue;
    private const int FixedLengthBytes = 48;
    private const int LengthWithoutLeadBytes = FixedLengthBytes + sizeof(long);
    private const int LengthWithoutFirstBytes = LengthWithoutLeadBytes + sizeof(long);
    private const int LengthBytes = LengthWithoutFirstBytes + sizeof(byte) + sizeof(long);

    [Flags]
    private enum Marks : ushort
    {
        None = 0,
        Exercise = 1,
        Sensed = 2,
        Whistled = 4,
        Returned = 8,
        Reworked = 16,
        Reopened = 32,
        Deferred = 64,
        Led = 128,
        AcceptedOnTime = 256,
        DoneOnTime = 512,
        RollUp = 1024,
        StormSensed = 2048,
    }

    /// <summary>Where it stands.</summary>
    public CaseStatus Status { get; init; }

    /// <summary>Its worst severity.</summary>
    public AlertSeverity Severity { get; init; }

    /// <summary>When it was opened.</summary>
    public EventTime OpenedAt { get; init; }

    /// <summary>When it was closed; null while it is not.</summary>
    public EventTime? ClosedAt { get; init; }

    /// <summary>When its resolve clock is or was due; null where it has none.</summary>
    public EventTime? ResolveDueAt { get; init; }

    /// <summary>When the first of its running clocks is due; null while none runs.</summary>
    public EventTime? DueAt { get; init; }

    /// <summary>From the first breaching reading, or what a person saw, to its opening.</summary>
    public TimeSpan Lag { get; init; }

    /// <summary>From the first breaching reading to the first report of a person, negative where that was first; null where one of the two said nothing.</summary>
    public TimeSpan? Lead { get; init; }

    /// <summary>What stands for its key: the first eight bytes of the SHA-256 of its text.</summary>
    public long Key { get; init; }

    /// <summary>Its rating, 1 to 5; 0 before.</summary>
    public int Score { get; init; }

    /// <summary>What who reported it gave it, 1 to 5; 0 before.</summary>
    public int Rating { get; init; }

    /// <summary>Who was first with it; nobody where an earlier version stored it.</summary>
    public CaseFirst First { get; init; }

    /// <summary>Log time of its latest event; <see cref="EventTime.MaxValue"/> where an earlier version stored it: nobody knows.</summary>
    public EventTime ChangedAt { get; init; }

    /// <summary>Whether it is an exercise.</summary>
    public bool IsExercise => Has(Marks.Exercise);

    /// <summary>Whether a sensor opened it.</summary>
    public bool IsSensed => Has(Marks.Sensed);

    /// <summary>Whether units were summoned.</summary>
    public bool IsWhistled => Has(Marks.Whistled);

    /// <summary>Whether it was ever returned.</summary>
    public bool IsReturned => Has(Marks.Returned);

    /// <summary>Whether it ever failed verification.</summary>
    public bool IsReworked => Has(Marks.Reworked);

    /// <summary>Whether it was ever reopened.</summary>
    public bool IsReopened => Has(Marks.Reopened);

    /// <summary>Whether it is put off now.</summary>
    public bool IsDeferred => Has(Marks.Deferred);

    /// <summary>Whether somebody has it, or had it.</summary>
    public bool IsLed => Has(Marks.Led);

    /// <summary>Whether it was accepted, and in time.</summary>
    public bool IsAcceptedOnTime => Has(Marks.AcceptedOnTime);

    /// <summary>Whether it was done in time, or has no limit.</summary>
    public bool IsDoneOnTime => Has(Marks.DoneOnTime);

    /// <summary>Whether it only stands for other cases, which count each for itself.</summary>
    public bool IsRollUp => Has(Marks.RollUp);

    /// <summary>Whether it was closed as done: neither void nor part of another.</summary>
    public bool IsClosed => Status is CaseStatus.Closed or CaseStatus.Evaluated;

    private Marks Marked { get; init; }

    /// <summary>The figures of a case as it stands.</summary>
    public static CaseFigures Of(Case c)
    {
        CaseClock? resolve = Clock(c, ClockKind.Resolve), accept = Clock(c, ClockKind.Accept);
        return new CaseFigures
        {
            Status = c.Status,
            Severity = c.Severity,
            OpenedAt = c.OpenedAt,
            ClosedAt = c.ClosedAt,
            ResolveDueAt = resolve?.DueAt,
            DueAt = c.Clocks.Where(k => k.StoppedAt is null && k.PausedAt is null).Select(k => (EventTime?)k.DueAt).Min(),
            Lag = c.OpenedAt - c.Facts.OccurredAt,
            Lead = c.LeadTime,
            Key = BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(c.Facts.Key.ToString()))),
            Score = c.Score ?? 0,
            Rating = c.Rating ?? 0,
            First = c.First,
            ChangedAt = c.UpdatedAt,
            Marked = Mark(c.Facts.Exercise, Marks.Exercise)
                | Mark(c.Facts.Source == CaseFacts.SensorSource, Marks.Sensed)
                | Mark(c.Whistles > 0, Marks.Whistled)
                | Mark(c.Returns > 0, Marks.Returned)
                | Mark(c.Reworks > 0, Marks.Reworked)
                | Mark(c.Reopens > 0, Marks.Reopened)
                | Mark(c.DeferredUntil is not null, Marks.Deferred)
                | Mark(c.Lead.Length > 0, Marks.Led)
                | Mark(c.AcceptedBy.Length > 0 && (accept is null || accept.StoppedAt <= accept.DueAt), Marks.AcceptedOnTime)
                | Mark(c.IsStorm && c.Occurrences == 0 && c.ReportCount == 0, Marks.RollUp)
                | Mark(c.IsStorm && c.Occurrences > 0, Marks.StormSensed)
                | Mark(resolve is null || resolve.StoppedAt <= resolve.DueAt, Marks.DoneOnTime),
        };
    }

    /// <summary>
    /// The figures as they are stored. A member that comes later is added at the end: what was stored before it reads without.
    /// <code>
    /// status 1  severity 1  marks 2  rating 2  score 2  opened 8  closed 8  resolve due 8  due 8  key 8  lag ms 8  lead ms 8  first 1  changed 8     big-endian; never is the least number
    /// </code>
    /// </summary>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[LengthBytes];
        bytes[0] = (byte)Status;
        bytes[1] = (byte)Severity;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)Marked);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(4), (ushort)Rating);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(6), (ushort)Score);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(8), OpenedAt.UnixMilliseconds);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(16), ClosedAt?.UnixMilliseconds ?? Never);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(24), ResolveDueAt?.UnixMilliseconds ?? Never);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(32), DueAt?.UnixMilliseconds ?? Never);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(40), Key);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(48), Lag.Ticks / TimeSpan.TicksPerMillisecond);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(56), Lead is { } lead ? lead.Ticks / TimeSpan.TicksPerMillisecond : Never);
        bytes[64] = (byte)First;
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(65), ChangedAt.UnixMilliseconds);
        return bytes;
    }

    /// <summary>Whether bytes are these figures, as this version or one before the lead time or before who was first wrote them.</summary>
    public bool IsStoredAs(ReadOnlySpan<byte> bytes) =>
        bytes.Length is LengthBytes or LengthWithoutFirstBytes or LengthWithoutLeadBytes && bytes.SequenceEqual(ToBytes().AsSpan(0, bytes.Length));

    /// <summary>Reads what <see cref="ToBytes"/> wrote; false for what is too short to be that.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out CaseFigures figures)
    {
        figures = default;
        if (bytes.Length < LengthWithoutLeadBytes)
        {
            return false;
        }

        figures = new CaseFigures
        {
            Status = (CaseStatus)bytes[0],
            Severity = (AlertSeverity)bytes[1],
            Marked = (Marks)BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            Rating = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]),
            Score = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]),
            OpenedAt = new EventTime(BinaryPrimitives.ReadInt64BigEndian(bytes[8..])),
            ClosedAt = Time(bytes[16..]),
            ResolveDueAt = Time(bytes[24..]),
            DueAt = Time(bytes[32..]),
            Key = BinaryPrimitives.ReadInt64BigEndian(bytes[40..]),
            Lag = TimeSpan.FromMilliseconds(BinaryPrimitives.ReadInt64BigEndian(bytes[48..])),
            Lead = bytes.Length >= LengthWithoutFirstBytes && BinaryPrimitives.ReadInt64BigEndian(bytes[56..]) is var lead && lead != Never ? TimeSpan.FromMilliseconds(lead) : null,
            First = bytes.Length >= LengthBytes ? (CaseFirst)bytes[64] : CaseFirst.None,
            ChangedAt = bytes.Length >= LengthBytes ? new EventTime(BinaryPrimitives.ReadInt64BigEndian(bytes[65..])) : EventTime.MaxValue,
        };
        return true;
    }

    private static EventTime? Time(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt64BigEndian(bytes) is var ms && ms == Never ? null : new EventTime(ms);

    private static Marks Mark(bool holds, Marks mark) => holds ? mark : Marks.None;

    private static CaseClock? Clock(Case c, ClockKind kind) => c.Clocks.FirstOrDefault(k => k.Kind == kind);

    private bool Has(Marks mark) => (Marked & mark) != 0;
}
