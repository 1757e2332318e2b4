using Gateway.Host.Series.Embedded.Encoding;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Series.Embedded;

/// <summary>
/// Which series a block holds, sorted by key, and where their chunks lie. Immutable, safe for any number of threads. Layout in FORMAT.md, "Index".
/// </summary>
internal sealed class BlockIndex
{
    private readonly SeriesKey[] _keys;
    private readonly int[] _firstChunk; // one more than keys: the end of the last
    private readonly ChunkEntry[] _chunks;

    /// <summary>Takes the arrays as they are; <paramref name="firstChunk"/> has one entry more than <paramref name="keys"/>.</summary>
    public BlockIndex(SeriesKey[] keys, int[] firstChunk, ChunkEntry[] chunks)
    {
        _keys = keys;
        _firstChunk = firstChunk;
        _chunks = chunks;
        FirstTime = long.MaxValue;
        LastTime = long.MinValue;
        foreach (ref readonly ChunkEntry chunk in chunks.AsSpan())
        {
            FirstTime = Math.Min(FirstTime, chunk.FirstTime);
            LastTime = Math.Max(LastTime, chunk.LastTime);
            Points += chunk.Count;
        }
    }

    /// <summary>The series, ascending.</summary>
    public ReadOnlySpan<SeriesKey> Keys => _keys;

    /// <summary>Unix milliseconds of the oldest sample of any series.</summary>
    public long FirstTime { get; }

    /// <summary>Unix milliseconds of the newest sample of any series.</summary>
    public long LastTime { get; }

    /// <summary>Samples of all series.</summary>
    public long Points { get; }

    /// <summary>Chunks of all series.</summary>
    public int ChunkCount => _chunks.Length;

    /// <summary>The chunks of the series at a place, ascending and apart in time.</summary>
    public ReadOnlySpan<ChunkEntry> Chunks(int place) => _chunks.AsSpan(_firstChunk[place].._firstChunk[place + 1]);

    /// <summary>The place of a series, or a negative number.</summary>
    public int Find(SeriesKey key) => Array.BinarySearch(_keys, key);

    /// <summary>The first place whose device id is not less than <paramref name="deviceId"/>.</summary>
    public int LowerBound(string deviceId)
    {
        int place = Array.BinarySearch(_keys, new SeriesKey(deviceId, ""));
        return place < 0 ? ~place : place;
    }

    /// <summary>Appends the index.</summary>
    public void Write(BitWriter writer)
    {
        string[] metrics = [.. _keys.Select(k => k.Metric).Distinct().Order(StringComparer.Ordinal)];
        Dictionary<string, int> metricPlace = metrics.Select((m, i) => (m, i)).ToDictionary(p => p.m, p => p.i, StringComparer.Ordinal);
        writer.WriteVarint((ulong)metrics.Length);
        foreach (string metric in metrics)
        {
            WriteName(metric, writer);
        }

        writer.WriteVarint((ulong)_keys.Length);
        long lastEnd = BlockFormat.HeaderLengthBytes;
        long lastTime = 0;
        for (int place = 0; place < _keys.Length; place++)
        {
            bool sameDevice = place > 0 && _keys[place].DeviceId == _keys[place - 1].DeviceId;
            writer.WriteByte(sameDevice ? (byte)0 : (byte)1);
            if (!sameDevice)
            {
                WriteName(_keys[place].DeviceId, writer);
            }

            writer.WriteVarint((ulong)metricPlace[_keys[place].Metric]);
            ReadOnlySpan<ChunkEntry> chunks = Chunks(place);
            writer.WriteVarint((ulong)chunks.Length);
            foreach (ref readonly ChunkEntry chunk in chunks)
            {
                writer.WriteVarint((ulong)chunk.Count);
                writer.WriteSigned(chunk.FirstTime - lastTime);
                writer.WriteVarint((ulong)(chunk.LastTime - chunk.FirstTime));
                writer.WriteSigned(chunk.TimesOffset - lastEnd);
                writer.WriteVarint((ulong)chunk.TimesLength);
                writer.WriteSigned(chunk.ValuesOffset - lastEnd);
                writer.WriteVarint((ulong)chunk.ValuesLength);
                lastTime = chunk.FirstTime;
                lastEnd = chunk.ValuesOffset + chunk.ValuesLength + BlockFormat.ChecksumLengthBytes;
            }
        }
    }

