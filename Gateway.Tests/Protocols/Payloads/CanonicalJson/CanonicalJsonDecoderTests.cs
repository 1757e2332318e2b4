using System.Text;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Payloads;
using Gateway.Protocols.Payloads.CanonicalJson;
using Gateway.Protocols.Readings;
using static Gateway.Tests.Protocols.Payloads.SampleProfiles;

namespace Gateway.Tests.Protocols.Payloads.CanonicalJson;

public sealed class CanonicalJsonDecoderTests
{
    [Fact]
    public void Contract_example_gives_one_row_under_its_device_time()
    {
        (DecodeResult result, ReadingBatch batch) = Decode(Smoke, """{"ts":1769504399000,"seq":17,"smoke_density":0.031,"temperature":21.5,"battery":93,"rssi":-71}""");

        Assert.Equal(new DecodeResult(PayloadFault.None, 1, -1, -1, UnknownFields: 1) { DeviceTime = new EventTime(1_769_504_399_000) }, result);
        Assert.Equal(new ReadingBatch.Row(7, new EventTime(1_769_504_399_000), Received, TimeQuality.Ok, 17), batch[0]);
        Assert.Equal([0.031, 21.5, 93, double.NaN], batch.Values(0).ToArray());
    }

    [Fact]
    public void Array_gives_one_row_an_object_in_order()
    {
        (DecodeResult result, ReadingBatch batch) = Decode(Smoke, """ [ {"seq":1,"battery":1} , {"seq":2,"battery":2}, {"battery":3} ] """);

        Assert.Equal(3, result.Rows);
        Assert.Equal([(1L, 1.0), (2L, 2.0), (-1L, 3.0)], Enumerable.Range(0, 3).Select(r => (batch[r].Sequence, batch.Values(r)[2])));
    }

    [Theory]
    [InlineData("""{"temperature":2e1}""", 1, 20)]
    [InlineData("""{"temperature":-1.25E-1}""", 1, -0.125)]
    [InlineData("""{"battery":100.0}""", 2, 100)]
    [InlineData("""{"battery":1e2}""", 2, 100)]
    [InlineData("""{"alarm":true}""", 3, 1)]
    [InlineData("""{"alarm":false}""", 3, 0)]
    [InlineData("""{"\u0062attery":5}""", 2, 5)]
    [InlineData("""{"temperature":0.1234567890123456789012345}""", 1, 0.1234567890123456789012345)]
    public void Value_of_its_type_fills_its_column(string payload, int column, double value)
    {
        (DecodeResult result, ReadingBatch batch) = Decode(Smoke, payload);

        Assert.Equal((PayloadFault.None, 1), (result.Fault, result.Rows));
        Assert.Equal(value, batch.Values(0)[column]);
        Assert.Equal(1UL << column, batch.Present(0));
    }

    [Theory]
    [InlineData("""{"event":"door_open"}""", 0)]
    [InlineData("""{"event":"door_forced","door":"D-3","card":"0012345678"}""", 2)]
    [InlineData("""{"event":"door\u005fforced"}""", 2)]
    public void Enumeration_text_becomes_its_place_in_the_list(string payload, double index)
    {
        (DecodeResult result, ReadingBatch batch) = Decode(Access, payload);

        Assert.Equal(PayloadFault.None, result.Fault);
        Assert.Equal(index, batch.Values(0)[0]);
    }

    [Theory]
    [InlineData("\"battery\":\"93\"", PayloadFault.WrongType, 2)]
    [InlineData("\"battery\":93.5", PayloadFault.WrongType, 2)]
    [InlineData("\"battery\":true", PayloadFault.WrongType, 2)]
    [InlineData("\"battery\":{\"value\":93}", PayloadFault.WrongType, 2)]
    [InlineData("\"battery\":[93,{\"a\":[]}]", PayloadFault.WrongType, 2)]
    [InlineData("\"battery\":101", PayloadFault.OutOfRange, 2)]
    [InlineData("\"battery\":1e300", PayloadFault.OutOfRange, 2)]
    [InlineData("\"smoke_density\":-0.001", PayloadFault.OutOfRange, 0)]
    [InlineData("\"smoke_density\":1e999", PayloadFault.OutOfRange, 0)]
    [InlineData("\"alarm\":1", PayloadFault.WrongType, 3)]
    public void Faulty_field_is_left_absent_and_the_others_are_kept(string member, PayloadFault fault, int column)
    {
        (DecodeResult result, ReadingBatch batch) = Decode(Smoke, $$"""{"temperature":21.5,{{member}}}""");

        Assert.Equal((fault, 1, column), (result.Fault, result.Rows, result.FaultyColumn));
        Assert.Equal(member.IndexOf(':', StringComparison.Ordinal) + 1 + """{"temperature":21.5,""".Length, result.FaultOffset);
        Assert.Equal(0b0010UL, batch.Present(0));
    }

