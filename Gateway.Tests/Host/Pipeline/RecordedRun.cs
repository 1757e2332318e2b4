using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Host.Cases;
using Gateway.Host.City;
using Gateway.Host.IngestLog;
using Gateway.Host.Pipeline;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Tests.Support;

namespace Gateway.Tests.Host.Pipeline;

/// <summary>
/// A log in memory: a snapshot, a start, and a seeded hour of a city with breaches, silence, faults and commands. It can be run through
/// partitions that are thrown away and restored at any record.
/// </summary>
internal sealed class RecordedRun
{
    private static readonly CitySnapshot Sample = CitySnapshot.Read(RepositoryFolder.PathOf("Gateway.Host/city")).Snapshot!;
    private static readonly EventTime Begin = new(1_769_504_400_000);

    private readonly List<byte[]> _records = [];
    private readonly Random _random;
    private EventTime _now = Begin;

    public RecordedRun(int seed, int messages)
    {
        _random = new Random(seed);
        Add(LogRecordKind.GatewayStarted, "", "", JsonSerializer.Serialize(new StartedPayload(1, false), PipelineJson.Default.StartedPayload));
        Add(LogRecordKind.Snapshot, "", "", Sample.Revision);
        for (int i = 0; i < messages; i++)
        {
            _now += TimeSpan.FromMilliseconds(_random.Next(200, 8_000));
            Step(i);
        }

        _now += TimeSpan.FromHours(2);
        Add(LogRecordKind.Tick, "", "", "");
    }

    /// <summary>Records.</summary>
    public int Count => _records.Count;

    /// <summary>Runs everything and tells the end: every case event, every alert, every count.</summary>
    /// <param name="crashAfter">Whether the partition dies behind record i, with everything that was not committed.</param>
    /// <param name="checkpointAfter">Whether a checkpoint is made behind record i.</param>
    /// <param name="commitAfter">Whether effects are committed behind record i; those of records between go with the next commit, or are lost in a crash.</param>
    public string Outcome(Predicate<int> crashAfter, Predicate<int> checkpointAfter, Predicate<int> commitAfter)
    {
        using TemporaryFolder folder = new();
        using SqliteCaseStore store = SqliteCaseStore.Open(folder.File("cases.db"));
        Partition partition = Restored(store, out int at);
        while (at < _records.Count)
        {
            Assert.True(LogRecord.TryRead(_records[at], out LogRecord record, out _));
            partition.Process(record, at);
            partition.ClearReadings();
            partition.Settle();
            bool last = at == _records.Count - 1;
            if (commitAfter(at) || checkpointAfter(at) || last)
            {
                Commit(store, partition, at + 1, checkpointAfter(at));
            }

            if (crashAfter(at) && !last)
            {
                partition = Restored(store, out at);
                continue;
            }

            at++;
        }

        return Describe(store, partition);
    }

    private static Partition Restored(SqliteCaseStore store, out int from)
    {
        Partition partition = new(_ => Sample, new Ledger(), new Quarantine(), new DeviceBoard());
        CaseStorePosition position = store.Position(0);
        partition.Restore(store.LoadOpen(0), position.LastNumber, position.NextOffset, appendsFrom: long.MaxValue);
        from = store.LoadCheckpoint(0) is { } checkpoint ? (int)partition.Load(checkpoint.State) : 0;
        return partition;
    }

    private static void Commit(SqliteCaseStore store, Partition partition, long offset, bool checkpoint)
    {
        if (offset < store.Position(0).NextOffset)
        {
            return; // still rebuilding what is committed already
        }

        store.Commit(new CaseCommit
        {
            Partition = 0,
            NextOffset = offset,
            LogTime = partition.LastRecordAt,
            Events = partition.Effects.Cases.Events,
            Cases = partition.Effects.Cases.Cases,
            Checkpoint = checkpoint && partition.Snapshot is not null ? new RuleCheckpoint(offset, partition.Save(offset)) : null,
        });
        partition.Effects.Clear();
    }

