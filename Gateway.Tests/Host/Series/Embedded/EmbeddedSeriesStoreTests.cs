using Gateway.Host.Series;
using Gateway.Host.Series.Embedded;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;

namespace Gateway.Tests.Host.Series.Embedded;

public sealed class EmbeddedSeriesStoreTests : IDisposable
{
    private readonly SeriesFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Append_again_at_the_same_time_keeps_the_last_write_across_flushes()
    {
        using EmbeddedSeriesStore store = _folder.Open();
        SeriesCity.Append(store, 0, 1000, 1.5, double.NaN, 90);
        store.Flush();
        SeriesCity.Append(store, 0, 1000, 2.5, 0.2, double.NaN);

        Assert.Equal([("battery", 90d), ("rainfall", 0.2), ("water_level", 2.5)], SeriesFolder.Read(store).Select(r => (r.Key.Metric, r.Value)));
    }

    [Fact]
    public void Append_of_fields_that_are_no_numbers_stores_nothing_of_them()
    {
        using EmbeddedSeriesStore store = _folder.Open();
        SeriesCity.Append(store, 3, 1000, 1, 17, 80, 4711);

        Assert.Equal(["battery", "door_open"], store.List(SeriesSelection.All).Select(s => s.Key.Metric));
    }

    [Fact]
    public void Append_of_a_part_of_a_batch_takes_those_rows_only()
    {
        using EmbeddedSeriesStore store = _folder.Open();
        ReadingBatch batch = new(SeriesCity.Flood);
        for (int i = 0; i < 10; i++)
        {
            SeriesCity.Add(batch, 0, i, i, double.NaN, double.NaN);
        }

        store.Append(batch, 3, 4, SeriesCity.Register);

        Assert.Equal([3L, 4, 5, 6], SeriesFolder.Read(store).Select(r => r.Time));
    }

    [Fact]
    public void Append_after_a_reload_with_another_profile_keeps_old_and_new_metrics()
    {
        using EmbeddedSeriesStore store = _folder.Open();
        SeriesCity.Append(store, 0, 1000, 1.5, 0.1, 90);
        DeviceProfile wider = new("flood", [], [SeriesCity.Number("flow", "m3/s"), SeriesCity.Number("water_level", "m")]);
        DeviceRegister reloaded = new([wider], [new Device { Index = 0, Id = "FLD-000000", Profile = wider, Area = "G1" }]);
        store.Append(SeriesCity.Batch(wider, 0, 2000, 7, 1.6), 0, 1, reloaded);

        Assert.Equal(
            [("battery", 1000L, 90d), ("flow", 2000, 7), ("rainfall", 1000, 0.1), ("water_level", 1000, 1.5), ("water_level", 2000, 1.6)],
            SeriesFolder.Read(store).Select(r => (r.Key.Metric, r.Time, r.Value)));
    }

    [Fact]
    public void Append_beyond_the_head_limit_flushes()
    {
        using EmbeddedSeriesStore store = _folder.Open(headLimit: 10_000);
        for (int i = 0; i < 3000; i++)
        {
            SeriesCity.Append(store, 0, i, i, double.NaN, double.NaN);
            Assert.InRange(store.Status.HeadBytes, 0, 30_000);
        }

        Assert.InRange(store.Status.Flushes, 3, 3000);
        Assert.Equal(3000, SeriesFolder.Read(store).Count);
    }

    [Fact]
    public void Dispose_without_flush_loses_the_head_and_nothing_else()
    {
        using (EmbeddedSeriesStore store = _folder.Open())
        {
            SeriesCity.Append(store, 0, 1000, 1, 2, 3);
            store.Flush();
            SeriesCity.Append(store, 0, 2000, 1, 2, 3);
        }

        using EmbeddedSeriesStore reopened = _folder.Open();
        Assert.Equal([1000L, 1000, 1000], SeriesFolder.Read(reopened).Select(r => r.Time));
    }

