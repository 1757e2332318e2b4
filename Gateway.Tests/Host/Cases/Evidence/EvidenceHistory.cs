using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Host.Cases.Evidence;
using Gateway.Host.City;
using Gateway.Host.IngestLog;
using Gateway.Host.IngestLog.Inspection;
using Gateway.Host.Pipeline;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Areas;
using Gateway.Rules.Cases;
using Gateway.Rules.Files;
using Gateway.Tests.Support;

namespace Gateway.Tests.Host.Cases.Evidence;

/// <summary>A log in memory, the partition that worked it off, and the histories of its cases: what a sealer has before it.</summary>
internal sealed class EvidenceHistory
{
    /// <summary>Rules besides those of the sample city: what they lack of ways to decide.</summary>
    public const string MoreRules = """
        rules:
          - alert: t-fire
            match: {kind: smoke}
            expr: smoke_density >= 0.30
            severity: critical
            keep_firing_for: 2m
            case: {event: fire.t, scope: device, reopen_within: 1h}
            inhibits: {rules: [t-haze], area: street}
          - alert: t-haze
            match: {kind: smoke}
            levels:
              - {severity: info, expr: "avg(smoke_density, 10m) >= 0.10"}
              - {severity: warning, expr: "hits(smoke_density >= 0.15, 3) >= 2", for: 1m}
            case: {event: device.t-haze, scope: device}
          - alert: t-late
            match: {kind: flood}
            expr: rise(water_level, 20m) >= 0.4
            severity: warning
            lateness: 5s
            case: {event: flood.t-late, scope: grid}
          - alert: t-several
            match: {kind: flood}
            expr: water_level >= 0.30 and neighbours(water_level >= 0.30, radius=5000, within=15m) >= 2
            severity: critical
            case: {event: flood.t-several, scope: device}
          - alert: t-silent
            match: {kind: access}
            absent: {after: 25m, severity: warning}
            case: {event: device.t-silent, scope: device, reopen_within: 1h}
          - alert: t-after
            match: {kind: flood}
            expr: sequence(water_level >= 0.60, water_level < 0.20, 30m)
            severity: info
            case: {event: flood.t-after, scope: device}
        """;

    /// <summary>A silence that ends in the middle of a history.</summary>
    public const string Silences = """
        silences:
          - {id: works, rules: [t-fire], devices: [SMK-000001, SMK-000002], until: 2026-01-27 18:00, reason: welding, by: fire-brigade}
        """;

    private static readonly EventTime Begin = new(1_769_504_400_000); // 2026-01-27 17:00 in the sample city

    private readonly List<byte[]> _records = [];
    private readonly Dictionary<string, CitySnapshot> _cities = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<CaseEvent>> _events = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Case> _cases = new(StringComparer.Ordinal);
    private readonly Partition _partition;
    private readonly Random _random;
    private EventTime _now = Begin;
    private CitySnapshot? _city;

    public EvidenceHistory(int seed = 1)
    {
        _random = new Random(seed);
        _partition = new Partition(City, new Ledger(), new Quarantine(), new DeviceBoard()) { Stored = new CaseLookups(no => _cases.GetValueOrDefault(no), CaseOfReport) };
        _partition.Restore([], 0, committedOffset: 0, appendsFrom: long.MaxValue);
        Started();
        Take(MoreRules);
    }

    public IReadOnlyList<CaseEvent> Of(string caseNo) => _events[caseNo];

    public IReadOnlyCollection<Case> Cases => _cases.Values;

    public CitySnapshot City(string revision) => _cities[revision];

    /// <summary>How often the log was read.</summary>
    public int LogReadings { get; private set; }

    /// <summary>Every decision there was, in the order it was taken.</summary>
    public IReadOnlyList<DecisionToSeal> Decisions =>
        [.. _events.Values.SelectMany(h => h.Where(DecisionToSeal.Begins).Select(e => DecisionToSeal.Of(h, e.Sequence, no => _events[no]))).OrderBy(d => d.Offset)];

    /// <summary>The bundles of decisions.</summary>
    /// <param name="decisions">Which.</param>
    /// <param name="firstOffset">The log before this offset is gone.</param>
    public IReadOnlyList<EvidenceBundle> Seal(IReadOnlyList<DecisionToSeal> decisions, long firstOffset = 0) => [.. SealOneByOne(decisions, firstOffset)];

