using System.Text;
using Gateway.Host.Ingest.Sessions.Persistence;
using Gateway.Host.IngestLog;

namespace Gateway.Tests.Simulation;

/// <summary>
/// Every record that the log has called durable, as it was then. Whatever happens, the log must go on having each of them at its offset.
/// </summary>
internal sealed class LogShadow(SimulationTrace trace)
{
    private readonly List<byte[]> _records = [];
    private readonly Dictionary<(string Client, string Payload), int> _messages = [];
    private readonly HashSet<string> _ended = new(StringComparer.Ordinal);
    private LogReader? _reader;

    /// <summary>The records by offset.</summary>
    public IReadOnlyList<byte[]> Records => _records;

    /// <summary>How often a client's message is in the log.</summary>
    public int CountOf(string client, string payload) => _messages.GetValueOrDefault((client, payload));

    /// <summary>
    /// Whether a session of a client ever ended while it was kept. The client may not know, for the CONNACK that said so may have been lost:
    /// then its QoS 2 messages are stored again, as MQTT has it.
    /// </summary>
    public bool HasEnded(string client) => _ended.Contains(client);

    /// <summary>A new process has recovered the log: everything must be there.</summary>
    public void Recovered(SegmentLog log)
    {
        SimulationFailure.Unless(log.CommittedEndOffset >= _records.Count, $"the log ends at {log.CommittedEndOffset}, and {_records.Count} records were durable");
        _reader = new LogReader(log, log.Segments.Length == 0 ? 0 : log.Segments[0].FirstOffset);
        Follow(log);
    }

    /// <summary>The log has grown.</summary>
    public void Follow(SegmentLog log)
    {
        long expected = _reader!.NextOffset;
        while (_reader.TryReadFrame(out LogBatch.Header header, out ReadOnlySpan<byte> records, out int skip))
        {
            SimulationFailure.Unless(header.FirstOffset + skip == expected, $"records {expected} to {header.FirstOffset + skip - 1} are missing or damaged");
            expected = header.EndOffset;
            for (int i = 0; i < header.RecordCount; i++)
            {
                SimulationFailure.Unless(LogRecord.TryRead(records, out LogRecord record, out int length), $"record {header.FirstOffset + i} cannot be read");
                if (i >= skip)
                {
                    Take(header.FirstOffset + i, record, records[..length]);
                }

                records = records[length..];
            }
        }

        SimulationFailure.Unless(_reader.DamagedRegions == 0, $"{_reader.LostRecords} records of the log are damaged or missing before {_reader.NextOffset}");
        SimulationFailure.Unless(_records.Count == log.CommittedEndOffset, $"the log says it ends at {log.CommittedEndOffset}, and it has {_records.Count} records");
    }

    private void Take(long offset, in LogRecord record, ReadOnlySpan<byte> bytes)
    {
        if (offset < _records.Count)
        {
            SimulationFailure.Unless(bytes.SequenceEqual(_records[(int)offset]), $"record {offset} was durable, and is another one now");
            return;
        }

        SimulationFailure.Unless(offset == _records.Count, $"record {offset} comes behind record {_records.Count - 1}");
        _records.Add(bytes.ToArray());
        string text = record.Kind is LogRecordKind.Session ? Convert.ToHexString(record.Payload) : Encoding.UTF8.GetString(record.Payload);
        trace.Add($"log: {offset} {record.Kind} {record.ReceivedAt} {Encoding.UTF8.GetString(record.ClientId)} {record.PacketIdentifier} {text}");
        if (record.Kind == LogRecordKind.Session && SessionChange.Read(record.Payload) is { Kind: SessionChangeKind.Ended })
        {
            _ended.Add(Encoding.UTF8.GetString(record.ClientId));
        }

        if (record.Kind == LogRecordKind.Message)
        {
            (string, string) key = (Encoding.UTF8.GetString(record.ClientId), Encoding.UTF8.GetString(record.Payload));
            _messages[key] = _messages.GetValueOrDefault(key) + 1;
        }
    }
}
