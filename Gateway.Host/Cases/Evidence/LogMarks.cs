using System.Text;
using Gateway.Host.IngestLog;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Cases.Evidence;

/// <summary>A record of the log that says under which clock or which city the records behind it were taken.</summary>
/// <param name="Offset">Log offset.</param>
/// <param name="Bytes">The record as it was logged.</param>
internal sealed record LogMark(long Offset, byte[] Bytes)
{
    /// <summary>The kind of record.</summary>
    public LogRecordKind Kind => Read().Kind;

    /// <summary>Log time.</summary>
    public EventTime At => Read().ReceivedAt;

    /// <summary>The revision that a snapshot record names.</summary>
    public string Revision => Encoding.ASCII.GetString(Read().Payload);

    private LogRecord Read() => LogRecord.TryRead(Bytes, out LogRecord record, out _) ? record : throw new InvalidDataException($"the mark at log offset {Offset} is no record");
}

/// <summary>
/// The marks of the log so far, so that nobody has to read days of it to know what held at some point. There are few: one or two a start, one an
/// edit of the city. Not safe for threads.
/// </summary>
internal sealed class LogMarks
{
    private readonly SortedList<long, LogMark> _marks = [];

    /// <summary>All of them, in log order.</summary>
    public IReadOnlyList<LogMark> All => [.. _marks.Values];

    /// <summary>Whether a record is a mark.</summary>
    public static bool IsMark(LogRecordKind kind) => kind is LogRecordKind.GatewayStarted or LogRecordKind.ClockCompared or LogRecordKind.Snapshot;

    /// <summary>Takes a mark, once.</summary>
    public void Add(LogMark mark) => _marks.TryAdd(mark.Offset, mark);

    /// <summary>The revision of the city that held for a record; null when no mark says so.</summary>
    public string? CityAt(long offset) => _marks.Values.LastOrDefault(m => m.Offset <= offset && m.Kind == LogRecordKind.Snapshot)?.Revision;

    /// <summary>What had been said before a time and still held then: how the gateway started, its clock since, and the city; in log order.</summary>
    public IReadOnlyList<LogMark> InForce(EventTime at)
    {
        LogMark[] before = [.. _marks.Values.TakeWhile(m => m.At < at)];
        LogMark? start = Array.FindLast(before, m => m.Kind == LogRecordKind.GatewayStarted);
        LogMark? clock = Array.FindLast(before, m => m.Kind == LogRecordKind.ClockCompared && m.Offset > (start?.Offset ?? -1));
        LogMark? city = Array.FindLast(before, m => m.Kind == LogRecordKind.Snapshot);
        return [.. new[] { start, clock, city }.OfType<LogMark>().OrderBy(m => m.Offset)];
    }

    /// <summary>Forgets what no longer held at a time.</summary>
    public void Forget(EventTime before)
    {
        HashSet<long> needed = [.. InForce(before).Select(m => m.Offset)];
        foreach (LogMark mark in _marks.Values.TakeWhile(m => m.At < before).Where(m => !needed.Contains(m.Offset)).ToArray())
        {
            _marks.Remove(mark.Offset);
        }
    }
}
