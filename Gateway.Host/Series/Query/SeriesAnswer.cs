using Gateway.Protocols.Readings;

namespace Gateway.Host.Series.Query;

/// <summary>The answer to a query, or why there is none. Immutable.</summary>
internal sealed record SeriesAnswer
{
    /// <summary>Why there is no answer, or <see cref="SeriesQueryFault.None"/>.</summary>
    public SeriesQueryFault Fault { get; init; }

    /// <summary>The fault in words, with what would be allowed.</summary>
    public string Detail { get; init; } = "";

    /// <summary>One result a series in key order, or one of all; series without a sample in the range are there with none.</summary>
    public IReadOnlyList<SeriesResult> Results { get; init; } = [];

    /// <summary>An answer that says why there is none.</summary>
    public static SeriesAnswer Failed(SeriesQueryFault fault, string detail) => new() { Fault = fault, Detail = detail };
}

/// <summary>The samples or buckets of one series or of all. Immutable.</summary>
internal sealed record SeriesResult
{
    /// <summary>The series; null for all together.</summary>
    public SeriesKey? Key { get; init; }

    /// <summary>How many series it stands for.</summary>
    public required int SeriesCount { get; init; }

    /// <summary>Samples in time order; empty when the query has a step.</summary>
    public IReadOnlyList<Sample> Points { get; init; } = [];

    /// <summary>Every bucket of the range in time order, those without a sample too; empty when the query has no step.</summary>
    public IReadOnlyList<SeriesBucket> Buckets { get; init; } = [];
}
