namespace Gateway.Host.Series.Query;

/// <summary>Why a query has no answer. The names in snake case appear in problem details.</summary>
internal enum SeriesQueryFault
{
    /// <summary>It has one.</summary>
    None,

    /// <summary>To is not after From.</summary>
    EmptyRange,

    /// <summary>The step is not at least a millisecond.</summary>
    BadStep,

    /// <summary>Merged without a step.</summary>
    MergedNeedsStep,

    /// <summary>More series than one answer may touch.</summary>
    TooManySeries,

    /// <summary>More points or buckets than one answer may hold.</summary>
    TooManyPoints,
}
