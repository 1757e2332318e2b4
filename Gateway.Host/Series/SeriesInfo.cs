using Gateway.Protocols.Readings;

namespace Gateway.Host.Series;

/// <summary>What is stored of one series. Immutable.</summary>
/// <param name="Key">Device and metric.</param>
/// <param name="First">Time of the oldest sample.</param>
/// <param name="Last">Time of the newest sample.</param>
/// <param name="Count">Samples, each time counted once.</param>
internal readonly record struct SeriesInfo(SeriesKey Key, EventTime First, EventTime Last, long Count);
