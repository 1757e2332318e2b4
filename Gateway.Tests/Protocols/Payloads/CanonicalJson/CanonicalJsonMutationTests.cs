using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Payloads;
using Gateway.Protocols.Payloads.Json;
using Gateway.Protocols.Readings;
using static Gateway.Tests.Protocols.Payloads.SampleProfiles;

namespace Gateway.Tests.Protocols.Payloads.CanonicalJson;

/// <summary>Seeded mutations of good messages: whatever the bytes, the decoder answers, and what it answers adds up.</summary>
public sealed class CanonicalJsonMutationTests
{
    private const int MutationCount = 120_000;

    private static readonly byte[][] Seeds =
    [
        .. new[]
        {
            """{"ts":1769504400000,"seq":17,"smoke_density":0.031,"temperature":21.5,"battery":93,"rssi":-71}""",
            """[{"ts":"2026-01-27T09:00:00Z","temperature":-1.5e1,"alarm":true},{"battery":null,"x":{"a":[1,2,{"b":"\u00e9\n"}]}}]""",
            """{ "alarm" : false , "note":"烟雾 \"x\"", "temperature":1E+2, "\u0062attery": 12 }""",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    [Fact]
    public void Mutated_payloads_never_throw_and_rows_add_up()
    {
        IPayloadDecoder decoder = PayloadDecoders.For(Smoke);
        Device device = DeviceOf(Smoke);
        TimePolicy policy = new();
        ReadingBatch batch = new(Smoke);
        Random random = new(20260127);
        HashSet<PayloadFault> seen = [];
        for (int i = 0; i < MutationCount; i++)
        {
            byte[] payload = Mutate(random);
            int before = batch.Count;
            DecodeResult result = decoder.Decode(payload, device, Received, policy, batch);
            seen.Add(result.Fault);
            CheckRows(result, batch, before, payload);
            if (batch.Count > 500)
            {
                batch.Clear();
            }
        }

        Assert.Superset(
            new HashSet<PayloadFault> { PayloadFault.None, PayloadFault.NotJson, PayloadFault.NotAnObject, PayloadFault.DuplicateField, PayloadFault.WrongType, PayloadFault.OutOfRange, PayloadFault.BadTime, PayloadFault.NoKnownField },
            seen);
    }

    [Fact]
    public void Mutated_texts_are_json_exactly_when_the_framework_reader_says_so()
    {
        Random random = new(7);
        int good = 0;
        for (int i = 0; i < MutationCount; i++)
        {
            byte[] payload = Mutate(random);
            bool expected = Utf8.IsValid(payload) && FrameworkReads(payload);
            good += expected ? 1 : 0;
            Assert.True(expected == ScannerReads(payload), Encoding.UTF8.GetString(payload));
        }

        Assert.InRange(good, MutationCount / 20, MutationCount - (MutationCount / 20));
    }

    [Fact]
    public void What_was_decoded_before_changes_nothing()
    {
        IPayloadDecoder used = PayloadDecoders.For(Smoke);
        Device device = DeviceOf(Smoke);
        TimePolicy policy = new();
        ReadingBatch batch = new(Smoke);
        Random random = new(20261122);
        for (int i = 0; i < MutationCount / 4; i++)
        {
            byte[] payload = Mutate(random);
            batch.Clear();
            DecodeResult expected = PayloadDecoders.For(Smoke).Decode(payload, device, Received, policy, batch);
            int rows = batch.Count;
            Assert.Equal(expected, used.Decode(payload, device, Received, policy, batch));
            for (int row = 0; row < rows; row++)
            {
                Assert.Equal(batch[row], batch[rows + row]);
                Assert.Equal(batch.Values(row), batch.Values(rows + row));
            }
        }
    }

    private static void CheckRows(DecodeResult result, ReadingBatch batch, int before, byte[] payload)
    {
        Assert.Equal(before + result.Rows, batch.Count);
        Assert.InRange(result.FaultOffset, -1, payload.Length);
        Assert.InRange(result.FaultyColumn, -1, Smoke.Fields.Count - 1);
        if (result.Fault is PayloadFault.NotJson or PayloadFault.NotAnObject or PayloadFault.DuplicateField or PayloadFault.TooManyReadings or PayloadFault.NoKnownField)
        {
            Assert.Equal(0, result.Rows);
        }

        for (int row = before; row < batch.Count; row++)
        {
            Assert.NotEqual(0UL, batch.Present(row));
            Assert.InRange(batch[row].Sequence, -1, long.MaxValue);
            Assert.True(batch[row].ObservedAt <= Received + TimeSpan.FromMinutes(1));
            for (int column = 0; column < batch.ColumnCount; column++)
            {
                double value = batch.Values(row)[column];
                Assert.True(double.IsNaN(value) || (value >= (Smoke.Fields[column].Minimum ?? 0) && value <= (Smoke.Fields[column].Maximum ?? 1)));
            }
        }
    }

    private static byte[] Mutate(Random random)
    {
        List<byte> bytes = [.. Seeds[random.Next(Seeds.Length)]];
        for (int edits = random.Next(1, 4); edits > 0; edits--)
        {
            int at = random.Next(bytes.Count);
            int length = Math.Min(random.Next(1, 12), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] = (byte)"{}[]\",:0123456789.eE+-\\u tfn"[random.Next(28)];
                    break;
                case 2:
                    bytes.RemoveRange(at, length);
                    break;
                case 3:
                    bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                    break;
                case 4:
                    bytes[at] = (byte)('0' + random.Next(10));
                    break;
                default:
                    ReplaceValue(bytes, random);
                    break;
            }

            if (bytes.Count == 0)
            {
                break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Puts another valid value in place of a scalar, or a member a second time, so that faults beyond syntax are reached too.</summary>
    private static void ReplaceValue(List<byte> bytes, Random random)
    {
        string text = Encoding.Latin1.GetString([.. bytes]);
        string[] values = ["null", "true", "-5", "1e9", "\"late\"", "[]", "{\"a\":1}", "2,\"temperature\":3", "{},\"q\":0"];
        int colon = text.IndexOf(':', random.Next(text.Length));
        int end = colon < 0 ? -1 : text.IndexOfAny([',', '}'], colon);
        if (end > 0)
        {
            bytes.RemoveRange(colon + 1, end - colon - 1);
            bytes.InsertRange(colon + 1, Encoding.Latin1.GetBytes(values[random.Next(values.Length)]));
        }
    }

    private static bool ScannerReads(byte[] payload)
    {
        JsonScanner scanner = new(payload, JsonScanner.DepthLimit);
        while (scanner.Read())
        {
        }

        return scanner.Error == JsonError.None;
    }

    private static bool FrameworkReads(byte[] payload)
    {
        Utf8JsonReader reader = new(payload);
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
