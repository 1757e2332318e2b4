using Gateway.Protocols.Readings;

namespace Gateway.Protocols.Payloads;

/// <summary>
/// What came of one payload. A fault does not discard the good values beside it: a smoke detector with a broken battery gauge still
/// reports smoke. <see cref="Rows"/> is how many rows with at least one value were added to the batch.
/// </summary>
/// <param name="Fault">The first fault found, or <see cref="PayloadFault.None"/>.</param>
/// <param name="Rows">Rows added to the batch.</param>
/// <param name="FaultyColumn">Column of the field at fault, or -1 when the fault is not of a field.</param>
/// <param name="FaultOffset">Byte offset in the payload near the fault, or -1.</param>
/// <param name="UnknownFields">Members no field of the profile names: kept out and counted.</param>
public readonly record struct DecodeResult(PayloadFault Fault, int Rows, int FaultyColumn, int FaultOffset, int UnknownFields)
{
    /// <summary>The time the device gave for its first row, as it gave it; null when it gave none. It is the same however late the message comes.</summary>
    public EventTime? DeviceTime { get; init; }
}
