using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;

namespace Gateway.Host.Cases;

/// <summary>
/// Where cases are kept: the append-only history, the state it folds to, and, in the same transaction, how far the log has been worked
/// off. Safe for any number of readers beside one writer at a time. Every method throws <see cref="CaseStoreException"/> when the store
/// cannot do it.
/// </summary>
internal interface ICaseStore : IDisposable
{
    /// <summary>Where a partition stands; zero offset and number for one that never committed.</summary>
    CaseStorePosition Position(int partition);

    /// <summary>Writes everything or nothing, durably. A commit whose offset the partition has already passed changes nothing.</summary>
    CaseCommitResult Commit(CaseCommit commit);

    /// <summary>The partition's open cases and those that a recurrence may still reopen, in the order they were filed.</summary>
    IReadOnlyList<Case> LoadOpen(int partition);

    /// <summary>The partition's latest rule state; null when none was ever stored.</summary>
    RuleCheckpoint? LoadCheckpoint(int partition);

    /// <summary>All retained messages by topic.</summary>
    IReadOnlyDictionary<string, byte[]> LoadRetained();

    /// <summary>A case as it stands; null when there is none of this number.</summary>
    Case? Find(string caseNo);

    /// <summary>The whole history of a case, in order; empty when there is none of this number.</summary>
    IReadOnlyList<CaseEvent> History(string caseNo);

    /// <summary>The case that a report of a source and number came to last, at a time or later; null for none. Of a case that was merged, that one.</summary>
    string? CaseOfReport(string source, string externalId, EventTime since);

    /// <summary>Cases that fit a filter, newest first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="limit">At most so many, 1 to 1000.</param>
    /// <param name="cursor">Where the page before ended; null for the first page.</param>
    CasePage List(CaseFilter filter, int limit, CaseCursor? cursor);

    /// <summary>What is counted of the cases opened from a time on and before another, newest first, without reading the cases.</summary>
    /// <param name="area">Code of the unit they lie in; null for all.</param>
    /// <param name="from">Opened at this time or later.</param>
    /// <param name="to">Opened before this time.</param>
    /// <param name="asOf">The cases are as they stood at this time, by the events up to it.</param>
    /// <param name="visit">Gets each.</param>
    /// <returns>False, with the newest visited, when more than <see cref="SqliteCaseFigures.FoldLimit"/> of them have changed since.</returns>
    bool Figures(string? area, EventTime from, EventTime to, EventTime asOf, Action<CaseFigures> visit);

    /// <summary>The same of the cases that are open, and of those opened or closed in a period, with who leads them and their units; each once.</summary>
    void AtWork(EventTime from, EventTime to, Action<CaseAtWork> visit);

    /// <summary>Events of all cases after a global sequence, in order: what a consumer has missed.</summary>
    /// <param name="sequence">The last one it has; 0 for none.</param>
    /// <param name="limit">At most so many.</param>
    IReadOnlyList<SequencedEvent> EventsAfter(long sequence, int limit);

    /// <summary>What rules in shadow mode would have done, newest first.</summary>
    /// <param name="rule">Of this rule; null for all.</param>
    /// <param name="from">At this time or later; null for ever.</param>
    /// <param name="to">Before this time; null for ever.</param>
    /// <param name="limit">At most so many.</param>
    IReadOnlyList<ShadowAlert> Shadow(string? rule, EventTime? from, EventTime? to, int limit);

    /// <summary>Whether it works, and how large it is. Never throws.</summary>
    CaseStoreHealth Health();
}
