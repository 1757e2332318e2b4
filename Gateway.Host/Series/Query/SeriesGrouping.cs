namespace Gateway.Host.Series.Query;

/// <summary>What a query's answer has one result for.</summary>
internal enum SeriesGrouping
{
    /// <summary>Each series.</summary>
    Series,

    /// <summary>All selected series together; needs a step.</summary>
    Merged,
}
