namespace Gateway.Host.IngestLog;

/// <summary>What the log has done since start. Written by the committer, read by anyone.</summary>
internal sealed class LogCounters
{
    private long _commits;
    private long _records;
    private long _bytes;
    private long _failures;

    /// <summary>Commits, each one fsync.</summary>
    public long Commits => Volatile.Read(ref _commits);

    /// <summary>Durable records.</summary>
    public long Records => Volatile.Read(ref _records);

    /// <summary>Durable bytes, frames included.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Commits that failed.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Counts a commit.</summary>
    public void Committed(int records, int bytes)
    {
        Volatile.Write(ref _records, _records + records);
        Volatile.Write(ref _bytes, _bytes + bytes);
        Volatile.Write(ref _commits, _commits + 1);
    }

    /// <summary>Counts a failure.</summary>
    public void Failed() => Volatile.Write(ref _failures, _failures + 1);
}
