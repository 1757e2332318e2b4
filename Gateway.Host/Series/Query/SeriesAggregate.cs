namespace Gateway.Host.Series.Query;

/// <summary>What a bucket's samples become.</summary>
internal enum SeriesAggregate
{
    /// <summary>Arithmetic mean.</summary>
    Avg,

    /// <summary>Smallest value.</summary>
    Min,

    /// <summary>Largest value.</summary>
    Max,

    /// <summary>Sum of the values.</summary>
    Sum,

    /// <summary>Number of samples.</summary>
    Count,

    /// <summary>Value of the oldest sample; of several series at the same time, that of the first in key order.</summary>
    First,

    /// <summary>Value of the newest sample; of several series at the same time, that of the last in key order.</summary>
    Last,

    /// <summary>95th percentile by nearest rank: the value at place ceil(0.95 n) of the n sorted values. Exact.</summary>
    P95,
}
