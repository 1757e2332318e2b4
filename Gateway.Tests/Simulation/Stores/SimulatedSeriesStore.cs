using System.Globalization;
using Gateway.Host.Series;
using Gateway.Host.Series.Query;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;

namespace Gateway.Tests.Simulation.Stores;

/// <summary>A series store in memory: of what was appended only what was flushed outlives the process, and of a flush cut short a part.</summary>
internal sealed class SimulatedSeriesStore : ISeriesStore
{
    private readonly SortedDictionary<string, double> _durable = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, double> _head = new(StringComparer.Ordinal);

    /// <summary>Set while a simulation runs.</summary>
    public SimulationFaults? Faults { get; set; }

    /// <inheritdoc />
    public SeriesStoreStatus Status => new();

    /// <inheritdoc />
    public void Append(ReadingBatch batch, int firstRow, int count, DeviceRegister register)
    {
        if (Faults?.Strikes(Fault.SeriesAppend) == true)
        {
            throw new IOException("the series store is full, and its flush fails");
        }

        for (int row = firstRow; row < firstRow + count; row++)
        {
            string device = register.Devices[batch[row].DeviceIndex].Id;
            ReadOnlySpan<double> values = batch.Values(row);
            for (int column = 0; column < values.Length; column++)
            {
                double value = values[column];
                if (!double.IsNaN(value))
                {
                    _head[string.Create(CultureInfo.InvariantCulture, $"{device}/{batch.Profile.Fields[column].Name}@{batch[row].ObservedAt.UnixMilliseconds}")] = value;
                }
            }
        }
    }

    /// <inheritdoc />
    public void Flush()
    {
        Faults?.TakeTime();
        foreach ((string key, double value) in _head.ToList())
        {
            Faults?.MayKill();
            _durable[key] = value;
        }

        if (Faults?.Strikes(Fault.SeriesFlush) == true)
        {
            throw new IOException("the series store may not have everything");
        }

        _head.Clear();
    }

    /// <summary>The process is gone.</summary>
    public void Crash() => _head.Clear();

    /// <inheritdoc />
    public override string ToString() =>
        string.Join('\n', new SortedDictionary<string, double>(_durable.Concat(_head).GroupBy(p => p.Key).ToDictionary(g => g.Key, g => g.Last().Value), StringComparer.Ordinal).Select(p => FormattableString.Invariant($"{p.Key} {p.Value}")));

    /// <inheritdoc />
    public void Maintain(EventTime now) => throw new NotSupportedException("the pipeline maintains nothing");

    /// <inheritdoc />
    public IReadOnlyList<SeriesInfo> List(SeriesSelection selection, CancellationToken cancellation = default) => throw new NotSupportedException("the pipeline lists nothing");

    /// <inheritdoc />
    public IEnumerable<SeriesPage> Scan(SeriesSelection selection, EventTime from, EventTime to, CancellationToken cancellation = default) => throw new NotSupportedException("the pipeline scans nothing");

    /// <inheritdoc />
    public SeriesAnswer Query(SeriesQuery query, SeriesCatalog catalog, CancellationToken cancellation = default) => throw new NotSupportedException("the pipeline asks nothing");

    /// <inheritdoc />
    public void Dispose()
    {
    }
}
