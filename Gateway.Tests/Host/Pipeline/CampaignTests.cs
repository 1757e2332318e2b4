using System.Text;
using System.Text.Json;
using Gateway.Host.City;
using Gateway.Host.IngestLog;
using Gateway.Host.Pipeline;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;
using Gateway.Tests.Support;

namespace Gateway.Tests.Host.Pipeline;

/// <summary>Overlays at work in a partition: they begin and end by the log's time, without a message, and a checkpoint goes on inside one.</summary>
public sealed class CampaignTests
{
    private const string Overlay = """
        campaign: flood-season
        when: {from: 2026-02-14 08:00, until: 2026-02-14 09:00}
        changes:
          - {alert: underpass-flood, levels: [{severity: critical, expr: "water_level >= 0.20", clear: "water_level < 0.12"}]}
        """;

    private static readonly CitySnapshot City = CitySnapshot.Create([
        .. CityFolder.Read(RepositoryFolder.PathOf("Gateway.Host/city")).Files,
        new CityFile("overlays/season.yaml", Overlay),
    ]).Snapshot!;

    private static readonly EventTime Begin = EventTime.From(new DateTimeOffset(2026, 2, 14, 7, 58, 0, TimeSpan.FromHours(8)));

    private Partition _partition = Empty();
    private long _offset;

    [Fact]
    public void Level_before_the_campaign_files_when_it_begins_and_the_case_says_so()
    {
        Add(0, LogRecordKind.Snapshot, "", City.Revision);
        Level(0, 0.22); // a warning in a minute, no more
        Add(30, LogRecordKind.Tick, "", "");
        Assert.Equal(Begin + TimeSpan.FromMinutes(1), _partition.NextDue);
        Add(90, LogRecordKind.Tick, "", "");
        Case opened = Assert.Single(_partition.Effects.Cases.Cases);
        Assert.Equal(("", AlertSeverity.Warning), (opened.Facts.Campaign, opened.Severity));

        Level(100, 0.22);
        Restart();
        Assert.Equal(Begin + TimeSpan.FromMinutes(2), _partition.NextDue);
        Add(125, LogRecordKind.Tick, "", ""); // over eight o'clock
        Assert.Equal(AlertSeverity.Critical, Assert.Single(_partition.ActiveAlerts()).Severity);
        Assert.Equal(Begin + TimeSpan.FromMinutes(2), Assert.Single(_partition.Effects.Cases.Cases).UpdatedAt);
    }

    [Fact]
    public void Case_of_a_campaign_carries_its_name_and_the_end_comes_without_a_message()
    {
        Add(0, LogRecordKind.Snapshot, "", City.Revision);
        Level(180, 0.22);
        Assert.Equal("flood-season", Assert.Single(_partition.Effects.Cases.Cases).Facts.Campaign);
        Restart();
        Level(3710, 0.22);
        Assert.Equal("water_level >= 0.20", Expression());
        Add(3725, LogRecordKind.Tick, "", ""); // over nine o'clock
        Assert.Equal("water_level >= 0.27", Expression());
    }

    private string Expression() => _partition.Snapshot!.Definition.Rules.First(r => r.Alert.Text == "underpass-flood").Levels[1].Expression.Text;

    private static Partition Empty()
    {
        Partition partition = new(_ => City, new Ledger(), new Quarantine(), new DeviceBoard());
        partition.Restore([], 0, committedOffset: 0, appendsFrom: long.MaxValue);
        return partition;
    }

    private void Restart()
    {
        byte[] saved = _partition.Save(_offset);
        Partition next = new(_ => City, new Ledger(), new Quarantine(), new DeviceBoard());
        next.Restore([.. _partition.Effects.Cases.Cases], 1, committedOffset: 0, appendsFrom: long.MaxValue);
        next.Load(saved);
        _partition = next;
    }

    private void Level(double seconds, double metres) =>
        Add(seconds, LogRecordKind.Message, "city/v1/flood/FLD-000001/telemetry", JsonSerializer.Serialize(new { water_level = metres }), LogRecordFlags.Qos1 | LogRecordFlags.Ingested | LogRecordFlags.DeviceCounted);

    private void Add(double seconds, LogRecordKind kind, string topic, string payload, LogRecordFlags flags = LogRecordFlags.None)
    {
        byte[] client = Encoding.UTF8.GetBytes(topic.Length == 0 ? "" : "FLD-000001"), name = Encoding.UTF8.GetBytes(topic), body = Encoding.UTF8.GetBytes(payload);
        byte[] bytes = new byte[LogRecord.LengthBytes(client.Length, name.Length, 0, body.Length)];
        LogRecord.Write(bytes, kind, flags, Begin + TimeSpan.FromSeconds(seconds), client, name, default, body);
        Assert.True(LogRecord.TryRead(bytes, out LogRecord record, out _));
        _partition.Process(record, _offset++);
    }
}
