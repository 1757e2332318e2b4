using System.Buffers;
using System.Buffers.Binary;
using Gateway.Host.Series.Embedded.Encoding;
using Gateway.Host.Storage;
using Gateway.Protocols.Readings;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Host.Series.Embedded;

/// <summary>
/// Writes one block into a file of its own: series ascending by key, each a sequence of chunks. Nothing is durable before
/// <see cref="Finish"/> returns. Disposing without it leaves a file without trailer, which no reader takes for a block. Serves one thread.
/// </summary>
internal sealed class BlockWriter : IDisposable
{
    private const int BufferLimitBytes = 1 << 18;
    private const int SharedTimesLimit = 64;

    private readonly SafeFileHandle _file;
    private readonly ChunkCodec _codec = new();
    private readonly byte[] _buffer = new byte[BufferLimitBytes];
    private readonly List<SeriesKey> _keys = [];
    private readonly List<int> _firstChunk = [];
    private readonly List<ChunkEntry> _chunks = [];
    private readonly List<(long[] Times, int Count, long Offset, int Length)> _timesOfDevice = [];
    private readonly Dictionary<(BlockFile Source, long Offset), long> _copiedTimes = [];
    private int _buffered;
    private long _offset;

    /// <summary>Creates the file and writes the header.</summary>
    /// <exception cref="IOException">It exists or cannot be written.</exception>
    public BlockWriter(string path, int level, long firstFlush, long lastFlush)
    {
        _file = DurableFile.Create(path);
        Span<byte> header = stackalloc byte[BlockFormat.HeaderLengthBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(header, BlockFormat.HeaderMagic);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], BlockFormat.Version);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], level);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], firstFlush);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], lastFlush);
        BinaryPrimitives.WriteUInt32LittleEndian(header[32..], BlockFormat.Checksum(header[..32]));
        Put(header);
    }

    /// <summary>Whether no chunk was written.</summary>
    public bool IsEmpty => _chunks.Count == 0;

    /// <summary>Bytes so far, without index and trailer.</summary>
    public long LengthBytes => _offset + _buffered;

    /// <summary>Encodes and appends one chunk; keys ascend, times ascend within a key.</summary>
    public void AddChunk(SeriesKey key, ReadOnlySpan<long> times, ReadOnlySpan<double> values)
    {
        Begin(key);
        (long timesOffset, int timesLength) = PutTimes(times);
        ReadOnlySpan<byte> encoded = _codec.EncodeValues(values);
        int valuesLength = encoded.Length;
        long valuesOffset = PutSection(encoded);
        _chunks.Add(new ChunkEntry(times.Length, times[0], times[^1], timesOffset, timesLength, valuesOffset, valuesLength));
    }

    /// <summary>Appends a chunk of another block as it stands, without decoding it; both sections must be sound.</summary>
    public void CopyChunk(SeriesKey key, BlockFile source, in ChunkEntry chunk, ReadOnlySpan<byte> times, ReadOnlySpan<byte> values)
    {
        Begin(key);
        if (!_copiedTimes.TryGetValue((source, chunk.TimesOffset), out long timesOffset))
        {
            timesOffset = PutSection(times);
            _copiedTimes.Add((source, chunk.TimesOffset), timesOffset);
        }

        long valuesOffset = PutSection(values);
        _chunks.Add(chunk with { TimesOffset = timesOffset, ValuesOffset = valuesOffset });
    }

    /// <summary>Writes index and trailer and returns when all of it is on disk. The file's name is not yet: that is the directory's.</summary>
    /// <exception cref="IOException">It may not be on disk; give the file up.</exception>
    public void Finish()
    {
        _firstChunk.Add(_chunks.Count);
        BlockIndex index = new([.. _keys], [.. _firstChunk], [.. _chunks]);
        BitWriter bytes = new();
        index.Write(bytes);
        long indexOffset = _offset + _buffered;
        Put(bytes.Written);

        Span<byte> trailer = stackalloc byte[BlockFormat.TrailerLengthBytes];
        BinaryPrimitives.WriteInt64LittleEndian(trailer, indexOffset);
        BinaryPrimitives.WriteInt64LittleEndian(trailer[8..], bytes.Written.Length);
        BinaryPrimitives.WriteInt64LittleEndian(trailer[16..], index.Points);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[24..], BlockFormat.Checksum(bytes.Written));
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[28..], BlockFormat.Checksum(trailer[..28]));
        BinaryPrimitives.WriteUInt64LittleEndian(trailer[32..], BlockFormat.TrailerMagic);
        Put(trailer);
        Drain();
        DurableFile.Sync(_file);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        ForgetTimes();
        _file.Dispose();
    }

    private void ForgetTimes()
    {
        foreach ((long[] times, _, _, _) in _timesOfDevice)
        {
            ArrayPool<long>.Shared.Return(times);
        }

        _timesOfDevice.Clear();
    }

    private void Begin(SeriesKey key)
    {
        if (_keys.Count > 0 && _keys[^1] == key)
        {
            return;
        }

        if (_keys.Count > 0 && _keys[^1].DeviceId != key.DeviceId)
        {
            ForgetTimes();
            _copiedTimes.Clear();
        }

        _keys.Add(key);
        _firstChunk.Add(_chunks.Count);
    }

    // The metrics of a device come in the same messages, so their times are mostly the same: written once, pointed at by each.
    private (long Offset, int Length) PutTimes(ReadOnlySpan<long> times)
    {
        foreach ((long[] known, int count, long offset, int length) in _timesOfDevice)
        {
            if (times.SequenceEqual(known.AsSpan(0, count)))
            {
                return (offset, length);
            }
        }

        ReadOnlySpan<byte> encoded = _codec.EncodeTimes(times);
        int encodedLength = encoded.Length;
        long at = PutSection(encoded);
        if (_timesOfDevice.Count < SharedTimesLimit)
        {
            long[] copy = ArrayPool<long>.Shared.Rent(times.Length);
            times.CopyTo(copy);
            _timesOfDevice.Add((copy, times.Length, at, encodedLength));
        }

        return (at, encodedLength);
    }

    private long PutSection(ReadOnlySpan<byte> bytes)
    {
        long at = _offset + _buffered;
        Put(bytes);
        Span<byte> checksum = stackalloc byte[BlockFormat.ChecksumLengthBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(checksum, BlockFormat.Checksum(bytes));
        Put(checksum);
        return at;
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > BufferLimitBytes - _buffered)
        {
            Drain();
        }

        if (bytes.Length > BufferLimitBytes)
        {
            RandomAccess.Write(_file, bytes, _offset);
            _offset += bytes.Length;
            return;
        }

        bytes.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += bytes.Length;
    }

    private void Drain()
    {
        RandomAccess.Write(_file, _buffer.AsSpan(0, _buffered), _offset);
        _offset += _buffered;
        _buffered = 0;
    }
}
