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

    /// <summary>Cases that fit a filter, newest first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="limit">At most so many, 1 to 1000.</param>
    /// <param name="cursor">Where the page before ended; null for the first page.</param>
    CasePage List(CaseFilter filter, int limit, CaseCursor? cursor);

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
