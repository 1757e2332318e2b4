namespace Gateway.Host.IngestLog;

/// <summary>Limits of the ingest log. Section <c>Gateway:Log</c>.</summary>
internal sealed class IngestLogOptions
{
    /// <summary>Size of a segment file, bytes. Default 64 MiB; from 1 MiB to 1 GiB.</summary>
    public long SegmentSizeBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>Bytes that may wait for one commit; publishers are read no further while it is full. Default 8 MiB.</summary>
    public int BatchLimitBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>
    /// Two commits begin at least this far apart, unless the second has filled up: what comes after a pause is committed at once. Default
    /// 3 ms; zero for none, at most 1 s.
    /// </summary>
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromMilliseconds(3);

    /// <summary>Segments whose records are all older are deleted once processed. Default 30 days; zero keeps them for ever.</summary>
    public TimeSpan RetentionAge { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Oldest processed segments are deleted while the log is larger, bytes. Default 16 GiB; zero for no limit.</summary>
    public long RetentionSizeBytes { get; set; } = 16L * 1024 * 1024 * 1024;

    /// <summary>What the pipeline has not worked off may grow to this, bytes; then every message is refused. Default 8 GiB; zero for no limit.</summary>
    public long BacklogLimitBytes { get; set; } = 8L * 1024 * 1024 * 1024;

    /// <summary>
    /// The last part of <see cref="BacklogLimitBytes"/>, and of the disk, that is kept for life-safety kinds, bytes: at most a quarter of
    /// the limit and a twentieth of the disk. Default 512 MiB; zero for none.
    /// </summary>
    public long LifeSafetyReserveBytes { get; set; } = 512L * 1024 * 1024;
}