    /// <summary>The bundles of decisions, each made when it is asked for.</summary>
    public IEnumerable<EvidenceBundle> SealOneByOne(IReadOnlyList<DecisionToSeal> decisions, long firstOffset = 0, Func<string, CitySnapshot>? cities = null)
    {
        LogMarks marks = new();
        for (int offset = 0; offset < _records.Count; offset++)
        {
            if (LogRecord.TryRead(_records[offset], out LogRecord record, out _) && LogMarks.IsMark(record.Kind))
            {
                marks.Add(new LogMark(offset, _records[offset])); // noted as the log grew, and kept when its beginning goes
            }
        }

        void Scan(long from, long? to, LogExcerpt.Show show)
        {
            LogReadings++;
            for (long offset = Math.Max(from, firstOffset); offset < _records.Count && !(offset > to); offset++)
            {
                Assert.True(LogRecord.TryRead(_records[(int)offset], out LogRecord record, out _));
                show(offset, record);
            }
        }

        return new EvidenceMaker(Scan, _ => (firstOffset, TimeOf(firstOffset)), marks, cities ?? City).Make(decisions, CancellationToken.None);
    }

    public void Take(string rules, string silences = Silences, string storms = "{except: [fire]}")
    {
        CitySnapshotResult made = CitySnapshot.Create([
            .. CityFolder.Read(RepositoryFolder.PathOf("Gateway.Host/city")).Files.Select(f => f.Path == "city.yaml" ? f with { Text = f.Text.Replace("{except: [fire]}", storms, StringComparison.Ordinal) } : f),
            new CityFile("rules/t.yaml", rules),
            new CityFile("silences/t.yaml", silences),
        ]);
        Assert.True(made.Snapshot is not null, string.Join('\n', made.Findings));
        _cities[made.Snapshot.Revision] = _city = made.Snapshot;
        Add(LogRecordKind.Snapshot, "", "", made.Snapshot.Revision);
    }

    public void Started() => Add(LogRecordKind.GatewayStarted, "", "", JsonSerializer.Serialize(new StartedPayload(1, false), PipelineJson.Default.StartedPayload));

    public void Wait(TimeSpan time) => _now += time;

    public void Tick() => Add(LogRecordKind.Tick, "", "", "");

    public void Flood(int device, double level) => Send("flood", $"FLD-{device:D6}", string.Create(CultureInfo.InvariantCulture, $"{{\"ts\":{_now.UnixMilliseconds - _random.Next(2000)},\"water_level\":{level}}}"));

    /// <summary>What a broken gauge sends: a mebibyte that is stored and has a reading in it.</summary>
    public void Babble(int device) => Send("flood", $"FLD-{device:D6}", $"{{\"ts\":{_now.UnixMilliseconds},\"water_level\":0.01,\"x\":\"{new string('x', 1 << 20)}\"}}");

    public void Command(string caseNo, CaseCommandKind kind)
    {
        CaseCommand command = new() { CaseNo = caseNo, Command = kind, Actor = kind is CaseCommandKind.Verify ? "supervisor" : "officer", Reason = "seen", FieldCheck = true };
        Ask(new CommandPayload(Id(), command));
    }

    public void Report(string kind, string area) => Ask(new CommandPayload(Id(), null) { Intake = new CaseIntake { Source = "hotline", Event = kind, Area = area, Description = "water on the road" } });

    /// <summary>A seeded afternoon: readings of every kind, silence, nonsense, restarts, edits of the rules, commands.</summary>
    public EvidenceHistory Live(int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            _now += TimeSpan.FromMilliseconds(_random.Next(200, 40_000));
            Step(i);
        }

