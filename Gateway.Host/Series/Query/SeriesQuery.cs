using Gateway.Protocols.Readings;

namespace Gateway.Host.Series.Query;

/// <summary>
/// A question to the series store: points, or buckets when there is a step. Buckets are [start, start + step) with starts at whole multiples of
/// the step since the Unix epoch, clipped to [From, To). Immutable.
/// </summary>
internal sealed record SeriesQuery
{
    /// <summary>The metric (field name).</summary>
    public required string Metric { get; init; }

    /// <summary>Only this device.</summary>
    public string? DeviceId { get; init; }

    /// <summary>Only devices in this unit of the area tree or below it.</summary>
    public string? Area { get; init; }

    /// <summary>Only devices of this kind.</summary>
    public string? Kind { get; init; }

    /// <summary>Start, inclusive.</summary>
    public required EventTime From { get; init; }

    /// <summary>End, exclusive.</summary>
    public required EventTime To { get; init; }

    /// <summary>Width of a bucket, at least a millisecond; null asks for the points.</summary>
    public TimeSpan? Step { get; init; }

    /// <summary>What a bucket's samples become; without a step it has no meaning.</summary>
    public SeriesAggregate Aggregate { get; init; } = SeriesAggregate.Avg;

    /// <summary>One result a series, or one of all.</summary>
    public SeriesGrouping Grouping { get; init; } = SeriesGrouping.Series;
}
