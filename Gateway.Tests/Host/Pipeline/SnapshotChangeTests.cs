using System.Text;
using Gateway.Host.City;
using Gateway.Host.IngestLog;
using Gateway.Host.Pipeline;
using Gateway.Protocols.Readings;
using Gateway.Rules.Files;
using Gateway.Tests.Support;

namespace Gateway.Tests.Host.Pipeline;

/// <summary>A snapshot that takes over between two messages of one commit.</summary>
public sealed class SnapshotChangeTests
{
    [Fact]
    public void Readings_of_before_and_after_the_change_are_both_there_each_with_its_register()
    {
        CitySnapshot before = CitySnapshot.Read(RepositoryFolder.PathOf("Gateway.Host/city")).Snapshot!;
        CityFile[] edited = [.. before.Files.Select(f => f.Path == "city.yaml" ? f with { Text = f.Text + "\n# edited\n" } : f)];
        CitySnapshot after = CitySnapshot.Create(edited).Snapshot!;
        Dictionary<string, CitySnapshot> known = new() { [before.Revision] = before, [after.Revision] = after };
        Partition partition = new(revision => known[revision], new Ledger(), new Quarantine(), new DeviceBoard());
        partition.Restore([], 0, 0, 0);

        Process(partition, 0, LogRecordKind.Snapshot, "", "", before.Revision);
        Process(partition, 1, LogRecordKind.Message, "FLD-000001", "city/v1/flood/FLD-000001/telemetry", "{\"water_level\":0.01}");
        Process(partition, 2, LogRecordKind.Snapshot, "", "", after.Revision);
        Process(partition, 3, LogRecordKind.Message, "FLD-000002", "city/v1/flood/FLD-000002/telemetry", "{\"water_level\":0.02}");

        string[] devices = [.. partition.Readings.Select(r => r.Register.Devices[r.Batch[0].DeviceIndex].Id)];
        Assert.Equal(["FLD-000001", "FLD-000002"], devices);
        Assert.Same(after, partition.Snapshot);
        partition.ClearReadings();
        Assert.Empty(partition.Readings);
    }

    [Fact]
    public void Message_is_in_flight_until_its_effects_can_be_seen()
    {
        CitySnapshot city = CitySnapshot.Read(RepositoryFolder.PathOf("Gateway.Host/city")).Snapshot!;
        Ledger ledger = new();
        Partition partition = new(_ => city, ledger, new Quarantine(), new DeviceBoard());
        partition.Restore([], 0, 0, appendsFrom: 100);
        Process(partition, 0, LogRecordKind.Snapshot, "", "", city.Revision);
        Process(partition, 1, LogRecordKind.Message, "FLD-000001", "city/v1/flood/FLD-000001/telemetry", "{\"water_level\":0.01}");
        Assert.Equal(0, ledger.Total[Outcome.Stored]);
        partition.Settle();
        Assert.Equal((1, 1), (ledger.Total[Outcome.Stored], ledger.Device("FLD-000001")[Outcome.Stored]));
        Assert.Equal(1, ledger.Total.Accepted);
    }

    private static void Process(Partition partition, long offset, LogRecordKind kind, string client, string topic, string payload)
    {
        byte[] c = Encoding.UTF8.GetBytes(client), t = Encoding.UTF8.GetBytes(topic), p = Encoding.UTF8.GetBytes(payload);
        byte[] bytes = new byte[LogRecord.LengthBytes(c.Length, t.Length, 0, p.Length)];
        LogRecord.Write(bytes, kind, LogRecordFlags.Ingested | LogRecordFlags.DeviceCounted, new EventTime(1_769_504_400_000 + offset), c, t, default, p);
        Assert.True(LogRecord.TryRead(bytes, out LogRecord record, out _));
        partition.Process(record, offset);
    }
}
