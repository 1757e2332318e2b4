using Gateway.Host.Series.Query;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Series;

/// <summary>
/// The seam of the time series: one series a device and numeric field, samples of (time, double). It is no log and has none: the ingest log
/// is its write-ahead log. The pipeline appends, calls <see cref="Flush"/> before it moves its series watermark, and after a crash replays from
/// that watermark; samples are idempotent by (series, time), the last write winning, so a replay changes nothing.
/// <para>Threads: one writer (Append, Flush), one maintainer (Maintain), any number of readers (List, Scan, Query), all at once. A reader sees
/// every sample whose Append had returned before the read began; of later ones it sees some, each series at one moment of its own.</para>
/// <para>Implementations: embedded (blocks on disk); InfluxDB line protocol is the second. Each passes the shared contract tests.</para>
/// </summary>
internal interface ISeriesStore : IDisposable
{
    /// <summary>
    /// Takes the numeric fields of <paramref name="count"/> rows from <paramref name="firstRow"/>, filed under their ObservedAt; absent
    /// fields (NaN) are not stored. In memory when it returns; may flush on its way, to keep memory bounded.
    /// </summary>
    /// <param name="batch">Rows whose device indices are those of <paramref name="register"/>.</param>
    /// <param name="firstRow">First row to take.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="register">The register the batch was decoded with.</param>
    /// <exception cref="IOException">The flush on its way failed; none of these rows was taken, the ones before are still held.</exception>
    void Append(ReadingBatch batch, int firstRow, int count, DeviceRegister register);

    /// <summary>Returns when everything appended so far is durable.</summary>
    /// <exception cref="IOException">It may not be. What was appended is still held and readable; a later Flush writes it anew.</exception>
    void Flush();

    /// <summary>Merges what is worth merging and drops what is older than the retention at <paramref name="now"/>; call it every minute or so.</summary>
    /// <exception cref="IOException">The disk refused; nothing is lost and the next call tries again.</exception>
    void Maintain(EventTime now);

    /// <summary>The selected series in key order, with what is stored of each.</summary>
    IReadOnlyList<SeriesInfo> List(SeriesSelection selection, CancellationToken cancellation = default);

    /// <summary>Streams samples with <paramref name="from"/> &lt;= time &lt; <paramref name="to"/>, series by series in key order, in constant memory; dispose the enumerator.</summary>
    IEnumerable<SeriesPage> Scan(SeriesSelection selection, EventTime from, EventTime to, CancellationToken cancellation = default);

    /// <summary>Answers a query, or says why not; what is asked for amiss is a value, never an exception.</summary>
    SeriesAnswer Query(SeriesQuery query, SeriesCatalog catalog, CancellationToken cancellation = default);

    /// <summary>Sizes and counters, for metrics and readiness.</summary>
    SeriesStoreStatus Status { get; }
}
