using Gateway.Host.Series;
using Gateway.Host.Series.Embedded;
using Gateway.Protocols.Readings;

namespace Gateway.Tests.Host.Series;

/// <summary>A directory of a store for one test, deleted afterwards.</summary>
internal sealed class SeriesFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("series-").FullName;

    public string[] Blocks => [.. Directory.GetFiles(Path, "*.block").Order(StringComparer.Ordinal)];

    public string[] Damaged => Directory.GetFiles(Path, "*.damaged");

    public EmbeddedSeriesStore Open(int mergeCount = 4, long headLimit = 1 << 20, long blockLimit = 1 << 30, TimeSpan? retention = null, SeriesLimits? limits = null) =>
        EmbeddedSeriesStore.Open(new SeriesStoreOptions
        {
            Directory = Path,
            MergeCount = mergeCount,
            HeadLimitBytes = headLimit,
            BlockLimitBytes = blockLimit,
            Retention = retention,
            Limits = limits ?? new SeriesLimits(),
        });

    /// <summary>All samples of a store, in the order of a scan.</summary>
    public static List<(SeriesKey Key, long Time, double Value)> Read(
        ISeriesStore store, SeriesSelection? selection = null, long from = long.MinValue, long to = long.MaxValue) =>
        [.. store.Scan(selection ?? SeriesSelection.All, new EventTime(from), new EventTime(to))
            .SelectMany(page => Enumerable.Range(0, page.Count).Select(i => (page.Key, page.Times.Span[i], page.Values.Span[i])).ToArray())];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
