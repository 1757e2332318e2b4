using Microsoft.Win32.SafeHandles;

namespace Gateway.Host.IngestLog.Inspection;

/// <summary>
/// Goes through a segment place by place, also while a gateway writes it: a commit that was half written when it was looked at first is
/// looked at again before it is called damaged. It holds one buffer, no larger than a chunk or the largest commit.
/// </summary>
internal sealed class SegmentWalk(SafeFileHandle file, ulong seed)
{
    private const int ChunkBytes = 1024 * 1024;
    private const int ScanBytes = 64 * 1024;

    private byte[] _buffer = new byte[ChunkBytes];
    private long _bufferedFrom;
    private int _buffered;

    /// <summary>Byte at which the next place begins.</summary>
    public long Position { get; private set; } = LogSegment.HeaderLengthBytes;

    /// <summary>Byte at which the last place began.</summary>
    public long At { get; private set; }

    /// <summary>Length of the last place, bytes; at the end, up to the last byte that is not zero.</summary>
    public long LengthBytes { get; private set; }

    /// <summary>Header of the last commit.</summary>
    public LogBatch.Header Header { get; private set; }

    /// <summary>Records of the last commit; valid until the next step.</summary>
    public ReadOnlySpan<byte> Records => _buffer.AsSpan((int)(At - _bufferedFrom) + LogBatch.HeaderLengthBytes, Header.BodyLengthBytes);

    /// <summary>Goes on to the next place. After the end it looks there again.</summary>
    /// <exception cref="IOException">The disk does not give the bytes.</exception>
    public SegmentPlace Next()
    {
        At = Position;
        if (IsFrame(At))
        {
            return Take(At);
        }

        if (FindFrame(At + 1, out long last) is not { } next)
        {
            LengthBytes = last + 1 - At;
            return SegmentPlace.End;
        }

        // Commits are written in order: one that was under way when it was looked at first is whole by the time one behind it is.
        _buffered = 0;
        if (IsFrame(At))
        {
            return Take(At);
        }

        LengthBytes = next - At;
        Position = next;
        return SegmentPlace.Damage;
    }

    /// <summary>
    /// Whether what stands at the end is the beginning of a commit and not a whole one that was damaged: bytes of it are missing, the last
    /// record's among them.
    /// </summary>
    /// <param name="expected">The offset the commit begins at.</param>
    public bool IsUnfinished(long expected)
    {
        _buffered = 0;
        ReadOnlySpan<byte> rest = Bytes(At, (int)Math.Min(Array.MaxLength, RandomAccess.GetLength(file) - At));
        if (rest.Length < LogBatch.HeaderLengthBytes)
        {
            return "CSGB"u8.StartsWith(rest[..Math.Min(rest.Length, 4)]);
        }

        if (!LogBatch.TryReadHeader(rest, out LogBatch.Header header) || header.FirstOffset != expected)
        {
            return false;
        }

        if (header.FrameLengthBytes <= rest.Length)
        {
            return LogBatch.IsIntact(rest, header, seed); // it has become whole since
        }

        int records = 0;
        rest = rest[LogBatch.HeaderLengthBytes..];
        while (records < header.RecordCount && LogRecord.TryRead(rest, out _, out int length))
        {
            records++;
            rest = rest[length..];
        }

        return records < header.RecordCount;
    }

    private SegmentPlace Take(long position)
    {
        At = position;
        LengthBytes = Header.FrameLengthBytes;
        Position = position + LengthBytes;
        return SegmentPlace.Frame;
    }

    private bool IsFrame(long position)
    {
        if (!LogBatch.TryReadHeader(Bytes(position, LogBatch.HeaderLengthBytes), out LogBatch.Header header) || header.FrameLengthBytes > RandomAccess.GetLength(file) - position)
        {
            return false;
        }

        Header = header;
        return LogBatch.IsIntact(Bytes(position, header.FrameLengthBytes), header, seed);
    }

    /// <summary>The first intact commit from a place on; null when there is none, and then the place of the last byte that is not zero.</summary>
    private long? FindFrame(long position, out long last)
    {
        last = position - 1;
        if (Bytes(last, 1) is [0] or [])
        {
            last--;
        }

        while (true)
        {
            ReadOnlySpan<byte> bytes = Bytes(position, ScanBytes);
            if (bytes.LastIndexOfAnyExcept((byte)0) is >= 0 and var used)
            {
                last = position + used;
            }

            int magic = LogRecovery.NextMagic(bytes);
            if (magic < 0 && bytes.Length < ScanBytes)
            {
                return null;
            }

            // A magic number may begin in one stretch and end in the next.
            position += magic >= 0 ? magic : bytes.Length - 3;
            if (magic < 0)
            {
                continue;
            }

            if (IsFrame(position))
            {
                return position;
            }

            position++;
        }
    }

    /// <summary>Bytes of the file; fewer at its end.</summary>
    private ReadOnlySpan<byte> Bytes(long position, int lengthBytes)
    {
        if (position < _bufferedFrom || position + lengthBytes > _bufferedFrom + _buffered)
        {
            if (_buffer.Length < lengthBytes)
            {
                _buffer = new byte[lengthBytes];
            }

            _bufferedFrom = position;
            _buffered = 0;
            while (_buffered < _buffer.Length && RandomAccess.Read(file, _buffer.AsSpan(_buffered), position + _buffered) is > 0 and var read)
            {
                _buffered += read;
            }
        }

        int start = (int)(position - _bufferedFrom);
        return _buffer.AsSpan(start, Math.Clamp(_buffered - start, 0, lengthBytes));
    }
}
