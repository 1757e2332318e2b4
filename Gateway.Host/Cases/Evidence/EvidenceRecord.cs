using Gateway.Host.IngestLog;

namespace Gateway.Host.Cases.Evidence;

/// <summary>One record of the ingest log as evidence. The bytes are what counts; the readings say for people what they mean. Immutable.</summary>
/// <param name="Offset">Log offset.</param>
/// <param name="Bytes">The record as it was logged, header included; see Gateway.Host/IngestLog/FORMAT.md.</param>
/// <param name="Readings">What was decoded from it, a text a reading; empty where nothing was.</param>
internal sealed record EvidenceRecord(long Offset, byte[] Bytes, IReadOnlyList<string> Readings)
{
    /// <summary>The record.</summary>
    /// <exception cref="InvalidDataException">The bytes are none.</exception>
    public LogRecord Read() => LogRecord.TryRead(Bytes, out LogRecord record, out int length) && length == Bytes.Length
        ? record
        : throw new InvalidDataException($"the record at log offset {Offset} has lengths that do not fit its bytes");
}
