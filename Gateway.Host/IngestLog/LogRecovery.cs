using Gateway.Host.IngestLog.Disk;
using Gateway.Protocols.Readings;

namespace Gateway.Host.IngestLog;

/// <summary>What recovery found on disk.</summary>
/// <param name="Segments">All segments, oldest first, none open for writing.</param>
/// <param name="NextOffset">Offset of the next record.</param>
/// <param name="LastReceivedAt">Log time of the last commit; <see cref="EventTime.MinValue"/> for an empty log.</param>
/// <param name="TornBytes">Bytes of an unfinished commit cut from the end.</param>
/// <param name="LastFramePosition">Byte of the last segment at which its last commit begins; its end when there is none.</param>
/// <param name="DamagedRegions">Places in the last segment where bytes were damaged and later commits are intact.</param>
internal sealed record LogRecoveryResult(IReadOnlyList<LogSegment> Segments, long NextOffset, EventTime LastReceivedAt, long TornBytes, long LastFramePosition, int DamagedRegions);

/// <summary>
/// Finds the durable extent of a log after any end of its process. Only the last segment is read through: earlier ones were cut to
/// length when they were closed, and the reader checks every frame again.
/// </summary>
internal static class LogRecovery
{
    /// <summary>Scans <paramref name="directory"/>.</summary>
    /// <exception cref="InvalidDataException">
    /// A segment's header is damaged or of another format, or its name is not its first offset; says which file and what to do.
    /// </exception>
    public static LogRecoveryResult Recover(ILogDisk disk, string directory)
    {
        List<(string Path, LogSegment.Header Header)> files = [];
        foreach (string path in disk.Segments(directory))
        {
            if (ReadHeader(disk, path) is { } header)
            {
                files.Add((path, header));
            }
        }

        files.Sort((a, b) => a.Header.FirstOffset.CompareTo(b.Header.FirstOffset));
        List<LogSegment> segments = [];
        long nextOffset = 0;
        EventTime lastTime = EventTime.MinValue;
        long torn = 0;
        long lastFrame = LogSegment.HeaderLengthBytes;
        int damaged = 0;
        for (int i = 0; i < files.Count; i++)
        {
            (string path, LogSegment.Header header) = files[i];
            if (i < files.Count - 1)
            {
                segments.Add(LogSegment.Open(disk, path, header, files[i + 1].Header.FirstOffset, committedLengthBytes: null));
                continue;
            }

            SegmentScan scan = Scan(disk, path, header);
            segments.Add(LogSegment.Open(disk, path, header, scan.EndOffset, scan.EndPosition));
            nextOffset = scan.EndOffset;
            torn = scan.TornBytes;
            lastFrame = scan.LastFramePosition;
            damaged = scan.DamagedRegions;
            lastTime = scan.LastTime;
            if (scan.LastTime == EventTime.MinValue && i > 0)
            {
                // The newest segment holds nothing yet: the time stands in the one before.
                lastTime = Scan(disk, files[i - 1].Path, files[i - 1].Header).LastTime;
            }
        }

        return new LogRecoveryResult(segments, nextOffset, lastTime, torn, lastFrame, damaged);
    }

    /// <summary>Null for a file that never held a record, which is removed.</summary>
    private static LogSegment.Header? ReadHeader(ILogDisk disk, string path)
    {
        byte[] bytes = new byte[LogSegment.HeaderLengthBytes];
        int read;
        using (ILogFile file = disk.Open(path))
        {
            read = file.Read(bytes, 0);
        }

        if (LogSegment.TryReadHeader(bytes.AsSpan(0, read), out LogSegment.Header header, out byte version))
        {
            if (version != LogSegment.Version)
            {
                throw new InvalidDataException($"{path}: the log is in format {version}, this gateway reads format {LogSegment.Version}: run the version that wrote it on this data directory, or start with a new one (--data DIR)");
            }

            return Path.GetFileName(path) == LogSegment.FileName(header.FirstOffset)
                ? header
                : throw new InvalidDataException($"{path}: the file's name is not its first offset {header.FirstOffset}; restore the name {LogSegment.FileName(header.FirstOffset)}");
        }

        if (bytes.AsSpan().IndexOfAnyExcept((byte)0) < 0)
        {
            // Killed between creating the file and writing its header: it never held a record.
            disk.Delete(path);
            return null;
        }

        throw new InvalidDataException($"{path}: the segment header is damaged; move the file away to start without its records, and keep it: a backup of its first {LogSegment.HeaderLengthBytes} bytes makes it readable again");
    }

    internal readonly record struct SegmentScan(long EndOffset, long EndPosition, EventTime LastTime, long TornBytes, long LastFramePosition, int DamagedRegions);

    internal static SegmentScan Scan(ILogDisk disk, string path, in LogSegment.Header segment)
    {
        // A segment is at most 1 GiB (options); the last one is read whole, once a start.
        byte[] bytes = ReadAll(disk, path);
        long offset = segment.FirstOffset;
        int position = LogSegment.HeaderLengthBytes;
        int end = position;
        int lastFrame = position;
        EventTime lastTime = EventTime.MinValue;
        int damaged = 0;
        while (position < bytes.Length)
        {
            ReadOnlySpan<byte> rest = bytes.AsSpan(position);
            if (LogBatch.TryReadHeader(rest, out LogBatch.Header header) && header.FirstOffset >= offset && LogBatch.IsIntact(rest, header, segment.Seed))
            {
                damaged += position != end ? 1 : 0;
                offset = header.EndOffset;
                lastTime = header.CommittedAt;
                lastFrame = position;
                position += header.FrameLengthBytes;
                end = position;
                continue;
            }

            // Not a frame: look for the next one, so that damage in the middle does not cost the commits behind it.
            int next = NextMagic(rest[1..]);
            if (next < 0)
            {
                break;
            }

            position += next + 1;
        }

        long torn = bytes.AsSpan(end).LastIndexOfAnyExcept((byte)0) + 1L;
        return new SegmentScan(offset, end, lastTime, torn, lastFrame, damaged);
    }

    private static byte[] ReadAll(ILogDisk disk, string path)
    {
        using ILogFile file = disk.Open(path);
        byte[] bytes = new byte[file.LengthBytes];
        int length = 0;
        while (length < bytes.Length && file.Read(bytes.AsSpan(length), length) is > 0 and var read)
        {
            length += read;
        }

        return length == bytes.Length ? bytes : bytes[..length];
    }

    internal static int NextMagic(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> magic = "CSGB"u8;
        return bytes.IndexOf(magic);
    }
}
