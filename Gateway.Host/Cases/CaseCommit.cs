using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;

namespace Gateway.Host.Cases;

/// <summary>What one step of a partition leaves behind, written in one transaction. Immutable.</summary>
internal sealed record CaseCommit
{
    /// <summary>The partition, from 0.</summary>
    public required int Partition { get; init; }

    /// <summary>First log offset that is not yet worked off: where the partition resumes.</summary>
    public required long NextOffset { get; init; }

    /// <summary>Log time reached.</summary>
    public required EventTime LogTime { get; init; }

    /// <summary>Events, in order.</summary>
    public IReadOnlyCollection<CaseEvent> Events { get; init; } = [];

    /// <summary>Each case the events belong to, as it stands after them.</summary>
    public IReadOnlyCollection<Case> Cases { get; init; } = [];

    /// <summary>Rule state to store; null leaves the earlier one.</summary>
    public RuleCheckpoint? Checkpoint { get; init; }

    /// <summary>What rules in shadow mode would have done, in order.</summary>
    public IReadOnlyList<ShadowAlert> Shadow { get; init; } = [];

    /// <summary>Retained messages by topic: null or empty deletes.</summary>
    public IReadOnlyDictionary<string, byte[]?>? Retained { get; init; }
}

/// <summary>Rule state as bytes that only the rule engine reads, and the log offset it was taken at (the first not yet in it).</summary>
internal sealed record RuleCheckpoint(long NextOffset, byte[] State);

/// <summary>What became of a commit.</summary>
/// <param name="Applied">False when the partition had already passed the offset.</param>
/// <param name="LastSequence">Global sequence of the latest event in the store.</param>
internal readonly record struct CaseCommitResult(bool Applied, long LastSequence);

/// <summary>Where a partition stands.</summary>
/// <param name="NextOffset">First log offset that is not yet worked off.</param>
/// <param name="LogTime">Log time reached.</param>
/// <param name="LastNumber">Highest case number sequence the partition has given.</param>
internal readonly record struct CaseStorePosition(long NextOffset, EventTime LogTime, long LastNumber);
