using System.Text;
using Gateway.Host.City;
using Gateway.Host.IngestLog;
using Gateway.Host.IngestLog.Inspection;
using Gateway.Host.Pipeline;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;

namespace Gateway.Host.Replay;

/// <summary>
/// The stored log run through the pipeline's own code, from its first record on: what came of it, once more, or what would have come of it
/// with other rules. Reads only, takes no lock, may run beside the gateway whose log it is. Nothing it does is stored.
/// </summary>
internal sealed class LogReplay
{
    private const int RecordsBetweenClears = 4_096;

    private readonly string _log;
    private readonly CitySnapshot? _candidate;
    private readonly CityArchive _archive;
    private readonly Partition _partition;
    private readonly Dictionary<string, Case> _cases = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Source, string ExternalId), (string CaseNo, EventTime At)> _reports = [];

    /// <summary>Prepares a replay.</summary>
    /// <param name="data">The data directory.</param>
    /// <param name="candidate">The city that holds throughout in place of those that held; null for what really held.</param>
    /// <param name="observer">Sees every alert transition, with the log offset that caused it.</param>
    /// <param name="numbered">
    /// The cases as the log's commands name them, where they have other numbers here: a command goes to the case about the same matter.
    /// </param>
    /// <exception cref="ReplayException">There is no log.</exception>
    public LogReplay(string data, CitySnapshot? candidate, Action<AlertTransition, long>? observer, Func<string, CaseKey?>? numbered = null)
    {
        _log = LogOf(data);
        _candidate = candidate;
        _archive = ArchiveOf(data);
        Dictionary<string, CitySnapshot> known = new(StringComparer.Ordinal);
        CitySnapshot Known(string revision) => known.TryGetValue(revision, out CitySnapshot? snapshot) ? snapshot : known[revision] = _archive.Load(revision);
        _partition = new Partition(candidate is null ? Known : _ => candidate, new Ledger(), new Quarantine(), new DeviceBoard(), observer)
        {
            Stored = new CaseLookups(
                caseNo => _cases.GetValueOrDefault(caseNo),
                (source, id, since) => _reports.TryGetValue((source, id), out (string CaseNo, EventTime At) known) && known.At >= since ? known.CaseNo : null),
            CommandFor = numbered is null ? null : (command, book) => numbered(command.CaseNo) is { } key && book.Find(key) is { } meant ? command with { CaseNo = meant.CaseNo } : command,
        };
        _partition.Restore([], 0, committedOffset: 0, appendsFrom: long.MaxValue);
    }

    /// <summary>Replays the log up to a time; null for its end.</summary>
    public EventTime? Until { get; init; }

    /// <summary>Replays the log up to this offset; null for its end.</summary>
    public long? To { get; init; }

    /// <summary>Told now and then how far it is: records, and the log's time.</summary>
    public Action<long, EventTime>? Progress { get; init; }

    /// <summary>The rules as they stand at the end.</summary>
    public RuleEngine? Rules => _partition.Rules;

    /// <summary>The city at the end.</summary>
    public CitySnapshot? City => _partition.Snapshot;

    /// <summary>Every case there was, as it stands at the end.</summary>
    public IReadOnlyCollection<Case> Cases => _cases.Values;

    /// <summary>Records processed.</summary>
    public long Records { get; private set; }

    /// <summary>Log time of the last record.</summary>
    public EventTime End => _partition.LastRecordAt;

    /// <summary>Offset of the last record.</summary>
    public long LastOffset { get; private set; }

    /// <summary>Damaged places passed over.</summary>
    public int Damaged { get; private set; }

    /// <summary>Whether the log's beginning is gone, so that the replay starts in the middle, with rules that have seen nothing.</summary>
    public bool IsPartial { get; private set; }

    /// <summary>The last city the log names before a time; null when it names none.</summary>
    /// <exception cref="ReplayException">There is no log, or its city cannot be read.</exception>
    public static CitySnapshot? LastCity(string data, EventTime until)
    {
        string? revision = null;
        new LogExcerpt { Until = until }.Run(LogOf(data), (long _, in LogRecord record) => revision = record.Kind == LogRecordKind.Snapshot ? Encoding.ASCII.GetString(record.Payload) : revision);
        try
        {
            return revision is null ? null : ArchiveOf(data).Load(revision);
        }
        catch (InvalidDataException e)
        {
            throw new ReplayException(e.Message, e);
        }
    }

    private static CityArchive ArchiveOf(string data) => new(Path.Combine(data, "snapshots"));

    private static string LogOf(string data)
    {
        string log = Path.Combine(data, "log");
        return Directory.Exists(log) && Directory.EnumerateFiles(log, "*" + LogSegment.Extension).Any()
            ? log
            : throw new ReplayException($"{log} holds no log; name a data directory with --data");
    }

    /// <summary>Runs it.</summary>
    /// <exception cref="ReplayException">The log, or a city it names, cannot be read.</exception>
    public void Run()
    {
        try
        {
            LogExcerpt excerpt = new() { Until = Until, To = To };
            excerpt.Run(_log, Process);
            Damaged = excerpt.Damaged;
            if (excerpt.IsCut && Until is { } until && City is not null)
            {
                // Timers go on to the time asked for only where the log does: it is the clock.
                _partition.AdvanceTo(until, LastOffset);
                Rules!.Advance(until, []);
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new ReplayException(e.Message, e);
        }

        Collect();
    }

    private void Process(long offset, in LogRecord record)
    {
        if (Records == 0)
        {
            IsPartial = offset > 0;
        }

        if (_partition.Snapshot is null && record.Kind is LogRecordKind.Message or LogRecordKind.CaseCommand)
        {
            _partition.Begin(FirstSnapshot(), record.ReceivedAt);
        }

        _partition.Process(record, offset);
        LastOffset = offset;
        if (++Records % RecordsBetweenClears == 0)
        {
            Collect();
            Progress?.Invoke(Records, record.ReceivedAt);
        }
    }

    private void Collect()
    {
        _partition.ClearReadings();
        _partition.Settle();
        foreach (Case changed in _partition.Effects.Cases.Cases)
        {
            _cases[changed.CaseNo] = changed;
        }

        foreach (CaseEvent next in _partition.Effects.Cases.Events)
        {
            if (CaseReport.In(next) is { ExternalId.Length: > 0 } report)
            {
                _reports[(report.Source, report.ExternalId)] = (next.CaseNo, next.At);
            }
        }

        _partition.Effects.Clear();
    }

    // The record that named the city in force is gone with the log's beginning: the first one that is left is nearest.
    private CitySnapshot FirstSnapshot()
    {
        if (_candidate is not null)
        {
            return _candidate;
        }

        string? revision = null;
        new LogExcerpt().Run(_log, (long _, in LogRecord record) => revision ??= record.Kind == LogRecordKind.Snapshot ? Encoding.ASCII.GetString(record.Payload) : null);
        return _archive.Load(revision ?? throw new ReplayException($"{_log} names no city: its beginning is gone, and with it the record that did. Give a whole city folder with --rules"));
    }
}
