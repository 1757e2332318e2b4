using Gateway.Protocols.Readings;

namespace Gateway.Host.Series.Embedded;

/// <summary>
/// What a reader sees: the blocks and heads of one moment. It holds its blocks open, so a merge may replace and delete them meanwhile; a head
/// sealed meanwhile is still read from memory. Dispose it.
/// </summary>
internal sealed class StoreView : IDisposable
{
    private readonly BlockFile[] _blocks;
    private readonly HeadTable[] _heads;

    /// <summary>Takes over one reference to each block and head; the heads are the oldest first.</summary>
    public StoreView(BlockFile[] blocks, HeadTable[] heads)
    {
        _blocks = blocks;
        _heads = heads;
    }

    /// <summary>One part of a series: in a block, or in a head.</summary>
    internal readonly record struct Part(BlockFile? Block, int Place, HeadTable? Table, DeviceHead? Head, int Column);

    /// <summary>The selected series in key order, each with its parts.</summary>
    public List<KeyValuePair<SeriesKey, List<Part>>> Select(SeriesSelection selection)
    {
        Dictionary<SeriesKey, List<Part>> parts = [];
        foreach (BlockFile block in _blocks)
        {
            Select(block, selection, parts);
        }

        foreach (HeadTable table in _heads)
        {
            foreach ((SeriesKey key, DeviceHead head, int column) in table.Select(selection))
            {
                Add(parts, key, new Part(null, 0, table, head, column));
            }
        }

        List<KeyValuePair<SeriesKey, List<Part>>> sorted = [.. parts];
        sorted.Sort(static (a, b) => a.Key.CompareTo(b.Key));
        return sorted;
    }

    /// <summary>The segments of a series that touch [from, to), Unix milliseconds, ascending by first time.</summary>
    public static List<SampleSegment> Segments(List<Part> parts, long from, long to)
    {
        List<SampleSegment> segments = [];
        SampleScratch samples = new();
        if (to <= from)
        {
            return segments;
        }

        foreach (Part part in parts)
        {
            if (part.Block is not null)
            {
                AddChunks(part.Block, part.Place, from, to, segments);
                continue;
            }

            part.Table!.Copy(part.Head!, part.Column, from, to, samples);
            if (samples.Count > 0)
            {
                segments.Add(new SampleSegment(part.Table.Number, samples.Times.ToArray(), samples.Values.ToArray()));
            }
        }

        segments.Sort(static (a, b) => a.FirstTime.CompareTo(b.FirstTime));
        return segments;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (BlockFile block in _blocks)
        {
            block.Release();
        }

        foreach (HeadTable head in _heads)
        {
            head.Release();
        }
    }

    private static void AddChunks(BlockFile block, int place, long from, long to, List<SampleSegment> segments)
    {
        ReadOnlySpan<ChunkEntry> chunks = block.Index.Chunks(place);
        int low = 0;
        int high = chunks.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = chunks[middle].LastTime < from ? (middle + 1, high) : (low, middle);
        }

        for (; low < chunks.Length && chunks[low].FirstTime < to; low++)
        {
            segments.Add(new SampleSegment(block, chunks[low]));
        }
    }

    private static void Select(BlockFile block, SeriesSelection selection, Dictionary<SeriesKey, List<Part>> parts)
    {
        ReadOnlySpan<SeriesKey> keys = block.Index.Keys;
        int place = selection.DeviceId is null ? 0 : block.Index.LowerBound(selection.DeviceId);
        string judgedDevice = "";
        bool isSelected = false;
        for (; place < keys.Length; place++)
        {
            SeriesKey key = keys[place];
            if (selection.DeviceId is not null && key.DeviceId != selection.DeviceId)
            {
                break;
            }

            if (place == 0 || !ReferenceEquals(judgedDevice, key.DeviceId))
            {
                judgedDevice = key.DeviceId;
                isSelected = selection.HasDevice(key.DeviceId);
            }

            if (isSelected && selection.HasMetric(key.Metric))
            {
                Add(parts, key, new Part(block, place, null, null, 0));
            }
        }
    }

    private static void Add(Dictionary<SeriesKey, List<Part>> parts, SeriesKey key, Part part)
    {
        if (!parts.TryGetValue(key, out List<Part>? list))
        {
            list = new List<Part>(1);
            parts.Add(key, list);
        }

        list.Add(part);
    }
}