    private static string Describe(SqliteCaseStore store, Partition partition)
    {
        StringBuilder text = new();
        foreach (SequencedEvent one in store.EventsAfter(0, int.MaxValue))
        {
            text.AppendLine(JsonSerializer.Serialize(one.Event, CaseJsonContext.Readable.CaseEvent));
        }

        foreach (object alert in partition.ActiveAlerts())
        {
            text.AppendLine(alert.ToString());
        }

        foreach (Outcome outcome in Enum.GetValues<Outcome>())
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{outcome} {partition.Ledger.Total[outcome]}");
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"accepted {partition.Ledger.Total.Accepted} due {partition.NextDue}");
        return text.ToString();
    }

    private void Step(int i)
    {
        int device = _random.Next(6);
        switch (_random.Next(20))
        {
            case 0:
                Message($"FLD-{device:D6}", "flood", "not json");
                break;
            case 1:
                // The same message again, and again.
                byte[] again = _records[^1];
                _records.Add(again);
                break;
            case 2:
                Command($"AJ-20260127-{_random.Next(1, 6):D6}", (CaseCommandKind)_random.Next(7));
                break;
            case 3:
                _now += TimeSpan.FromMinutes(_random.Next(1, 30));
                Add(LogRecordKind.Tick, "", "", "");
                break;
            case 4:
                Add(LogRecordKind.GatewayStarted, "", "", JsonSerializer.Serialize(new StartedPayload(1, false), PipelineJson.Default.StartedPayload));
                break;
            case < 10:
                Message($"SMK-{device:D6}", "smoke", string.Create(CultureInfo.InvariantCulture, $"{{\"ts\":{_now.UnixMilliseconds - _random.Next(3000)},\"seq\":{i},\"smoke_density\":{Math.Round(_random.NextDouble() * 0.4, 3)},\"temperature\":{_random.Next(15, 80)}}}"));
                break;
            case < 13:
                Message($"ACC-{device:D6}", "access", string.Create(CultureInfo.InvariantCulture, $"{{\"ts\":{_now.UnixMilliseconds},\"event\":\"door_forced\",\"door\":\"D-{device}\"}}"));
                break;
            default:
                Message($"FLD-{device:D6}", "flood", string.Create(CultureInfo.InvariantCulture, $"{{\"ts\":{_now.UnixMilliseconds - _random.Next(2000)},\"seq\":{i},\"water_level\":{Math.Round(_random.NextDouble() * 0.8, 2)}}}"));
                break;
        }
    }

    private void Message(string device, string kind, string payload) =>
        Add(LogRecordKind.Message, device, $"city/v1/{kind}/{device}/telemetry", payload, LogRecordFlags.Qos1 | LogRecordFlags.Ingested | LogRecordFlags.DeviceCounted);

    private void Command(string caseNo, CaseCommandKind kind)
    {
        CaseCommand command = new() { CaseNo = caseNo, Command = kind, Actor = kind is CaseCommandKind.Verify ? "supervisor" : "officer", Reason = "seen", FieldCheck = _random.Next(2) == 0 };
        Span<byte> id = stackalloc byte[16];
        _random.NextBytes(id);
        Add(LogRecordKind.CaseCommand, "", "", JsonSerializer.Serialize(new CommandPayload(new Guid(id), command), PipelineJson.Default.CommandPayload));
    }

    private void Add(LogRecordKind kind, string client, string topic, string payload, LogRecordFlags flags = LogRecordFlags.None)
    {
        byte[] c = Encoding.UTF8.GetBytes(client), t = Encoding.UTF8.GetBytes(topic), p = Encoding.UTF8.GetBytes(payload);
        byte[] record = new byte[LogRecord.LengthBytes(c.Length, t.Length, 0, p.Length)];
        LogRecord.Write(record, kind, flags, _now, c, t, default, p);
        _records.Add(record);
    }
}
