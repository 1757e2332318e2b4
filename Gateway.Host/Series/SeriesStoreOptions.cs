namespace Gateway.Host.Series;

/// <summary>How the embedded series store uses memory and disk. Immutable.</summary>
internal sealed record SeriesStoreOptions
{
    /// <summary>The directory that is the store's alone; created when absent.</summary>
    public required string Directory { get; init; }

    /// <summary>When the head holds this many bytes an append flushes it. Default 64 MiB, some six million samples.</summary>
    public long HeadLimitBytes { get; init; } = 64L << 20;

    /// <summary>This many blocks of a level become one of the next. Default 8. At least 2.</summary>
    public int MergeCount { get; init; } = 8;

    /// <summary>Merges make no block larger than this, so that retention can drop whole files. Default 256 MiB.</summary>
    public long BlockLimitBytes { get; init; } = 256L << 20;

    /// <summary>Samples older than this are dropped, file by file and at merges; null keeps everything. Default null.</summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>What one answer may cost.</summary>
    public SeriesLimits Limits { get; init; } = new();
}
