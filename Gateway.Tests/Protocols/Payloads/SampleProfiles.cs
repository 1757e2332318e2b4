using System.Text;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Payloads;
using Gateway.Protocols.Readings;

namespace Gateway.Tests.Protocols.Payloads;

/// <summary>Profiles and devices the payload tests share.</summary>
internal static class SampleProfiles
{
    public static readonly EventTime Received = new(1_769_504_400_000); // 2026-01-27T09:00:00Z

    public static readonly DeviceProfile Smoke = new(
        "smoke",
        [],
        [
            new FieldDefinition { Name = "smoke_density", Type = FieldType.Number, Unit = "dB/m", Minimum = 0, Maximum = 10 },
            new FieldDefinition { Name = "temperature", Type = FieldType.Number, Unit = "C", Minimum = -40, Maximum = 200 },
            new FieldDefinition { Name = "battery", Type = FieldType.Integer, Unit = "%", Minimum = 0, Maximum = 100 },
            new FieldDefinition { Name = "alarm", Type = FieldType.Boolean },
        ]);

    public static readonly DeviceProfile Access = new(
        "access",
        [],
        [
            new FieldDefinition { Name = "event", Type = FieldType.Enumeration, Values = ["door_open", "door_closed", "door_forced"] },
            new FieldDefinition { Name = "door", Type = FieldType.Text },
            new FieldDefinition { Name = "card", Type = FieldType.Pseudonym },
        ]);

    public static Device DeviceOf(DeviceProfile profile) => new() { Index = 7, Id = "DEV-7", Profile = profile, Area = "G-1" };

    public static (DecodeResult Result, ReadingBatch Batch) Decode(DeviceProfile profile, ReadOnlySpan<byte> payload)
    {
        ReadingBatch batch = new(profile);
        DecodeResult result = PayloadDecoders.For(profile).Decode(payload, DeviceOf(profile), Received, new TimePolicy(), batch);
        return (result, batch);
    }

    public static (DecodeResult Result, ReadingBatch Batch) Decode(DeviceProfile profile, string payload) =>
        Decode(profile, Encoding.UTF8.GetBytes(payload));
}
