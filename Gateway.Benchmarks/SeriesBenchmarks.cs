using BenchmarkDotNet.Attributes;
using Gateway.Host.Series;
using Gateway.Host.Series.Embedded;
using Gateway.Host.Series.Query;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Areas;

namespace Gateway.Benchmarks;

/// <summary>
/// The embedded series store: a fleet of flood gauges with three metrics each, a reading every 10 s. Writing includes its flushes and merges.
/// </summary>
[MemoryDiagnoser]
public class SeriesBenchmarks
{
    private const int RowsPerDevice = 360;
    private const long StartMs = 1_769_504_400_000;

    private readonly DeviceProfile _profile = new("flood", [], [Field("water_level"), Field("rainfall"), Field("battery")])
    {
        ReportingInterval = TimeSpan.FromSeconds(10),
    };

    private DeviceRegister _register = DeviceRegister.Empty;
    private SeriesCatalog _catalog = null!;
    private ReadingBatch[] _batches = [];
    private string _written = "";
    private EmbeddedSeriesStore _store = null!;

    /// <summary>Devices of the fleet.</summary>
    [Params(1000)]
    public int Devices { get; set; }

    /// <summary>Makes the readings, one batch for each round of the fleet, and a store that holds them.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _register = new DeviceRegister([_profile], [.. Enumerable.Range(0, Devices).Select(i =>
            new Device { Index = i, Id = $"FLD-{i:D6}", Profile = _profile, Area = "C" })]);
        _catalog = new SeriesCatalog(_register, new AreaTree("2026-01-01", EventTime.MinValue, [new Area { Code = "C", Name = "City", Level = AreaLevel.City }]));
        Random random = new(1);
        double[] levels = [.. Enumerable.Range(0, Devices).Select(_ => random.NextDouble() * 3)];
        _batches = [.. Enumerable.Range(0, RowsPerDevice).Select(row => Round(row, levels, random))];
        _written = Directory.CreateTempSubdirectory("series-bench-").FullName;
        _store = Open(_written);
        Write(_store);
    }

    /// <summary>Removes what was written.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _store.Dispose();
        Directory.Delete(_written, recursive: true);
    }

    /// <summary>All samples of the fleet through head, flushes every 30 rounds (5 minutes of city time) and merges, to disk; an operation is the whole of it.</summary>
    [Benchmark]
    public long WriteFlushMerge()
    {
        string directory = Directory.CreateTempSubdirectory("series-bench-").FullName;
        using (EmbeddedSeriesStore store = Open(directory))
        {
            Write(store);
        }

        Directory.Delete(directory, recursive: true);
        return (long)Devices * RowsPerDevice * _profile.Fields.Count;
    }

    /// <summary>The points of one device over the hour.</summary>
    [Benchmark]
    public int QueryOneDevice() => Query(new SeriesQuery
    {
        Metric = "water_level",
        DeviceId = "FLD-000500",
        From = new EventTime(StartMs),
        To = new EventTime(StartMs + (RowsPerDevice * 10_000L)),
    }).Results[0].Points.Count;

    /// <summary>The mean of the whole city by the hour.</summary>
    [Benchmark]
    public double? QueryCityMean() => Query(new SeriesQuery
    {
        Metric = "water_level",
        From = new EventTime(StartMs),
        To = new EventTime(StartMs + (RowsPerDevice * 10_000L)),
        Step = TimeSpan.FromHours(1),
        Grouping = SeriesGrouping.Merged,
    }).Results[0].Buckets[0].Value;

    private static FieldDefinition Field(string name) => new() { Name = name, Type = FieldType.Number };

    private static EmbeddedSeriesStore Open(string directory) => EmbeddedSeriesStore.Open(new SeriesStoreOptions { Directory = directory });

    private SeriesAnswer Query(SeriesQuery query) => _store.Query(query, _catalog);

    private void Write(EmbeddedSeriesStore store)
    {
        for (int round = 0; round < _batches.Length; round++)
        {
            store.Append(_batches[round], 0, _batches[round].Count, _register);
            if (round % 30 == 29)
            {
                store.Flush();
                store.Maintain(new EventTime(StartMs));
            }
        }

        store.Flush();
    }

    private ReadingBatch Round(int row, double[] levels, Random random)
    {
        ReadingBatch batch = new(_profile);
        EventTime time = new(StartMs + (row * 10_000L));
        for (int device = 0; device < levels.Length; device++)
        {
            levels[device] += (random.NextDouble() - 0.5) / 100;
            Span<double> values = batch.Add(new ReadingBatch.Row(device, time, time, TimeQuality.Ok, -1));
            values[0] = Math.Round(levels[device], 3);
            values[1] = random.Next(20) == 0 ? 0.2 : 0;
            values[2] = 90;
        }

        return batch;
    }
}
