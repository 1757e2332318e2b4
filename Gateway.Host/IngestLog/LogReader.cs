using System.Collections.Immutable;
using Gateway.Protocols.Readings;

namespace Gateway.Host.IngestLog;

/// <summary>
/// Reads committed frames in order, from any offset, checking every CRC. A damaged region is skipped and counted, and reading goes on
/// with the next intact frame. One reader a thread; it holds one buffer and no file of its own.
/// </summary>
internal sealed class LogReader(SegmentLog log, long fromOffset)
{
    private const int ChunkBytes = 1024 * 1024;
    private const int UnreadableBytes = 4096; // what a disk gives up at once, at least

    private byte[] _buffer = new byte[ChunkBytes];
    private LogSegment? _segment;
    private long _position;
    private int _start;
    private int _end;

    /// <summary>Offset of the next record to be read.</summary>
    public long NextOffset { get; private set; } = fromOffset;

    /// <summary>Damaged or missing regions met so far.</summary>
    public int DamagedRegions { get; private set; }

    /// <summary>Records that were in them.</summary>
    public long LostRecords { get; private set; }

    /// <summary>
    /// Reads the next frame; false when everything durable has been read. <see cref="NextOffset"/> may have moved also then, over damage.
    /// </summary>
    /// <param name="header">The frame's header.</param>
    /// <param name="records">Its records; valid until the next call.</param>
    /// <param name="skip">How many of its first records lie before the asked offset.</param>
    /// <exception cref="IOException">The disk does not give the bytes: call again, or <see cref="SkipUnreadable"/> first.</exception>
    public bool TryReadFrame(out LogBatch.Header header, out ReadOnlySpan<byte> records, out int skip)
    {
        records = default;
        header = default;
        skip = 0;
        while (log.CommittedEndOffset is var end && NextOffset < end)
        {
            if ((_segment is null || NextOffset >= _segment.EndOffset) && !MoveToSegment())
            {
                // Durable once, and in no file now: the log was found shorter than its consumers had read.
                SkipTo(end);
                return false;
            }

            if (!TryFillFrame(out header))
            {
                // No further intact frame although there should be: go on behind it, in this segment when it grows, or in the next one.
                // Not further than what was durable when the search began; a commit since then is not damaged.
                _start = _end = 0;
                SkipTo(Math.Min(end, _segment!.EndOffset));
                continue;
            }

            ReadOnlySpan<byte> frame = _buffer.AsSpan(_start, header.FrameLengthBytes);
            _start += header.FrameLengthBytes;
            if (header.EndOffset <= NextOffset)
            {
                continue;
            }

            if (header.FirstOffset > NextOffset)
            {
                SkipTo(header.FirstOffset);
            }

            skip = (int)(NextOffset - header.FirstOffset);
            records = frame[LogBatch.HeaderLengthBytes..];
            NextOffset = header.EndOffset;
            return true;
        }

        return false;
    }

    /// <summary>Gives up the block of the disk at which <see cref="TryReadFrame"/> throws; its records count as damaged.</summary>
    public void SkipUnreadable()
    {
        if (_segment is { } segment)
        {
            _position = Math.Min(((_position / UnreadableBytes) + 1) * UnreadableBytes, segment.CommittedLengthBytes);
            _start = _end = 0;
        }
    }

    /// <summary>Time of a segment's first commit, or null when it has none.</summary>
    public static EventTime? FirstTime(LogSegment segment)
    {
        Span<byte> header = stackalloc byte[LogBatch.HeaderLengthBytes];
        int read = segment.Read(header, LogSegment.HeaderLengthBytes);
        return LogBatch.TryReadHeader(header[..read], out LogBatch.Header found) ? found.CommittedAt : null;
    }

    private bool MoveToSegment()
    {
        ImmutableArray<LogSegment> segments = log.Segments;
        LogSegment? next = segments.FirstOrDefault(s => s.EndOffset > NextOffset);
        if (next is null)
        {
            return false;
        }

        if (next.FirstOffset > NextOffset)
        {
            SkipTo(next.FirstOffset);
        }

        _segment = next;
        _position = LogSegment.HeaderLengthBytes;
        _start = _end = 0;
        return true;
    }

    private void SkipTo(long offset)
    {
        DamagedRegions++;
        LostRecords += offset - NextOffset;
        NextOffset = offset;
    }

    private bool TryFillFrame(out LogBatch.Header header)
    {
        bool searching = false;
        while (true)
        {
            if (!Ensure(LogBatch.HeaderLengthBytes))
            {
                header = default;
                return false;
            }

            if (LogBatch.TryReadHeader(_buffer.AsSpan(_start, _end - _start), out header)
                && header.FirstOffset < _segment!.EndOffset
                && header.FrameLengthBytes <= _segment.CommittedLengthBytes
                && Ensure(header.FrameLengthBytes)
                && LogBatch.IsIntact(_buffer.AsSpan(_start, _end - _start), header, _segment.Seed))
            {
                DamagedRegions += searching && header.FirstOffset <= NextOffset ? 1 : 0; // a skip counts itself
                return true;
            }

            searching = true;
            int next = LogRecovery.NextMagic(_buffer.AsSpan(_start + 1, _end - _start - 1));
            _start = next >= 0 ? _start + 1 + next : Math.Max(_start + 1, _end - 3);
        }
    }

    /// <summary>Has at least <paramref name="lengthBytes"/> in the buffer from the current place, reading a chunk more when not.</summary>
    private bool Ensure(int lengthBytes)
    {
        if (_end - _start >= lengthBytes)
        {
            return true;
        }

        int kept = _end - _start;
        if (lengthBytes > _buffer.Length)
        {
            byte[] larger = new byte[Math.Max(lengthBytes, ChunkBytes)];
            _buffer.AsSpan(_start, kept).CopyTo(larger);
            _buffer = larger;
        }
        else
        {
            _buffer.AsSpan(_start, kept).CopyTo(_buffer);
        }

        _start = 0;
        _end = kept;
        while (_end < lengthBytes)
        {
            int read = _segment!.Read(_buffer.AsSpan(_end), _position);
            if (read == 0)
            {
                return false;
            }

            _end += read;
            _position += read;
        }

        return true;
    }
}
