using Gateway.Host.Cases;
using Gateway.Host.Cases.AfterAction;
using Gateway.Host.Cases.Evidence;
using Gateway.Host.City;
using Gateway.Host.Series;
using Gateway.Host.Series.Embedded;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;
using Gateway.Tests.Support;

namespace Gateway.Tests.Host.Cases.AfterAction;

/// <summary>
/// The sample city at work by minutes since a start: readings go through its rules into cases, a real case store and a real series store, and
/// timelines are read from those. Time is what the test says.
/// </summary>
internal sealed class TimelineDrill : IDisposable
{
    public static readonly EventTime Start = EventTime.TryParse("2026-01-27T09:00:00Z", out EventTime time) ? time : default;

    private readonly TemporaryFolder _folder = new();
    private readonly SqliteCaseStore _store;
    private readonly EmbeddedSeriesStore _series;
    private readonly RuleEngine _engine;
    private readonly CaseBook _book;
    private readonly CaseChanges _changes = new();
    private long _offset;

    public TimelineDrill(string city = "Gateway.Host/city", CitySnapshot? snapshot = null)
    {
        City = snapshot ?? CitySnapshot.Read(RepositoryFolder.PathOf(city)).Snapshot!;
        _store = SqliteCaseStore.Open(_folder.File("cases.db"));
        _series = EmbeddedSeriesStore.Open(new SeriesStoreOptions { Directory = _folder.File("series") });
        _engine = new RuleEngine(City.Rules, City.Definition.Devices);
        _book = new CaseBook(City.CaseSettingsAt(Start, exercise: false)) { Stored = _store.Find };
    }

    public CitySnapshot City { get; }

    public ICaseStore Store => _store;

    public IReadOnlyCollection<Case> Cases => _book.Cases;

    public EvidenceFolder Evidence => new(_folder.File("data"));

    public ISeriesStore Series => _series;

    public CityArchive Archive => new(_folder.File("snapshots"));

    public TimelineReader Reader => new(_store, _series, Evidence, Archive);

    public static EventTime At(double minute) => Start + TimeSpan.FromMinutes(minute);

    /// <summary>A reading of a device; fields by name.</summary>
    public void Reading(EventTime at, string deviceId, params (string Field, double Value)[] values)
    {
        Device device = City.Definition.Devices.Find(deviceId)!;
        ReadingBatch batch = new(device.Profile);
        Span<double> row = batch.Add(new ReadingBatch.Row(device.Index, at, at, TimeQuality.Ok, -1));
        foreach ((string field, double value) in values)
        {
            row[device.Profile.ColumnByName[field]] = value;
        }

        Pass(at);
        List<AlertTransition> transitions = [];
        _engine.Evaluate(batch, 0, transitions);
        Hand(transitions);
        _book.Observe(deviceId, at, at, ++_offset, _changes);
        _series.Append(batch, 0, 1, City.Definition.Devices);
        Commit(at);
    }

    public void Level(double minute, string deviceId, double metres) => Reading(At(minute), deviceId, ("water_level", metres));

    /// <summary>A level a minute, from one to another in a straight line; the last is that of the end.</summary>
    public void Levels(string deviceId, double fromMinute, double toMinute, double from, double to)
    {
        for (double minute = fromMinute; minute <= toMinute; minute++)
        {
            Level(minute, deviceId, Math.Round(from + ((to - from) * (minute - fromMinute) / Math.Max(1, toMinute - fromMinute)), 3));
        }
    }

    /// <summary>Lets time pass: timers of rules and clocks of cases.</summary>
    public void Pass(EventTime now)
    {
        List<AlertTransition> transitions = [];
        _engine.Advance(now, transitions);
        Hand(transitions);
        _book.Advance(now, _changes);
        Commit(now);
    }

    public void Command(double minute, CaseCommand command)
    {
        Pass(At(minute));
        Assert.Null(_book.Handle(command, At(minute), ++_offset, _changes));
        Commit(At(minute));
    }

    public void Command(double minute, string caseNo, CaseCommandKind kind, string actor, string reason = "", string to = "", bool fieldCheck = false, int? score = null, double? untilMinute = null) =>
        Command(minute, new CaseCommand { CaseNo = caseNo, Command = kind, Actor = actor, Reason = reason, To = to, FieldCheck = fieldCheck, Score = score, Until = untilMinute is { } until ? At(until) : null });

    public string Report(double minute, CaseIntake intake)
    {
        Pass(At(minute));
        CaseIntakeResult result = _book.Handle(intake, At(minute), ++_offset, _changes);
        Commit(At(minute));
        return result.CaseNo;
    }

    /// <summary>Puts away a bundle that says which city held, as the sealer does with all that a decision rests on.</summary>
    public void Seal(double minute, string caseNo, int decision = 1)
    {
        Archive.Save(City);
        ReadOnlySpan<byte> bytes = EvidenceFormat.Write(new EvidenceBundle
        {
            CaseNo = caseNo,
            Decision = decision,
            Kind = decision == 1 ? DecisionKind.Opened : DecisionKind.Reopened,
            DecidedAt = At(minute),
            Offset = 1,
            Engine = "test",
            City = City.Revision,
            Mode = City.Definition.Mode,
            From = At(minute),
            LastNumber = 0,
            Events = [],
            Records = [],
        }).Span;
        Evidence.Put(caseNo, decision, bytes);
        Assert.Null(_book.Handle(new EvidenceSeal(caseNo, decision, EvidenceFolder.HashOf(bytes), bytes.Length, 0, true), At(minute), ++_offset, _changes));
        Commit(At(minute));
    }

    /// <summary>Deletes the cities of other days.</summary>
    public void Forget() => Directory.Delete(_folder.File("snapshots"), recursive: true);

    /// <summary>Drives a hand-made history into the store.</summary>
    public void Put(IReadOnlyCollection<CaseEvent> events, IReadOnlyCollection<Case> cases, EventTime at) =>
        _store.Commit(new CaseCommit { Partition = 0, NextOffset = ++_offset, LogTime = at, Events = events, Cases = cases });

    public TimelineSources Sources(string caseNo, double nowMinute, TimeSpan? before = null, TimeSpan? after = null, CitySnapshot? today = null) =>
        Reader.Read(caseNo, before ?? TimelineWindow.Usual, after ?? TimelineWindow.Usual, today ?? City, At(nowMinute), CancellationToken.None)!;

    public Timeline Timeline(string caseNo, double nowMinute, TimeSpan? before = null, TimeSpan? after = null) =>
        TimelineBuilder.Build(Sources(caseNo, nowMinute, before, after));

    public void Dispose()
    {
        _store.Dispose();
        _series.Dispose();
        _folder.Dispose();
    }

    private void Hand(List<AlertTransition> transitions)
    {
        foreach (AlertTransition transition in transitions)
        {
            RuleDefinition rule = City.Find(transition.RuleName)!.Rule;
            Device device = City.Definition.Devices.Find(transition.DeviceId)!;
            _book.Handle(transition, new AlertContext { Rule = rule, RuleSha256 = City.HashOf(rule), Device = device, Offset = ++_offset, Values = "" }, _changes);
        }
    }

    private void Commit(EventTime at)
    {
        if (_changes.Events.Count > 0)
        {
            _store.Commit(new CaseCommit { Partition = 0, NextOffset = ++_offset, LogTime = at, Events = [.. _changes.Events], Cases = [.. _changes.Cases] });
            _changes.Clear();
        }
    }
}