    [Theory]
    [InlineData("""{"event":"door_melted"}""", PayloadFault.OutOfRange, 0)]
    [InlineData("""{"event":"door\ud800forced"}""", PayloadFault.OutOfRange, 0)]
    [InlineData("""{"event":2}""", PayloadFault.WrongType, 0)]
    [InlineData("""{"door":3}""", PayloadFault.WrongType, 1)]
    [InlineData("""{"card":12345678}""", PayloadFault.WrongType, 2)]
    public void Faulty_text_field_adds_no_row(string payload, PayloadFault fault, int column)
    {
        DecodeResult result = Decode(Access, payload).Result;

        Assert.Equal((fault, 0, column), (result.Fault, result.Rows, result.FaultyColumn));
    }

    [Theory]
    [InlineData(256, PayloadFault.None)]
    [InlineData(257, PayloadFault.OutOfRange)]
    public void Text_field_is_bounded(int lengthBytes, PayloadFault fault) =>
        Assert.Equal(fault, Decode(Access, $$"""{"event":"door_open","door":"{{new string('x', lengthBytes)}}"}""").Result.Fault);

    [Fact]
    public void Text_field_alone_is_no_fault_and_no_row() =>
        Assert.Equal(new DecodeResult(PayloadFault.None, 0, -1, -1, 0), Decode(Access, """{"door":"D-3"}""").Result);

    [Fact]
    public void Null_is_an_absent_field()
    {
        (DecodeResult result, ReadingBatch batch) = Decode(Smoke, """{"ts":null,"seq":null,"battery":null,"temperature":1}""");

        Assert.Equal(PayloadFault.None, result.Fault);
        Assert.Equal((0b0010UL, -1L, TimeQuality.NoClock), (batch.Present(0), batch[0].Sequence, batch[0].Quality));
    }

    [Theory]
    [InlineData("1769504399000")]
    [InlineData("1769504399000.9")]
    [InlineData("1.769504399e12")]
    [InlineData("\"1769504399000\"")]
    [InlineData("\"2026-01-27T08:59:59Z\"")]
    [InlineData("\"2026-01-27T16:59:59.000+08:00\"")]
    public void Device_time_is_read_in_every_form(string ts)
    {
        (DecodeResult result, ReadingBatch batch) = Decode(Smoke, $$"""{"temperature":1,"ts":{{ts}}}""");

        Assert.Equal(PayloadFault.None, result.Fault);
        Assert.Equal((new EventTime(1_769_504_399_000), TimeQuality.Ok), (batch[0].ObservedAt, batch[0].Quality));
    }

    [Theory]
    [InlineData("\"yesterday\"")]
    [InlineData("\"2026-01-27T09:00:00\"")]
    [InlineData("\"2026-02-30T09:00:00Z\"")]
    [InlineData("\"\"")]
    [InlineData("true")]
    [InlineData("{}")]
    [InlineData("1e300")]
    [InlineData("253402300800000")]
    public void Bad_time_keeps_the_values_without_a_clock(string ts)
    {
        (DecodeResult result, ReadingBatch batch) = Decode(Smoke, $$"""{"ts":{{ts}},"temperature":1}""");

        Assert.Equal((PayloadFault.BadTime, 1, -1), (result.Fault, result.Rows, result.FaultyColumn));
        Assert.Equal((Received, TimeQuality.NoClock), (batch[0].ObservedAt, batch[0].Quality));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("\"17\"")]
    [InlineData("9223372036854775808")]
    public void Bad_sequence_keeps_the_values_without_one(string seq)
    {
        (DecodeResult result, ReadingBatch batch) = Decode(Smoke, $$"""{"seq":{{seq}},"temperature":1}""");

        Assert.Equal((PayloadFault.WrongType, 1, -1), (result.Fault, result.Rows, result.FaultyColumn));
        Assert.Equal(-1, batch[0].Sequence);
    }

    [Theory]
    [InlineData("", PayloadFault.NotJson)]
    [InlineData("{", PayloadFault.NotJson)]
    [InlineData("""{"battery":1}x""", PayloadFault.NotJson)]
    [InlineData("""{"battery":1}{}""", PayloadFault.NotJson)]
    [InlineData("""{"battery":1,}""", PayloadFault.NotJson)]
    [InlineData("""[{"battery":1},]""", PayloadFault.NotJson)]
    [InlineData("""{"battery":1/**/}""", PayloadFault.NotJson)]
    [InlineData("\uFEFF{\"battery\":1}", PayloadFault.NotJson)]
    [InlineData("""{"battery":01}""", PayloadFault.NotJson)]
    [InlineData("""{"battery":NaN}""", PayloadFault.NotJson)]
    [InlineData("""{"battery":1,"battery":2} oops""", PayloadFault.NotJson)]
    [InlineData("12", PayloadFault.NotAnObject)]
    [InlineData("null", PayloadFault.NotAnObject)]
    [InlineData("""[{"battery":1},2]""", PayloadFault.NotAnObject)]
    [InlineData("""[[{"battery":1}]]""", PayloadFault.NotAnObject)]
    [InlineData("""{"battery":1,"battery":1}""", PayloadFault.DuplicateField)]
    [InlineData("""{"battery":1,"\u0062attery":2}""", PayloadFault.DuplicateField)]
    [InlineData("""{"battery":1,"ts":null,"ts":1}""", PayloadFault.DuplicateField)]
    [InlineData("""{"battery":1,"seq":1,"seq":2}""", PayloadFault.DuplicateField)]
    [InlineData("""{"battery":1,"x":1,"y":2,"\u0078":3}""", PayloadFault.DuplicateField)]
    [InlineData("""[{"battery":1},{"battery":1,"battery":2}]""", PayloadFault.DuplicateField)]
    public void Refused_message_keeps_no_row(string payload, PayloadFault fault)
    {
        (DecodeResult result, ReadingBatch batch) = Decode(Smoke, payload);

        Assert.Equal((fault, 0), (result.Fault, result.Rows));
        Assert.Equal(0, batch.Count);
    }

