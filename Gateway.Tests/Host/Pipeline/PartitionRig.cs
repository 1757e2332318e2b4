using System.Text;
using System.Text.Json;
using Gateway.Host.City;
using Gateway.Host.IngestLog;
using Gateway.Host.Pipeline;
using Gateway.Protocols.Readings;
using Gateway.Rules.Files;
using Gateway.Tests.Support;

namespace Gateway.Tests.Host.Pipeline;

/// <summary>A partition over the sample city with some files more, fed with records at seconds from a beginning.</summary>
internal sealed class PartitionRig
{
    private readonly Dictionary<string, CitySnapshot> _cities = new(StringComparer.Ordinal);
    private readonly EventTime _begin;
    private long _offset;

    public PartitionRig(DateTimeOffset begin, params (string Path, string Text)[] files)
    {
        _begin = EventTime.From(begin);
        Partition = New();
        Partition.Restore([], 0, committedOffset: 0, appendsFrom: long.MaxValue);
        Take(files);
    }

    /// <summary>The partition; another one after <see cref="Restart"/>.</summary>
    public Partition Partition { get; private set; }

    /// <summary>Case numbers and events of all cases so far, in the order they were opened.</summary>
    public IReadOnlyList<string> Filed => [.. Partition.Effects.Cases.Cases.OrderBy(c => c.Number).Select(c => $"{c.Facts.Key.Event} {c.Facts.DeviceId}")];

    public EventTime At(double seconds) => _begin + TimeSpan.FromSeconds(seconds);

    /// <summary>The sample city with other files more takes over.</summary>
    public PartitionRig Take(params (string Path, string Text)[] files) => Take(0, files);

    public PartitionRig Take(double seconds, params (string Path, string Text)[] files)
    {
        CitySnapshotResult made = CitySnapshot.Create([
            .. CityFolder.Read(RepositoryFolder.PathOf("Gateway.Host/city")).Files.Where(f => files.All(n => n.Path != f.Path)),
            .. files.Select(f => new CityFile(f.Path, f.Text)),
        ]);
        Assert.True(made.Snapshot is not null, string.Join('\n', made.Findings));
        _cities[made.Snapshot.Revision] = made.Snapshot;
        return Add(seconds, LogRecordKind.Snapshot, "", made.Snapshot.Revision);
    }

    public PartitionRig Tick(double seconds) => Add(seconds, LogRecordKind.Tick, "", "");

    /// <summary>Sends fields of a device, for example <c>new { water_level = 0.4 }</c>.</summary>
    public PartitionRig Send(double seconds, string kind, string device, object fields) =>
        Add(seconds, LogRecordKind.Message, $"city/v1/{kind}/{device}/telemetry", JsonSerializer.Serialize(fields), device);

    /// <summary>The gateway was down since the last record, and is up again.</summary>
    public PartitionRig Start(double seconds) =>
        Add(seconds, LogRecordKind.GatewayStarted, "", JsonSerializer.Serialize(new StartedPayload(1, false), PipelineJson.Default.StartedPayload));

    /// <summary>Goes on with a new partition from a checkpoint.</summary>
    public PartitionRig Restart()
    {
        byte[] saved = Partition.Save(_offset);
        Partition next = New();
        next.Restore([.. Partition.Effects.Cases.Cases], Partition.Effects.Cases.Cases.Select(c => c.Number).DefaultIfEmpty().Max(), committedOffset: 0, appendsFrom: long.MaxValue);
        next.Load(saved);
        Partition = next;
        return this;
    }

    private Partition New() => new(r => _cities[r], new Ledger(), new Quarantine(), new DeviceBoard());

    private PartitionRig Add(double seconds, LogRecordKind kind, string topic, string payload, string device = "")
    {
        LogRecordFlags flags = kind == LogRecordKind.Message ? LogRecordFlags.Qos1 | LogRecordFlags.Ingested | LogRecordFlags.DeviceCounted : LogRecordFlags.None;
        byte[] client = Encoding.UTF8.GetBytes(device), name = Encoding.UTF8.GetBytes(topic), body = Encoding.UTF8.GetBytes(payload);
        byte[] bytes = new byte[LogRecord.LengthBytes(client.Length, name.Length, 0, body.Length)];
        LogRecord.Write(bytes, kind, flags, At(seconds), client, name, default, body);
        Assert.True(LogRecord.TryRead(bytes, out LogRecord record, out _));
        Partition.Process(record, _offset++);
        return this;
    }
}
