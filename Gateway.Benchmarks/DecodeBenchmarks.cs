using BenchmarkDotNet.Attributes;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Payloads;
using Gateway.Protocols.Readings;

namespace Gateway.Benchmarks;

/// <summary>Payload to row: canonical JSON of a smoke detector, judged against its profile and written into the batch of its kind.</summary>
[MemoryDiagnoser]
public class DecodeBenchmarks
{
    private static readonly EventTime ReceivedAt = new(1_769_504_400_250);

    private readonly TimePolicy _timePolicy = new();
    private readonly DeviceProfile _profile = new("smoke", [], [
        Number("smoke_density", 0, 10),
        Number("temperature", -40, 150),
        Number("battery", 0, 100),
        Number("rssi", -150, 0),
        Number("humidity", 0, 100),
        Number("eco2", 0, 65_535),
        new FieldDefinition { Name = "alarm", Type = FieldType.Boolean },
    ]);

    private byte[] _payload = [];
    private Device _device = null!;
    private IPayloadDecoder _decoder = null!;
    private ReadingBatch _batch = null!;

    [GlobalSetup]
    public void Setup()
    {
        _payload = SmokeMessage.Payload.ToArray();
        _device = new Device { Index = 17, Id = "SMK-000017", Profile = _profile, Area = "" };
        _decoder = PayloadDecoders.For(_profile);
        _batch = new ReadingBatch(_profile);
    }

    /// <summary>One message of four values; a fault would be measured as if it were work, so it ends the run.</summary>
    [Benchmark]
    public int DecodeSmoke()
    {
        _batch.Clear();
        DecodeResult result = _decoder.Decode(_payload, _device, ReceivedAt, _timePolicy, _batch);
        return result is { Fault: PayloadFault.None, Rows: 1 } ? result.Rows : throw new InvalidOperationException(result.ToString());
    }

    private static FieldDefinition Number(string name, double minimum, double maximum) =>
        new() { Name = name, Type = FieldType.Number, Minimum = minimum, Maximum = maximum };
}