    [Fact]
    public void Open_twice_is_refused_with_a_clear_message()
    {
        using EmbeddedSeriesStore store = _folder.Open();
        IOException refused = Assert.Throws<IOException>(() => _folder.Open());
        Assert.Contains("in use", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Flush_of_nothing_writes_no_file()
    {
        using EmbeddedSeriesStore store = _folder.Open();
        SeriesCity.Append(store, 0, 1000, double.NaN, double.NaN, double.NaN);
        store.Flush();
        store.Flush();

        Assert.Empty(_folder.Blocks);
    }

    [Fact]
    public void Flush_that_fails_keeps_the_samples_and_a_later_one_writes_them()
    {
        using EmbeddedSeriesStore store = _folder.Open();
        SeriesCity.Append(store, 0, 1000, 1, 2, 3);
        string inTheWay = Path.Combine(_folder.Path, "000000000001-000000000001-r0.tmp");
        Directory.CreateDirectory(inTheWay);

        Exception? failure = Record.Exception(store.Flush);
        SeriesCity.Append(store, 0, 2000, 1, 2, 3);
        int heldMeanwhile = SeriesFolder.Read(store).Count;
        Directory.Delete(inTheWay);
        store.Flush();

        Assert.True(failure is IOException or UnauthorizedAccessException, $"{failure}");
        Assert.Equal(6, heldMeanwhile);
        Assert.Equal(2, _folder.Blocks.Length);
        Assert.Equal(6, SeriesFolder.Read(store).Count);
    }

    [Fact]
    public void Maintain_merges_levels_and_keeps_every_sample()
    {
        using EmbeddedSeriesStore store = _folder.Open(mergeCount: 3);
        for (int flush = 0; flush < 9; flush++)
        {
            for (int i = 0; i < 1000; i++)
            {
                SeriesCity.Append(store, 0, (flush * 10_000_000L) + (i * 10_000L), i, flush, 90);
            }

            store.Flush();
            store.Maintain(new EventTime(0));
        }

        Assert.Single(_folder.Blocks);
        Assert.Equal(27_000, SeriesFolder.Read(store).Count);
        Assert.Equal(9000, store.List(new SeriesSelection { Metric = "battery" })[0].Count);
        Assert.InRange(store.Status.Merges, 4, 4);
    }

    [Fact]
    public void Maintain_never_merges_beyond_the_block_limit()
    {
        using EmbeddedSeriesStore store = _folder.Open(mergeCount: 2, blockLimit: 100);
        for (int flush = 0; flush < 4; flush++)
        {
            SeriesCity.Append(store, 0, flush, 1, 2, 3);
            store.Flush();
        }

        store.Maintain(new EventTime(0));
        Assert.Equal(4, _folder.Blocks.Length);
    }

    [Fact]
    public void Maintain_drops_blocks_older_than_the_retention()
    {
        using EmbeddedSeriesStore store = _folder.Open(retention: TimeSpan.FromDays(1));
        SeriesCity.Append(store, 0, 0, 1, 2, 3);
        store.Flush();
        SeriesCity.Append(store, 0, 86_400_000, 1, 2, 3);
        store.Flush();
        store.Maintain(new EventTime(86_400_001));

        Assert.Equal([86_400_000L], SeriesFolder.Read(store).Select(r => r.Time).Distinct());
        Assert.Single(_folder.Blocks);
    }

    [Fact]
    public void Scan_begun_before_a_merge_reads_on_from_the_replaced_blocks()
    {
        using EmbeddedSeriesStore store = _folder.Open(mergeCount: 2);
        for (int flush = 0; flush < 2; flush++)
        {
            SeriesCity.Append(store, 0, flush, 1, 2, 3);
            SeriesCity.Append(store, 1, flush, 1, 2, 3);
            store.Flush();
        }

        using IEnumerator<SeriesPage> scan = store.Scan(SeriesSelection.All, EventTime.MinValue, EventTime.MaxValue).GetEnumerator();
        Assert.True(scan.MoveNext());
        int samples = scan.Current.Count;
        store.Maintain(new EventTime(0));
        Assert.Single(_folder.Blocks);
        while (scan.MoveNext())
        {
            samples += scan.Current.Count;
        }

        Assert.Equal(12, samples);
    }

    [Fact]
    public async Task Scan_while_another_thread_writes_sees_all_that_was_appended_before()
    {
        using EmbeddedSeriesStore store = _folder.Open(mergeCount: 2, headLimit: 20_000);
        using CancellationTokenSource stop = new();
        long appended = 0;
        Task writer = Task.Run(() =>
        {
            for (long i = 0; i < 20_000; i++)
            {
                SeriesCity.Append(store, 0, i, i, double.NaN, double.NaN);
                Volatile.Write(ref appended, i + 1);
            }

            stop.Cancel();
        });
        Task maintainer = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                store.Maintain(new EventTime(0));
            }
        });
        int reads = 0;
        do
        {
            long before = Volatile.Read(ref appended);
            List<(SeriesKey Key, long Time, double Value)> seen = SeriesFolder.Read(store);
            Assert.InRange(seen.Count, before, long.MaxValue);
            Assert.All(seen.Index(), s => Assert.Equal(s.Index, s.Item.Time));
            reads++;
        }
        while (!stop.IsCancellationRequested);

        await Task.WhenAll(writer, maintainer);
        Assert.Equal(20_000, SeriesFolder.Read(store).Count);
        Assert.NotEqual(0, reads);
    }
}