    [Fact]
    public void Invalid_utf8_is_not_json() =>
        Assert.Equal(PayloadFault.NotJson, Decode(Smoke, [.. "{\"battery\":1,\"x\":\""u8, 0xC3, 0x28, .. "\"}"u8]).Result.Fault);

    [Theory]
    [InlineData(16, PayloadFault.None)]
    [InlineData(17, PayloadFault.NotAnObject)]
    public void Nesting_is_bounded(int depth, PayloadFault fault)
    {
        string nested = new string('[', depth - 1) + new string(']', depth - 1);

        Assert.Equal(fault, Decode(Smoke, $$"""{"battery":1,"x":{{nested}}}""").Result.Fault);
    }

    [Theory]
    [InlineData(1000, PayloadFault.None, 1000)]
    [InlineData(1001, PayloadFault.TooManyReadings, 0)]
    public void Observations_in_a_message_are_bounded(int count, PayloadFault fault, int rows)
    {
        DecodeResult result = Decode(Smoke, "[" + string.Join(',', Enumerable.Repeat("""{"battery":1}""", count)) + "]").Result;

        Assert.Equal((fault, rows), (result.Fault, result.Rows));
    }

    [Theory]
    [InlineData("{}", 0)]
    [InlineData("[]", 0)]
    [InlineData("""{"ts":1769504399000,"seq":1}""", 0)]
    [InlineData("""{"battery":null}""", 0)]
    [InlineData("""{"humidity":4,"x":{"battery":1}}""", 2)]
    public void Message_without_a_field_of_the_profile_is_a_fault(string payload, int unknown) =>
        Assert.Equal((PayloadFault.NoKnownField, 0, unknown), (Decode(Smoke, payload).Result.Fault, Decode(Smoke, payload).Result.Rows, Decode(Smoke, payload).Result.UnknownFields));

    [Fact]
    public void First_of_several_faults_is_reported() =>
        Assert.Equal((PayloadFault.OutOfRange, 2), (Decode(Smoke, """{"battery":101,"alarm":1}""").Result.Fault, Decode(Smoke, """{"battery":101,"alarm":1}""").Result.FaultyColumn));

    [Fact]
    public void Refused_message_leaves_earlier_rows_of_the_batch()
    {
        ReadingBatch batch = new(Smoke);
        IPayloadDecoder decoder = PayloadDecoders.For(Smoke);
        decoder.Decode("{\"battery\":1}"u8, DeviceOf(Smoke), Received, new TimePolicy(), batch);
        decoder.Decode("[{\"battery\":2},{\"battery\":3},"u8, DeviceOf(Smoke), Received, new TimePolicy(), batch);

        Assert.Equal(1, batch.Count);
        Assert.Equal(1, batch.Values(0)[2]);
    }

    [Fact]
    public void Steady_stream_allocates_nothing()
    {
        ReadingBatch batch = new(Smoke);
        IPayloadDecoder decoder = PayloadDecoders.For(Smoke);
        Device device = DeviceOf(Smoke);
        TimePolicy policy = new();
        byte[] payload = Encoding.UTF8.GetBytes("""{"ts":"2026-01-27T08:59:59.5Z","seq":17,"smoke_density":0.031,"temperature":21.5,"battery":93,"rssi":-71}""");
        Decode(100);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Decode(1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Decode(int times)
        {
            for (int i = 0; i < times; i++)
            {
                batch.Clear();
                decoder.Decode(payload, device, Received, policy, batch);
            }
        }
    }

    [Fact]
    public void Profile_with_a_reserved_name_is_refused()
    {
        DeviceProfile profile = new("odd", [], [new FieldDefinition { Name = "seq", Type = FieldType.Integer }]);

        Assert.Contains("seq", Assert.Throws<ArgumentException>(() => new CanonicalJsonDecoder(profile)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_format_names_the_known_ones()
    {
        DeviceProfile profile = new("odd", [], []) { Format = "jsno" };

        Assert.Contains("json", Assert.Throws<ArgumentException>(() => PayloadDecoders.For(profile)).Message, StringComparison.Ordinal);
    }
}
