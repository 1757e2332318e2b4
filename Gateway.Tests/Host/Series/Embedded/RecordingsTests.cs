using Gateway.Host.Series;
using Gateway.Host.Series.Embedded;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Xunit.Abstractions;

namespace Gateway.Tests.Host.Series.Embedded;

public sealed class RecordingsTests(ITestOutputHelper output)
{
    [RecordingsFact]
    public void Recordings_come_back_bit_for_bit_in_less_than_a_byte_a_sample()
    {
        using SeriesFolder folder = new();
        (DeviceRegister register, List<ReadingBatch> batches) = Recordings.Load(Recordings.Folder!);
        using EmbeddedSeriesStore store = folder.Open(mergeCount: 8);
        int longest = batches.Max(b => b.Count);
        for (int row = 0; row < longest; row += 1000)
        {
            foreach (ReadingBatch batch in batches.Where(b => row < b.Count))
            {
                store.Append(batch, row, Math.Min(1000, batch.Count - row), register);
            }

            store.Flush();
        }

        for (int round = 0; round < 3; round++)
        {
            store.Maintain(new EventTime(0));
        }

        var expected = batches
            .SelectMany(b => Enumerable.Range(0, b.Count).SelectMany(r => Enumerable.Range(0, b.ColumnCount)
                .Where(c => !double.IsNaN(b.Values(r)[c]))
                .Select(c => (new SeriesKey(register.Devices[b[r].DeviceIndex].Id, b.Profile.Fields[c].Name), b[r].ObservedAt.UnixMilliseconds, BitConverter.DoubleToInt64Bits(b.Values(r)[c])))))
            .OrderBy(s => s.Item1).ThenBy(s => s.Item2).ToList();
        var actual = SeriesFolder.Read(store).Select(s => (s.Key, s.Time, BitConverter.DoubleToInt64Bits(s.Value))).ToList();
        SeriesStoreStatus status = store.Status;
        double bytesPerSample = (double)status.BlockBytes / status.BlockPoints;
        output.WriteLine($"{status.BlockPoints} samples, {status.Blocks} blocks, {bytesPerSample:F3} bytes a sample");

        Assert.True(expected.SequenceEqual(actual));
        Assert.InRange(bytesPerSample, 0.1, 1);
    }

    /// <summary>A fact that needs the recordings beside the repository.</summary>
    private sealed class RecordingsFactAttribute : FactAttribute
    {
        public RecordingsFactAttribute() => Skip = Recordings.Folder is null ? "shared/data is not beside the repository" : null;
    }
}
