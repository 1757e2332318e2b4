using Gateway.Host.Series;
using Gateway.Host.Series.Embedded;
using Gateway.Host.Series.Query;
using Gateway.Protocols.Readings;

namespace Gateway.Tests.Host.Series.Query;

public sealed class SeriesQueryTests : IDisposable
{
    private const long Start = 1_769_504_405_000; // 2026-01-27T09:00:05Z: in the middle of a bucket of 10 s

    private readonly SeriesFolder _folder = new();
    private readonly EmbeddedSeriesStore _store;

    public SeriesQueryTests() => _store = _folder.Open(limits: new SeriesLimits { MaximumPoints = 1000, MaximumSeries = 3, MaximumPercentileSamples = 800 });

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("Avg")]
    [InlineData("Min")]
    [InlineData("Max")]
    [InlineData("Sum")]
    [InlineData("Count")]
    [InlineData("First")]
    [InlineData("Last")]
    [InlineData("P95")]
    public void Buckets_equal_a_naive_computation_for_one_series_and_for_all(string aggregateName)
    {
        SeriesAggregate aggregate = Enum.Parse<SeriesAggregate>(aggregateName);
        List<(int Device, long Time, double Value)> samples = Fill(300);
        SeriesQuery query = Query(Start - 7000, Start + 333_000, 37) with { Aggregate = aggregate };

        SeriesAnswer bySeries = _store.Query(query, SeriesCity.Catalog);
        SeriesAnswer merged = _store.Query(query with { Grouping = SeriesGrouping.Merged }, SeriesCity.Catalog);

        Assert.Equal(3, bySeries.Results.Count);
        for (int device = 0; device < 3; device++)
        {
            AssertBuckets(query, samples.Where(s => s.Device == device), bySeries.Results[device]);
        }

        AssertBuckets(query, samples, Assert.Single(merged.Results));
        Assert.Equal(3, merged.Results[0].SeriesCount);
    }

    [Fact]
    public void Buckets_start_at_multiples_of_the_step_and_expect_for_the_part_within_the_range()
    {
        SeriesCity.Append(_store, 0, Start, 1, double.NaN, double.NaN);
        SeriesResult result = _store.Query(Query(Start, Start + 65_000, 60), SeriesCity.Catalog).Results[0];

        Assert.Equal([Start - 5000, Start + 55_000], result.Buckets.Select(b => b.Start.UnixMilliseconds));
        Assert.Equal([5.5, 1.0], result.Buckets.Select(b => b.Expected));
        Assert.Equal([1L, 0], result.Buckets.Select(b => b.Received));
        Assert.Equal([1d, null], result.Buckets.Select(b => b.Value));
    }

    [Fact]
    public void Buckets_expect_nothing_definite_where_a_kind_has_no_interval()
    {
        SeriesCity.Append(_store, 0, Start, 1, 1, 90);
        SeriesCity.Append(_store, 3, Start, 1, double.NaN, 80, double.NaN);
        SeriesQuery battery = Query(Start, Start + 60_000, 60) with { Metric = "battery" };

        SeriesAnswer bySeries = _store.Query(battery, SeriesCity.Catalog);
        SeriesAnswer merged = _store.Query(battery with { Grouping = SeriesGrouping.Merged }, SeriesCity.Catalog);

        Assert.Null(bySeries.Results.Single(r => r.Key!.Value.DeviceId == "ACC-000000").Buckets[0].Expected);
        Assert.Equal(5.5, bySeries.Results.Single(r => r.Key!.Value.DeviceId == "FLD-000000").Buckets[0].Expected);
        Assert.Null(merged.Results[0].Buckets[0].Expected);
        Assert.Equal(85d, merged.Results[0].Buckets[0].Value);
    }

    [Fact]
    public void Buckets_before_1970_are_rounded_down()
    {
        SeriesCity.Append(_store, 0, -1, 4, double.NaN, double.NaN);
        SeriesResult result = _store.Query(Query(-1500, 500, 1), SeriesCity.Catalog).Results[0];

        Assert.Equal([-2000L, -1000, 0], result.Buckets.Select(b => b.Start.UnixMilliseconds));
        Assert.Equal([0L, 1, 0], result.Buckets.Select(b => b.Received));
    }

    [Theory]
    [InlineData(null, null, null, "FLD-000000 FLD-000001 FLD-000002")]
    [InlineData("C", null, null, "FLD-000000 FLD-000001 FLD-000002")]
    [InlineData("D1", null, null, "FLD-000000 FLD-000001")]
    [InlineData("G2", "flood", null, "FLD-000002")]
    [InlineData("D2", null, "FLD-000000", "")]
    [InlineData(null, "access", null, "")]
    [InlineData(null, null, "FLD-000001", "FLD-000001")]
    public void Points_are_those_of_the_area_kind_and_device(string? area, string? kind, string? device, string expected)
    {
        Fill(1);
        SeriesAnswer answer = _store.Query(Query(Start, Start + 1000, null) with { Area = area, Kind = kind, DeviceId = device }, SeriesCity.Catalog);
        Assert.Equal(expected, string.Join(' ', answer.Results.Select(r => r.Key!.Value.DeviceId)));
    }

    [Fact]
    public void Points_are_within_from_and_before_to()
    {
        Fill(10);
        SeriesAnswer answer = _store.Query(Query(Start + 1000, Start + 3000, null), SeriesCity.Catalog);
        Assert.All(answer.Results, r => Assert.Equal([Start + 1000, Start + 2000], r.Points.Select(p => p.Time.UnixMilliseconds)));
    }

    [Fact]
    public void Limits_are_faults_that_say_what_to_do()
    {
        Fill(500);
        SeriesCity.Append(_store, 3, Start, 1, double.NaN, 80, double.NaN);
        for (int i = 0; i < 3; i++)
        {
            SeriesCity.Append(_store, i, Start, double.NaN, double.NaN, 80);
        }

        SeriesQuery all = Query(Start, Start + 500_000, null);
        AssertFault(SeriesQueryFault.TooManyPoints, "add a step", all);
        AssertFault(SeriesQueryFault.TooManyPoints, "longer step", all with { Step = TimeSpan.FromSeconds(1) });
        AssertFault(SeriesQueryFault.TooManyPoints, "p95", all with { Step = TimeSpan.FromHours(1), Aggregate = SeriesAggregate.P95, Grouping = SeriesGrouping.Merged });
        AssertFault(SeriesQueryFault.TooManySeries, "narrow", all with { Metric = "battery" });
        AssertFault(SeriesQueryFault.MergedNeedsStep, "step", all with { Grouping = SeriesGrouping.Merged });
        AssertFault(SeriesQueryFault.EmptyRange, "later", all with { To = all.From });
        AssertFault(SeriesQueryFault.BadStep, "millisecond", all with { Step = TimeSpan.Zero });
    }

    private static SeriesQuery Query(long from, long to, int? stepSeconds) => new()
    {
        Metric = "water_level",
        From = new EventTime(from),
        To = new EventTime(to),
        Step = stepSeconds is { } s ? TimeSpan.FromSeconds(s) : null,
    };

    private static void AssertBuckets(SeriesQuery query, IEnumerable<(int Device, long Time, double Value)> samples, SeriesResult result)
    {
        long step = (long)query.Step!.Value.TotalMilliseconds;
        var within = samples.Where(s => s.Time >= query.From.UnixMilliseconds && s.Time < query.To.UnixMilliseconds).ToLookup(s => s.Time / step * step);
        Assert.Equal(Enumerable.Range(0, result.Buckets.Count).Select(i => (query.From.UnixMilliseconds / step * step) + (i * step)), result.Buckets.Select(b => b.Start.UnixMilliseconds));
        Assert.Equal(within.Sum(g => g.Count()), result.Buckets.Sum(b => b.Received));
        foreach (SeriesBucket bucket in result.Buckets)
        {
            var inBucket = within[bucket.Start.UnixMilliseconds].ToList();
            Assert.Equal(inBucket.Count, bucket.Received);
            double? expected = Naive(query.Aggregate, inBucket);
            Assert.Equal(expected is null, bucket.Value is null);
            Assert.Equal(expected ?? 0, bucket.Value ?? 0, 1e-9);
        }
    }

    private static double? Naive(SeriesAggregate aggregate, List<(int Device, long Time, double Value)> samples) => aggregate switch
    {
        SeriesAggregate.Count => samples.Count,
        SeriesAggregate.Sum => samples.Sum(s => s.Value),
        _ when samples.Count == 0 => null,
        SeriesAggregate.Avg => samples.Average(s => s.Value),
        SeriesAggregate.Min => samples.Min(s => s.Value),
        SeriesAggregate.Max => samples.Max(s => s.Value),
        SeriesAggregate.First => samples.OrderBy(s => s.Time).ThenBy(s => s.Device).First().Value,
        SeriesAggregate.Last => samples.OrderBy(s => s.Time).ThenBy(s => s.Device).Last().Value,
        _ => samples.Select(s => s.Value).Order().ElementAt((int)Math.Ceiling(samples.Count * 95 / 100m) - 1),
    };

    private void AssertFault(SeriesQueryFault fault, string words, SeriesQuery query)
    {
        SeriesAnswer answer = _store.Query(query, SeriesCity.Catalog);
        Assert.Equal(fault, answer.Fault);
        Assert.Contains(words, answer.Detail, StringComparison.Ordinal);
        Assert.Empty(answer.Results);
    }

    // One sample a second of each gauge, some missing; half of them flushed.
    private List<(int Device, long Time, double Value)> Fill(int seconds)
    {
        Random random = new(5);
        List<(int, long, double)> samples = [];
        for (int i = 0; i < seconds; i++)
        {
            for (int device = 0; device < 3; device++)
            {
                if (i > 10 && random.Next(5) == 0)
                {
                    continue;
                }

                double value = Math.Round(random.NextDouble() * 10, 3);
                SeriesCity.Append(_store, device, Start + (i * 1000L), value, double.NaN, double.NaN);
                samples.Add((device, Start + (i * 1000L), value));
            }

            if (i == seconds / 2)
            {
                _store.Flush();
            }
        }

        return samples;
    }
}
