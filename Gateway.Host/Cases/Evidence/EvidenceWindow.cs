using Gateway.Host.IngestLog;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Cases.Evidence;

/// <summary>A record that windows have taken. Not safe for threads.</summary>
/// <param name="offset">Log offset.</param>
/// <param name="bytes">The record as it was logged.</param>
internal sealed class HeldRecord(long offset, byte[] bytes)
{
    /// <summary>Log offset.</summary>
    public long Offset => offset;

    /// <summary>The record as it was logged.</summary>
    public byte[] Bytes => bytes;

    /// <summary>Windows that have it.</summary>
    public int Holders { get; set; }
}

/// <summary>The records of one decision while the log is read for it. Not safe for threads.</summary>
/// <param name="decision">The decision.</param>
/// <param name="from">Readings received from here on are asked for.</param>
/// <param name="devices">Whose; none where people reported.</param>
/// <param name="withPrevious">
/// Whether the record before the deciding one is asked for, whoever it is of: timers that it set off must not be set off by the deciding one.
/// </param>
internal sealed class EvidenceWindow(DecisionToSeal decision, EventTime from, IReadOnlyList<string> devices, bool withPrevious)
{
    /// <summary>Records of a bundle at most; the latest are kept.</summary>
    public const int RecordLimit = 20_000;

    /// <summary>Bytes of them at most.</summary>
    public const int LengthLimitBytes = 8 << 20;

    private readonly Queue<HeldRecord> _readings = new();
    private readonly List<(long Offset, byte[] Bytes)> _others = [];
    private long _lengthBytes;
    private bool _causeDecides;
    private bool _isDriven;

    /// <summary>The decision.</summary>
    public DecisionToSeal Decision => decision;

    /// <summary>Readings received from here on are in it: as asked for, or later where the limits left no room.</summary>
    public EventTime From { get; private set; } = from;

    /// <summary>Whose readings.</summary>
    public IReadOnlyList<string> Devices => devices;

    /// <summary>Whether the limits left no room for all of them.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Whether the record that caused the decision was found.</summary>
    public bool HasCause { get; private set; }

    /// <summary>
    /// Whether nothing further down the log belongs to it. A decision that was kept back by a silence or another alert was taken later than the
    /// record that caused it came in: then the log is read up to its time.
    /// </summary>
    public bool IsComplete => HasCause && _isDriven;

    /// <summary>A record of a device of it, or one that says what clock or city holds; in log order.</summary>
    /// <returns>Bytes of earlier records that no window has any more, because this one needed their room.</returns>
    public long Take(HeldRecord record, EventTime receivedAt)
    {
        if (receivedAt < From || (record.Offset > decision.Offset && (_causeDecides || receivedAt > decision.At)))
        {
            return 0;
        }

        long freed = 0;
        while (_readings.Count > 0 && (_readings.Count == RecordLimit || _lengthBytes + record.Bytes.Length > LengthLimitBytes))
        {
            HeldRecord oldest = _readings.Dequeue();
            _lengthBytes -= oldest.Bytes.Length;
            freed += --oldest.Holders == 0 ? oldest.Bytes.Length : 0;
            IsCut = true;
        }

        if (record.Bytes.Length > LengthLimitBytes)
        {
            IsCut = true;
            return freed;
        }

        record.Holders++;
        _readings.Enqueue(record);
        _lengthBytes += record.Bytes.Length;
        return freed;
    }

    /// <summary>Any record; in log order, after <see cref="Take"/>.</summary>
    public void See(long offset, in LogRecord record, byte[] bytes, (long Offset, byte[] Bytes)? previous)
    {
        if (offset == decision.Offset)
        {
            HasCause = true;
            _causeDecides = record.ReceivedAt >= decision.At;
            _others.Add((offset, bytes));
            if (withPrevious && previous is { } before)
            {
                _others.Add(before);
            }
        }
        else if (record.Kind == LogRecordKind.GatewayStarted && record.ReceivedAt >= From && offset < decision.Offset && previous is { } last)
        {
            _others.Add(last); // how long the gateway stood is the time since this record
        }

        if (!_isDriven && offset >= decision.Offset && record.ReceivedAt >= decision.At)
        {
            _isDriven = true;
            _others.Add((offset, bytes));
        }
    }

    /// <summary>The records, in log order, with the clock and the city in force before them; nothing that no city could decode.</summary>
    public IReadOnlyList<EvidenceRecord> Records(LogMarks marks)
    {
        if (IsCut)
        {
            From = EventTime.Max(From, _readings.TryPeek(out HeldRecord? first) ? ReceivedAt(first.Bytes) : decision.At);
        }

        SortedDictionary<long, byte[]> all = [];
        IEnumerable<LogMark> held = marks.InForce(From).Concat(marks.All.Where(m => m.At >= From && m.Offset < decision.Offset)); // also where the log has lost them
        foreach ((long offset, byte[] bytes) in _readings.Select(r => (r.Offset, r.Bytes)).Concat(_others).Concat(held.Select(m => (m.Offset, m.Bytes))))
        {
            all[offset] = bytes;
        }

        List<EvidenceRecord> records = [];
        bool hasCity = false;
        foreach ((long offset, byte[] bytes) in all)
        {
            EvidenceRecord record = new(offset, bytes, []);
            hasCity |= record.Read().Kind == LogRecordKind.Snapshot;
            if (hasCity || LogMarks.IsMark(record.Read().Kind))
            {
                records.Add(record);
            }
        }

        return records;
    }

    private static EventTime ReceivedAt(byte[] bytes) => LogRecord.TryRead(bytes, out LogRecord record, out _) ? record.ReceivedAt : EventTime.MinValue;
}