        _now += TimeSpan.FromHours(1);
        Tick();
        return this;
    }

    private void Step(int i)
    {
        int device = _random.Next(4);
        switch (_random.Next(24))
        {
            case 0:
                Send("flood", $"FLD-{device:D6}", "not json");
                break;
            case 1:
                Append(_records[^1]);
                break;
            case 2 when _cases.Count > 0:
                Case one = _cases.Values.ElementAt(_random.Next(_cases.Count));
                IReadOnlyList<CaseCommandKind> legal = [.. CaseCommands.Legal(one).Intersect([CaseCommandKind.Accept, CaseCommandKind.Report, CaseCommandKind.Verify, CaseCommandKind.Void])];
                if (legal.Count > 0)
                {
                    Command(one.CaseNo, legal[_random.Next(legal.Count)]);
                }

                break;
            case 3:
                _now += TimeSpan.FromMinutes(_random.Next(1, 30));
                Tick();
                break;
            case 4 when i % 5 == 0:
                Started();
                break;
            case 5 when i % 7 == 0:
                Take(MoreRules.Replace("smoke_density >= 0.30", $"smoke_density >= 0.{_random.Next(25, 35)}", StringComparison.Ordinal));
                break;
            case 6:
                Tell(device);
                break;
            case < 11:
                Send("smoke", $"SMK-{device:D6}", string.Create(CultureInfo.InvariantCulture, $"{{\"ts\":{_now.UnixMilliseconds - _random.Next(3000)},\"smoke_density\":{Math.Round(_random.NextDouble() * 0.4, 3)},\"temperature\":{_random.Next(15, 80)}}}"));
                break;
            case < 14:
                Send("access", $"ACC-{device:D6}", $"{{\"ts\":{_now.UnixMilliseconds},\"event\":\"{(_random.Next(3) == 0 ? "door_forced" : _random.Next(2) == 0 ? "access_denied" : "door_closed")}\",\"door\":\"D-{device}\"}}");
                break;
            default:
                Flood(device, Math.Round(_random.NextDouble() * 0.8, 2));
                break;
        }
    }

    /// <summary>What people say of the place of a device: much or little, now and then what was said before.</summary>
    private void Tell(int device)
    {
        (string kind, string id) = _random.Next(6) switch
        {
            0 => ("fire.t", $"SMK-{device:D6}"),
            1 => ("device.t-haze", $"SMK-{device:D6}"),
            2 => ("flood.t-late", $"FLD-{device:D6}"),
            3 => ("flood.t-after", $"FLD-{device:D6}"),
            4 => ("device.t-silent", $"ACC-{device:D6}"),
            _ => ("flood.t-several", $"FLD-{device:D6}"),
        };
        Device at = _city!.Definition.Devices.Find(id)!;
        CaseIntake report = new() { Source = "hotline", Event = kind, Area = at.Area, Description = "seen", ExternalId = _random.Next(3) == 0 ? $"H-{_random.Next(20)}" : "" };
        Ask(new CommandPayload(Id(), null)
        {
            Intake = _random.Next(4) switch
            {
                0 => report with { Building = at.Building },
                1 => report with { Area = _city.AreasAt(_now).AncestorAt(at.Area, AreaLevel.Community)!.Code },
                2 => report with { Latitude = at.Latitude, Longitude = at.Longitude + 0.0005 },
                _ => report,
            },
        });
    }

    private EventTime TimeOf(long offset) => LogRecord.TryRead(_records[(int)offset], out LogRecord record, out _) ? record.ReceivedAt : EventTime.MinValue;

    private string? CaseOfReport(string source, string externalId, EventTime since) => _events.Values.SelectMany(h => h)
        .FirstOrDefault(e => e.At >= since && CaseReport.In(e) is { } report && report.Source == source && report.ExternalId == externalId)?.CaseNo;

    private Guid Id()
    {
        byte[] id = new byte[16];
        _random.NextBytes(id);
        return new Guid(id);
    }

    private void Ask(CommandPayload payload) => Add(LogRecordKind.CaseCommand, "", "", JsonSerializer.Serialize(payload, PipelineJson.Default.CommandPayload));

    private void Send(string kind, string device, string payload) =>
        Add(LogRecordKind.Message, device, $"city/v1/{kind}/{device}/telemetry", payload, LogRecordFlags.Qos1 | LogRecordFlags.Ingested | LogRecordFlags.DeviceCounted);

    private void Add(LogRecordKind kind, string client, string topic, string payload, LogRecordFlags flags = LogRecordFlags.None)
    {
        byte[] c = Encoding.UTF8.GetBytes(client), t = Encoding.UTF8.GetBytes(topic), p = Encoding.UTF8.GetBytes(payload);
        byte[] record = new byte[LogRecord.LengthBytes(c.Length, t.Length, 0, p.Length)];
        LogRecord.Write(record, kind, flags, _now, c, t, default, p);
        Append(record);
    }

    private void Append(byte[] bytes)
    {
        Assert.True(LogRecord.TryRead(bytes, out LogRecord record, out _));
        _records.Add(bytes);
        _partition.Process(record, _records.Count - 1);
        _partition.ClearReadings();
        _partition.Settle();
        foreach (CaseEvent next in _partition.Effects.Cases.Events)
        {
            (_events.TryGetValue(next.CaseNo, out List<CaseEvent>? history) ? history : _events[next.CaseNo] = []).Add(next);
        }

        foreach (Case changed in _partition.Effects.Cases.Cases)
        {
            _cases[changed.CaseNo] = changed;
        }

        _partition.Effects.Clear();
    }
}
