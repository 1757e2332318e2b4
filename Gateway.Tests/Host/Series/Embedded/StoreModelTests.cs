using Gateway.Host.Series;
using Gateway.Host.Series.Embedded;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;

namespace Gateway.Tests.Host.Series.Embedded;

/// <summary>The store against a dictionary: whatever is appended, flushed, merged, reopened or replayed, in whatever order, both hold the same.</summary>
public sealed class StoreModelTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Store_equals_a_dictionary_after_any_operations(int seed)
    {
        using SeriesFolder folder = new();
        Random random = new(seed);
        Model model = new();
        EmbeddedSeriesStore store = Open(folder, seed);
        try
        {
            for (int step = 0; step < 1000; step++)
            {
                int choice = random.Next(100);
                if (choice < 80)
                {
                    model.Append(store, RandomBatch(random));
                }
                else if (choice < 88)
                {
                    model.Flush(store);
                }
                else if (choice < 92)
                {
                    store.Maintain(new EventTime(0));
                }
                else if (choice < 94)
                {
                    model.Flush(store);
                    store.Dispose();
                    store = Open(folder, seed);
                }
                else if (choice < 96)
                {
                    // A crash: the head is lost, and the log since the last flush is replayed.
                    store.Dispose();
                    store = Open(folder, seed);
                    model.Replay(store);
                }
                else
                {
                    model.AssertRange(store, random.Next(0, 3000), random.Next(0, 3000), $"seed {seed} step {step}");
                }
            }

            model.AssertAll(store, $"seed {seed}");
        }
        finally
        {
            store.Dispose();
        }
    }

    // Odd seeds flush by size again and again, even ones only when told.
    private static EmbeddedSeriesStore Open(SeriesFolder folder, int seed) => folder.Open(mergeCount: 2 + (seed % 3), headLimit: seed % 2 == 1 ? 4000 : 1 << 20);

    private static ReadingBatch RandomBatch(Random random)
    {
        int device = random.Next(4);
        DeviceProfile profile = SeriesCity.Register.Devices[device].Profile;
        ReadingBatch batch = new(profile);
        int rows = random.Next(1, 30);
        int time = random.Next(0, 3000);
        for (int row = 0; row < rows; row++)
        {
            double[] values = new double[profile.Fields.Count];
            for (int field = 0; field < values.Length; field++)
            {
                values[field] = random.Next(5) switch
                {
                    0 => double.NaN,
                    1 => random.NextDouble(),
                    2 => -0.0,
                    _ => Math.Round(random.NextDouble() * 10, 2),
                };
            }

            SeriesCity.Add(batch, device, time, values);
            time = random.Next(10) switch { 0 => random.Next(0, 3000), 1 => time, _ => time + 1 };
        }

        return batch;
    }

    private sealed class Model
    {
        private readonly SortedDictionary<SeriesKey, SortedDictionary<long, double>> _series = [];
        private readonly List<ReadingBatch> _sinceFlush = [];

        public void Append(ISeriesStore store, ReadingBatch batch)
        {
            store.Append(batch, 0, batch.Count, SeriesCity.Register);
            _sinceFlush.Add(batch);
            for (int row = 0; row < batch.Count; row++)
            {
                for (int field = 0; field < batch.ColumnCount; field++)
                {
                    FieldDefinition definition = batch.Profile.Fields[field];
                    if (definition.IsNumeric && !double.IsNaN(batch.Values(row)[field]))
                    {
                        Of(new SeriesKey(SeriesCity.Register.Devices[batch[row].DeviceIndex].Id, definition.Name))[batch[row].ObservedAt.UnixMilliseconds] = batch.Values(row)[field];
                    }
                }
            }
        }

        public void Flush(ISeriesStore store)
        {
            store.Flush();
            _sinceFlush.Clear();
        }

        public void Replay(ISeriesStore store)
        {
            foreach (ReadingBatch batch in _sinceFlush)
            {
                store.Append(batch, 0, batch.Count, SeriesCity.Register);
            }
        }

        public void AssertRange(ISeriesStore store, long from, long to, string when)
        {
            var expected = _series.SelectMany(s => s.Value.Where(v => v.Key >= from && v.Key < to).Select(v => (s.Key, v.Key, BitConverter.DoubleToInt64Bits(v.Value))));
            var actual = SeriesFolder.Read(store, from: from, to: to).Select(r => (r.Key, r.Time, BitConverter.DoubleToInt64Bits(r.Value)));
            Assert.True(expected.SequenceEqual(actual), when);
        }

        public void AssertAll(ISeriesStore store, string when)
        {
            AssertRange(store, long.MinValue, long.MaxValue, when);
            var expected = _series.Select(s => new SeriesInfo(s.Key, new EventTime(s.Value.Keys.First()), new EventTime(s.Value.Keys.Last()), s.Value.Count));
            Assert.Equal(expected, store.List(SeriesSelection.All));
        }

        private SortedDictionary<long, double> Of(SeriesKey key)
        {
            if (!_series.TryGetValue(key, out SortedDictionary<long, double>? samples))
            {
                samples = [];
                _series.Add(key, samples);
            }

            return samples;
        }
    }
}
