using System.Buffers.Binary;
using Gateway.Host.Series.Embedded.Encoding;

namespace Gateway.Host.Series.Embedded;

/// <summary>
/// Reads chunks of one block for one reader. A lone chunk costs one read of its own size; reads near one another grow a window, so that a
/// scan over small chunks costs few system calls. Serves one thread.
/// </summary>
internal sealed class BlockCursor
{
    private const int AheadAtFirstBytes = 4096;
    private const int AheadLimitBytes = 1 << 16;

    private readonly BlockFile _block;
    private byte[] _window = [];
    private long _start;
    private int _length;
    private int _ahead;

    /// <summary>Creates a cursor; the caller holds the block.</summary>
    public BlockCursor(BlockFile block) => _block = block;

    /// <summary>Decodes one chunk; false when it is damaged, which marks the block.</summary>
    /// <param name="chunk">One of the block's.</param>
    /// <param name="codec">The reader's codec.</param>
    /// <param name="times">Takes the times; at least as long as the chunk.</param>
    /// <param name="values">Takes the values; at least as long as the chunk.</param>
    public bool TryDecode(in ChunkEntry chunk, ChunkCodec codec, Span<long> times, Span<double> values)
    {
        bool sound = TryFetch(chunk.TimesOffset, chunk.TimesLength, out ReadOnlySpan<byte> section)
            && ChunkCodec.TryDecodeTimes(section, times[..chunk.Count])
            && times[0] == chunk.FirstTime
            && times[chunk.Count - 1] == chunk.LastTime
            && TryFetch(chunk.ValuesOffset, chunk.ValuesLength, out section)
            && codec.TryDecodeValues(section, values[..chunk.Count]);
        if (!sound)
        {
            _block.CountDamage();
        }

        return sound;
    }

    /// <summary>Copies the stored sections of one chunk; null when it is damaged, which marks the block.</summary>
    public (byte[] Times, byte[] Values)? TryCopy(in ChunkEntry chunk)
    {
        if (TryFetch(chunk.TimesOffset, chunk.TimesLength, out ReadOnlySpan<byte> section))
        {
            byte[] times = section.ToArray();
            if (TryFetch(chunk.ValuesOffset, chunk.ValuesLength, out section))
            {
                return (times, section.ToArray());
            }
        }

        _block.CountDamage();
        return null;
    }

    private bool TryFetch(long offset, int length, out ReadOnlySpan<byte> section)
    {
        int needed = length + BlockFormat.ChecksumLengthBytes;
        section = default;
        if (offset < _start || offset + needed > _start + _length)
        {
            bool near = Math.Abs(offset - _start) < AheadLimitBytes;
            _ahead = near ? Math.Clamp(_ahead * 2, AheadAtFirstBytes, AheadLimitBytes) : 0;
            int wanted = (int)Math.Min(Math.Max(needed, _ahead), _block.LengthBytes - offset);
            if (_window.Length < wanted)
            {
                _window = new byte[wanted];
            }

            _start = offset;
            _length = 0;
            if (wanted < needed || !_block.TryRead(_window.AsSpan(0, wanted), offset))
            {
                return false;
            }

            _length = wanted;
        }

        ReadOnlySpan<byte> stored = _window.AsSpan((int)(offset - _start), needed);
        section = stored[..length];
        return BinaryPrimitives.ReadUInt32LittleEndian(stored[length..]) == BlockFormat.Checksum(section);
    }
}
