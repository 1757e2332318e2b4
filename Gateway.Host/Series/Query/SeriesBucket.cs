using Gateway.Protocols.Readings;

namespace Gateway.Host.Series.Query;

/// <summary>One bucket of an answer. Immutable.</summary>
/// <param name="Start">Start of the bucket, a whole multiple of the step, even where the query begins later.</param>
/// <param name="Value">The aggregate; null when nothing was received and the aggregate is neither count nor sum.</param>
/// <param name="Received">Samples in it.</param>
/// <param name="Expected">Samples that healthy devices would have sent in the part of it within the query: time / reporting interval, over all series; null when one of them has no interval.</param>
internal readonly record struct SeriesBucket(EventTime Start, double? Value, long Received, double? Expected);
