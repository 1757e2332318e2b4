using Gateway.Host.Series.Embedded.Encoding;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Series.Embedded;

/// <summary>Writes a sealed head as a block.</summary>
internal static class HeadWriter
{
    /// <summary>Appends every series of the head in key order; the caller finishes the writer.</summary>
    public static void Write(HeadTable head, BlockWriter writer)
    {
        List<(SeriesKey Key, DeviceHead Head, int Column)> series = head.Select(SeriesSelection.All);
        series.Sort(static (a, b) => a.Key.CompareTo(b.Key));
        SampleScratch samples = new();
        foreach ((SeriesKey key, DeviceHead device, int column) in series)
        {
            head.Copy(device, column, long.MinValue, long.MaxValue, samples);
            for (int start = 0; start < samples.Count; start += ChunkCodec.SampleLimit)
            {
                int count = Math.Min(ChunkCodec.SampleLimit, samples.Count - start);
                writer.AddChunk(key, samples.Times.Slice(start, count), samples.Values.Slice(start, count));
            }
        }
    }
}
