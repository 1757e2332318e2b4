using System.Text.Json;
using Gateway.Host.Cases;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;

namespace Gateway.Tests.Simulation.Stores;

/// <summary>
/// A case store in memory that keeps the promises of the real one: everything of a commit or nothing, histories without gap or fork, one
/// open case a key. What is committed outlives the process. It keeps JSON, so that nothing it holds is shared with who gave it.
/// </summary>
internal sealed class SimulatedCaseStore : ICaseStore
{
    private readonly List<(string CaseNo, string Body)> _events = [];
    private readonly SortedDictionary<long, string> _cases = [];
    private readonly Dictionary<string, int> _lengths = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, byte[]> _retained = new(StringComparer.Ordinal);
    private CaseStorePosition _position;
    private RuleCheckpoint? _checkpoint;

    /// <summary>Set while a simulation runs: may fail a commit, or end the process in it.</summary>
    public SimulationFaults? Faults { get; set; }

    /// <summary>Every event, as JSON, in order.</summary>
    public IEnumerable<string> Events => _events.Select(e => e.Body);

    /// <summary>Every case, as JSON, by number.</summary>
    public IEnumerable<string> Cases => _cases.Values;

    /// <inheritdoc />
    public CaseStorePosition Position(int partition) => _position;

    /// <inheritdoc />
    public CaseCommitResult Commit(CaseCommit commit)
    {
        Faults?.TakeTime();
        Faults?.MayKill();
        if (Faults?.Strikes(Fault.CaseStoreDown) == true)
        {
            throw new CaseStoreException(Faults.Random.Of(CaseStoreFault.Locked, CaseStoreFault.Full, CaseStoreFault.Unavailable), "the case store is down");
        }

        bool applies = !(commit.NextOffset < _position.NextOffset || (commit.NextOffset == _position.NextOffset && _position.NextOffset > 0 && commit.Events.Count > 0));
        if (applies)
        {
            Apply(commit);
        }

        Faults?.MayKill();
        return Faults?.Strikes(Fault.CaseStoreLies) == true
            ? throw new CaseStoreException(CaseStoreFault.Unavailable, "the case store does not answer, though it has committed")
            : new CaseCommitResult(applies, _events.Count);
    }

    /// <inheritdoc />
    public IReadOnlyList<Case> LoadOpen(int partition) => [.. AllCases().Where(c => c.IsOpen || c.ReopenUntil >= _position.LogTime)];

    /// <inheritdoc />
    public RuleCheckpoint? LoadCheckpoint(int partition) => _checkpoint;

    /// <inheritdoc />
    public IReadOnlyDictionary<string, byte[]> LoadRetained() => _retained;

    /// <inheritdoc />
    public Case? Find(string caseNo) => AllCases().FirstOrDefault(c => c.CaseNo == caseNo);

    /// <inheritdoc />
    public IReadOnlyList<CaseEvent> History(string caseNo) => [.. _events.Where(e => e.CaseNo == caseNo).Select(e => Event(e.Body))];

    /// <inheritdoc />
    public string? CaseOfReport(string source, string externalId, EventTime since) => _events.Select(e => Event(e.Body))
        .LastOrDefault(e => e.At >= since && CaseReport.In(e) is { } report && report.Source == source && report.ExternalId == externalId)?.CaseNo;

    /// <inheritdoc />
    public CasePage List(CaseFilter filter, int limit, CaseCursor? cursor) => throw new NotSupportedException("the pipeline lists nothing");

    /// <inheritdoc />
    public bool Figures(string? area, EventTime from, EventTime to, EventTime asOf, Action<CaseFigures> visit) => throw new NotSupportedException("the pipeline counts nothing");

    /// <inheritdoc />
    public void AtWork(EventTime from, EventTime to, Action<CaseAtWork> visit) => throw new NotSupportedException("the pipeline counts nothing");

    /// <inheritdoc />
    public IReadOnlyList<SequencedEvent> EventsAfter(long sequence, int limit) =>
        [.. _events.Select((e, i) => new SequencedEvent(i + 1, Event(e.Body))).Skip((int)sequence).Take(limit)];

    /// <inheritdoc />
    public IReadOnlyList<ShadowAlert> Shadow(string? rule, EventTime? from, EventTime? to, int limit) => throw new NotSupportedException("no rule of the simulated city is in shadow mode");

    /// <inheritdoc />
    public CaseStoreHealth Health() => new(true, "", _events.Count, 0);

    /// <inheritdoc />
    public void Dispose()
    {
    }

    private static CaseEvent Event(string body) => JsonSerializer.Deserialize(body, CaseJsonContext.Readable.CaseEvent)!;

    private IEnumerable<Case> AllCases() => _cases.Values.Select(body => JsonSerializer.Deserialize(body, CaseJsonContext.Readable.Case)!);

    private void Apply(CaseCommit commit)
    {
        foreach (CaseEvent next in commit.Events)
        {
            int last = _lengths.GetValueOrDefault(next.CaseNo);
            SimulationFailure.Unless(next.Sequence == last + 1, $"event {next.Sequence} of {next.CaseNo} behind event {last}");
            _lengths[next.CaseNo] = last + 1;
            _events.Add((next.CaseNo, JsonSerializer.Serialize(next, CaseJsonContext.Readable.CaseEvent)));
        }

        foreach (Case one in commit.Cases)
        {
            SimulationFailure.Unless(one.Sequence == _lengths.GetValueOrDefault(one.CaseNo), $"{one.CaseNo} and its history have parted");
            _cases[one.Number] = JsonSerializer.Serialize(one, CaseJsonContext.Readable.Case);
        }

        IEnumerable<string> twice = AllCases().Where(c => c.IsOpen).GroupBy(c => c.Facts.Key.ToString()).Where(g => g.Count() > 1).Select(g => g.Key);
        SimulationFailure.Unless(commit.Cases.Count == 0 || !twice.Any(), $"two open cases of one key: {string.Join(", ", twice)}");
        _position = new CaseStorePosition(commit.NextOffset, commit.LogTime, _cases.Count == 0 ? 0 : _cases.Keys.Max());
        _checkpoint = commit.Checkpoint ?? _checkpoint;
        foreach ((string topic, byte[]? message) in commit.Retained ?? new Dictionary<string, byte[]?>())
        {
            if (message is { Length: > 0 })
            {
                _retained[topic] = message;
            }
            else
            {
                _retained.Remove(topic);
            }
        }
    }
}