    /// <summary>Reads an index; null when the bytes are none, or it points outside the <paramref name="sectionsEnd"/> bytes before it.</summary>
    /// <param name="bytes">The whole index.</param>
    /// <param name="sectionsEnd">File offset at which sections end.</param>
    /// <param name="names">Shares the texts of device ids and metrics among blocks.</param>
    public static BlockIndex? TryRead(ReadOnlySpan<byte> bytes, long sectionsEnd, SeriesNames names)
    {
        ByteCursor cursor = new(bytes);
        string[] metrics = new string[cursor.ReadCount()];
        for (int i = 0; i < metrics.Length; i++)
        {
            metrics[i] = ReadName(ref cursor, names);
        }

        SeriesKey[] keys = new SeriesKey[cursor.ReadCount()];
        int[] firstChunk = new int[keys.Length + 1];
        List<ChunkEntry> chunks = new(keys.Length);
        string device = "";
        long lastEnd = BlockFormat.HeaderLengthBytes;
        long lastTime = 0;
        for (int place = 0; place < keys.Length; place++)
        {
            device = cursor.ReadByte() == 0 ? device : ReadName(ref cursor, names);
            ulong metric = cursor.ReadVarint();
            int chunkCount = cursor.ReadCount();
            if (cursor.Failed || metric >= (ulong)metrics.Length || chunkCount == 0)
            {
                return null;
            }

            keys[place] = new SeriesKey(device, metrics[metric]);
            if (place > 0 && keys[place].CompareTo(keys[place - 1]) <= 0)
            {
                return null;
            }

            for (int i = 0; i < chunkCount; i++)
            {
                ChunkEntry chunk = ReadChunk(ref cursor, lastTime, lastEnd);
                bool follows = i == 0 || chunk.FirstTime > chunks[^1].LastTime;
                if (cursor.Failed || !follows || !IsWithin(chunk, sectionsEnd))
                {
                    return null;
                }

                chunks.Add(chunk);
                lastTime = chunk.FirstTime;
                lastEnd = chunk.ValuesOffset + chunk.ValuesLength + BlockFormat.ChecksumLengthBytes;
            }

            firstChunk[place + 1] = chunks.Count;
        }

        return cursor.Failed || !cursor.Rest.IsEmpty || keys.Length == 0 ? null : new BlockIndex(keys, firstChunk, [.. chunks]);
    }

    private static ChunkEntry ReadChunk(ref ByteCursor cursor, long lastTime, long lastEnd)
    {
        ulong count = cursor.ReadVarint();
        long firstTime = lastTime + cursor.ReadSigned();
        long lastTimeOfChunk = firstTime + (long)cursor.ReadVarint();
        long timesOffset = lastEnd + cursor.ReadSigned();
        ulong timesLength = cursor.ReadVarint();
        long valuesOffset = lastEnd + cursor.ReadSigned();
        ulong valuesLength = cursor.ReadVarint();
        return new ChunkEntry(
            (int)Math.Min(count, int.MaxValue), firstTime, lastTimeOfChunk, timesOffset, (int)Math.Min(timesLength, int.MaxValue), valuesOffset, (int)Math.Min(valuesLength, int.MaxValue));
    }

    private static bool IsWithin(in ChunkEntry chunk, long sectionsEnd) =>
        chunk.Count is >= 1 and <= ChunkCodec.SampleLimit
        && chunk.LastTime >= chunk.FirstTime
        && IsSection(chunk.TimesOffset, chunk.TimesLength, sectionsEnd)
        && IsSection(chunk.ValuesOffset, chunk.ValuesLength, sectionsEnd);

    private static bool IsSection(long offset, int length, long sectionsEnd) =>
        length is >= 1 and <= BlockFormat.SectionLimitBytes
        && offset >= BlockFormat.HeaderLengthBytes
        && offset <= sectionsEnd - length - BlockFormat.ChecksumLengthBytes;

    private static void WriteName(string name, BitWriter writer)
    {
        byte[] utf8 = System.Text.Encoding.UTF8.GetBytes(name);
        writer.WriteVarint((ulong)utf8.Length);
        writer.WriteBytes(utf8);
    }

    private static string ReadName(ref ByteCursor cursor, SeriesNames names)
    {
        ulong length = cursor.ReadVarint();
        ReadOnlySpan<byte> utf8 = length > BlockFormat.NameLimitBytes ? default : cursor.ReadBytes(length);
        return names.Share(utf8);
    }
}
