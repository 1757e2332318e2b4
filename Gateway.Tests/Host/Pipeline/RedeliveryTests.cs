using System.Text;
using Gateway.Host.City;
using Gateway.Host.IngestLog;
using Gateway.Host.Pipeline;
using Gateway.Protocols.Readings;
using Gateway.Tests.Support;

namespace Gateway.Tests.Host.Pipeline;

/// <summary>A message that comes again when the clocks stand otherwise than when it came first.</summary>
public sealed class RedeliveryTests
{
    private const long Sent = 1_769_504_400_000;

    private static readonly CitySnapshot City = CitySnapshot.Read(RepositoryFolder.PathOf("Gateway.Host/city")).Snapshot!;

    [Fact]
    public void Message_from_the_future_that_comes_again_in_its_time_is_a_duplicate()
    {
        Ledger ledger = Run((LogRecordKind.Message, Sent - 120_000, Message), (LogRecordKind.Message, Sent + 1_000, Message));
        Assert.Equal((1, 1), (ledger.Total[Outcome.Stored], ledger.Total[Outcome.Duplicate]));
    }

    [Fact]
    public void Message_that_comes_again_after_the_clocks_agree_is_a_duplicate()
    {
        Ledger ledger = Run(
            (LogRecordKind.ClockCompared, Sent + 3_600_000, """{"clockSpeed":1,"exercise":false,"aheadMilliseconds":3600000}"""),
            (LogRecordKind.Message, Sent + 3_601_000, Message),
            (LogRecordKind.ClockCompared, Sent + 3_602_000, """{"clockSpeed":1,"exercise":false}"""),
            (LogRecordKind.Message, Sent + 3_603_000, Message));
        Assert.Equal((1, 1), (ledger.Total[Outcome.Stored], ledger.Total[Outcome.Duplicate]));
    }

    private static string Message => $$"""{"ts":{{Sent}},"seq":7,"water_level":0.01}""";

    private static Ledger Run(params (LogRecordKind Kind, long At, string Payload)[] records)
    {
        Ledger ledger = new();
        Partition partition = new(_ => City, ledger, new Quarantine(), new DeviceBoard());
        partition.Restore([], 0, 0, 0);
        Process(partition, 0, LogRecordKind.Snapshot, Sent - 200_000, City.Revision);
        for (int i = 0; i < records.Length; i++)
        {
            Process(partition, i + 1, records[i].Kind, records[i].At, records[i].Payload);
        }

        partition.Settle();
        return ledger;
    }

    private static void Process(Partition partition, long offset, LogRecordKind kind, long at, string payload)
    {
        ReadOnlySpan<byte> client = "FLD-000001"u8, topic = kind == LogRecordKind.Message ? "city/v1/flood/FLD-000001/telemetry"u8 : default;
        byte[] bytes = new byte[LogRecord.LengthBytes(client.Length, topic.Length, 0, Encoding.UTF8.GetByteCount(payload))];
        LogRecord.Write(bytes, kind, LogRecordFlags.Ingested | LogRecordFlags.DeviceCounted, new EventTime(at), client, topic, default, Encoding.UTF8.GetBytes(payload));
        Assert.True(LogRecord.TryRead(bytes, out LogRecord record, out _));
        partition.Process(record, offset);
    }
}
