namespace Gateway.Host.IngestLog;

/// <summary>
/// Someone who waits for records to be durable. Called on the committer thread, once a commit for all of this listener's records in it,
/// in the order they were appended; it must not block.
/// </summary>
internal abstract class CommitListener
{
    /// <summary>The commit that last counted a record of this listener, and where; owned by the log, under its gate.</summary>
    internal long LastBatchNumber { get; set; } = -1;

    /// <summary>Index of this listener's notice in that commit.</summary>
    internal int NoticeIndex { get; set; }

    /// <summary>The next <paramref name="count"/> records of this listener are on disk, or could not be written.</summary>
    public abstract void OnCommitted(int count, bool durable);
}

/// <summary>Waits for one record.</summary>
internal sealed class CommitCompletion : CommitListener
{
    private readonly TaskCompletionSource<bool> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>True when the record is durable, false when it could not be written.</summary>
    public Task<bool> Durable => _completion.Task;

    /// <inheritdoc />
    public override void OnCommitted(int count, bool durable) => _completion.TrySetResult(durable);
}
