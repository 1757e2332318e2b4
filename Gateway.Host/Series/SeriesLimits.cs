namespace Gateway.Host.Series;

/// <summary>What one answer may cost, so that a query cannot take the memory intake needs. Immutable.</summary>
internal sealed record SeriesLimits
{
    /// <summary>Series one answer may touch. Default 100,000.</summary>
    public int MaximumSeries { get; init; } = 100_000;

    /// <summary>Points or buckets one answer may hold. Default 1,000,000.</summary>
    public int MaximumPoints { get; init; } = 1_000_000;

    /// <summary>Samples held at once for exact percentiles. Default 10,000,000 (80 MB).</summary>
    public int MaximumPercentileSamples { get; init; } = 10_000_000;
}
