using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;

namespace Gateway.Protocols.Payloads;

/// <summary>
/// Device bytes to readings, for one payload format. A total function: any bytes give rows or a fault, never an exception. Stateless,
/// safe for any number of threads (the batch is not).
/// </summary>
public interface IPayloadDecoder
{
    /// <summary>The name a profile selects it by, for example <c>json</c>.</summary>
    string Format { get; }

    /// <summary>Decodes one payload of <paramref name="device"/> into rows of <paramref name="batch"/>.</summary>
    /// <param name="payload">The message's payload as it came.</param>
    /// <param name="device">The device; its profile is the batch's.</param>
    /// <param name="receivedAt">When the gateway received it.</param>
    /// <param name="timePolicy">How device times are judged.</param>
    /// <param name="batch">Takes one row per observation.</param>
    DecodeResult Decode(ReadOnlySpan<byte> payload, Device device, EventTime receivedAt, TimePolicy timePolicy, ReadingBatch batch);
}
