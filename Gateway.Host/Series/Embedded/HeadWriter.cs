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
        foreach ((SeriesKey key, DeviceHead device, int column) in series)
        {
            (long[] times, double[] values) = head.Copy(device, column, long.MinValue, long.MaxValue);
            for (int start = 0; start < times.Length; start += ChunkCodec.SampleLimit)
            {
                int count = Math.Min(ChunkCodec.SampleLimit, times.Length - start);
                writer.AddChunk(key, times.AsSpan(start, count), values.AsSpan(start, count));
            }
        }
    }
}
