using System.Text;
using Gateway.Host.Cli.Simulate;
using Gateway.Host.Cli.Simulate.Replay;
using Gateway.Protocols.Readings;

namespace Gateway.Tests.Host.Simulate;

public sealed class ReplayReaderTests
{
    private const string LevelHeader = "dateTime,value,unit,station_id,station_label";
    private const string SmokeHeader = ",Temperature[C],Humidity[%],eCO2[ppm],Fire Alarm";
    private static readonly EventTime Start = new(1_769_504_400_000);

    [Theory]
    [InlineData("2026-01-13T00:00:00Z,0.381,m,50119,Taw Bridge", "city/v1/flood/50119/telemetry", """{"ts":1768262400000,"water_level":0.381}""")]
    [InlineData("2026-01-13T00:00:00Z,1.60,mAOD,50198,Barnstaple (Tidal)", "city/v1/flood/50198/telemetry", """{"ts":1768262400000,"water_level":1.60}""")]
    [InlineData("2026-01-13T00:15:00Z,0.0,mm,E82120,\"Bratton, Fleming\"", "city/v1/flood/E82120/telemetry", """{"ts":1768263300000,"rainfall":0.0}""")]
    public void Row_with_a_value_and_a_unit_is_a_flood_reading(string row, string topic, string payload)
    {
        SimulatedMessage message = Assert.Single(Read(LevelHeader, row));

        Assert.Equal((topic, payload), (message.Topic, Text(message)));
    }

    [Fact]
    public void Rows_counted_in_seconds_are_a_smoke_detector_from_the_start()
    {
        IReadOnlyList<SimulatedMessage> messages = Read(SmokeHeader, "0,20,57.36,400,0", "1.5,20.015,56.67,400,1");

        Assert.Equal(
            [
                """{"ts":1769504400000,"temperature":20,"humidity":57.36,"eco2":400,"alarm":false}""",
                """{"ts":1769504401500,"temperature":20.015,"humidity":56.67,"eco2":400,"alarm":true}""",
            ],
            messages.Select(Text));
        Assert.All(messages, m => Assert.Equal("city/v1/smoke/SMK-000001/telemetry", m.Topic));
    }

    [Fact]
    public void Options_override_kind_device_and_columns()
    {
        ReplayOptions options = new()
        {
            Kind = "smoke",
            DeviceId = "SMK-9",
            Map = new Dictionary<string, string> { ["when"] = "time", ["t1"] = "temperature", ["junk"] = "" },
        };

        SimulatedMessage message = Assert.Single(Read(options, "when,t1,junk,Note", "1769504400000,2.50,zzz,ok"));

        Assert.Equal(("city/v1/smoke/SMK-9/telemetry", """{"ts":1769504400000,"temperature":2.50,"note":"ok"}"""), (message.Topic, Text(message)));
    }

    [Fact]
    public void Event_rows_are_told_by_their_columns()
    {
        SimulatedMessage message = Assert.Single(Read("time,device_id,event,door,card", "2026-01-27T09:00:00Z,ACC-1,door_forced,D-3,"));

        Assert.Equal(("city/v1/access/ACC-1/telemetry", """{"ts":1769504400000,"event":"door_forced","door":"D-3"}"""), (message.Topic, Text(message)));
    }

    [Fact]
    public void Device_of_the_city_keeps_its_own_topic()
    {
        SimulatedFleet fleet = SimulatedFleet.Generate(2);
        ReplayReader reader = new(new ReplayOptions(), Start, fleet);
        reader.Read("a.csv", ["time,device,water_level", "2026-01-27T09:00:00Z,FLD-000000,1"]);

        Assert.Same(fleet.Devices[1], Assert.Single(reader.Messages()).Device);
    }

    [Fact]
    public void Files_merge_by_time_and_keep_the_order_of_files_and_lines_within_an_instant()
    {
        ReplayReader reader = new(new ReplayOptions(), Start, null);
        reader.Read("a.csv", [LevelHeader, "2026-01-13T00:15:00Z,1,m,A,", "2026-01-13T00:00:00Z,2,m,A,", "2026-01-13T00:00:00Z,3,m,B,"]);
        reader.Read("b.csv", [LevelHeader, "2026-01-13T00:00:00Z,4,m,C,", "", "2026-01-13T00:05:00Z,5,mm,C,"]);

        Assert.Empty(reader.Errors);
        Assert.Equal(["2", "3", "4", "5", "1"], reader.Messages().Select(m => Text(m).Split(':')[^1].TrimEnd('}')));
    }

    [Theory]
    [InlineData(2, 1, "is not a time", LevelHeader, "13/01/2026 00:00,1,m,A,")]
    [InlineData(2, 1, "offset", LevelHeader, "2026-01-13T00:00:00,1,m,A,")]
    [InlineData(2, 22, "not a value", LevelHeader, "2026-01-13T00:00:00Z,0.1|0.2,m,A,")]
    [InlineData(2, 22, "not a value", LevelHeader, "2026-01-13T00:00:00Z,.5,m,A,")]
    [InlineData(2, 24, "the unit 'ft'", LevelHeader, "2026-01-13T00:00:00Z,1,ft,A,")]
    [InlineData(2, 26, "not a device id", LevelHeader, "2026-01-13T00:00:00Z,1,m,a b,")]
    [InlineData(2, 24, "3 cells", LevelHeader, "2026-01-13T00:00:00Z,1,m")]
    [InlineData(2, 24, "not closed", LevelHeader, "2026-01-13T00:00:00Z,1,\"m,A,")]
    [InlineData(2, 1, "seconds", SmokeHeader, "x,20,57.36,400,0")]
    [InlineData(2, 3, "not a value of temperature", SmokeHeader, "0,+20,57.36,400,0")]
    [InlineData(1, 1, "no time column", "a,b", "1,2")]
    [InlineData(1, 1, "--kind", "time,b", "1,2")]
    [InlineData(1, 1, "besides", "time,device", "1,2")]
    [InlineData(1, 6, "twice", "time,alarm,Fire Alarm", "1,2,3")]
    public void Error_names_file_line_and_column(int line, int column, string words, params string[] lines)
    {
        ReplayReader reader = new(new ReplayOptions(), Start, null);
        reader.Read("x.csv", lines);

        ReplayError error = Assert.Single(reader.Errors);
        Assert.Equal(("x.csv", line, column), (error.File, error.Line, error.Column));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.StartsWith($"x.csv:{line}:{column}: error: ", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_are_collected_up_to_a_limit()
    {
        ReplayReader reader = new(new ReplayOptions(), Start, null);
        reader.Read("x.csv", [LevelHeader, .. Enumerable.Repeat("bad,1,m,A,", 100)]);

        Assert.Equal(ReplayReader.ErrorCountLimit, reader.Errors.Count);
        Assert.Equal([2, 3, 4], reader.Errors.Take(3).Select(e => e.Line));
    }

    [Fact]
    public void Empty_file_is_an_error()
    {
        ReplayReader reader = new(new ReplayOptions(), Start, null);
        reader.Read("x.csv", []);

        Assert.Contains("empty", Assert.Single(reader.Errors).Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<SimulatedMessage> Read(params string[] lines) => Read(new ReplayOptions(), lines);

    private static IReadOnlyList<SimulatedMessage> Read(ReplayOptions options, params string[] lines)
    {
        ReplayReader reader = new(options, Start, null);
        reader.Read("x.csv", lines);
        Assert.Empty(reader.Errors);
        return reader.Messages();
    }

    private static string Text(SimulatedMessage message) => Encoding.UTF8.GetString(message.Payload);
}
