using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Gateway.Host.IngestLog.Disk;

namespace Gateway.Host.IngestLog;

/// <summary>
/// One file of the log. Written by the committer alone, read by any thread up to <see cref="CommittedLengthBytes"/>.
/// </summary>
internal sealed class LogSegment : IDisposable
{
    /// <summary>Bytes before the first batch.</summary>
    public const int HeaderLengthBytes = 32;

    /// <summary>File name ending.</summary>
    public const string Extension = ".seg";

    /// <summary>The format this code reads and writes, byte 7 of the file.</summary>
    public const byte Version = 2;

    private static ReadOnlySpan<byte> Signature => "CSGLOG\0"u8;

    private readonly ILogFile _file;
    private long _committedLengthBytes;
    private long _endOffset;

    private LogSegment(string path, ILogFile file, in Header header, long endOffset, long committedLengthBytes)
    {
        Path = path;
        _file = file;
        FirstOffset = header.FirstOffset;
        Seed = header.Seed;
        _endOffset = endOffset;
        _committedLengthBytes = committedLengthBytes;
    }

    /// <summary>What a segment header says.</summary>
    /// <param name="FirstOffset">Log offset of the first record.</param>
    /// <param name="Seed">Random number that goes into the CRC of every frame of the segment.</param>
    public readonly record struct Header(long FirstOffset, ulong Seed);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Log offset of its first record.</summary>
    public long FirstOffset { get; }

    /// <summary>Goes into the CRC of every frame, so that a frame is only one in the segment it was written to.</summary>
    public ulong Seed { get; }

    /// <summary>Offset behind its last durable record.</summary>
    public long EndOffset => Volatile.Read(ref _endOffset);

    /// <summary>Durable bytes, header included.</summary>
    public long CommittedLengthBytes => Volatile.Read(ref _committedLengthBytes);

    /// <summary>The file name of a segment.</summary>
    public static string FileName(long firstOffset) => firstOffset.ToString("D20", CultureInfo.InvariantCulture) + Extension;

    /// <summary>Creates a preallocated segment whose name and header are durable on return.</summary>
    /// <exception cref="IOException">The disk is full or failing; no file of this name is left behind when it could be removed.</exception>
    public static LogSegment Create(ILogDisk disk, string directory, long firstOffset, long preallocationBytes)
    {
        string path = System.IO.Path.Combine(directory, FileName(firstOffset));
        ILogFile file = disk.Create(path, preallocationBytes);
        try
        {
            Span<byte> bytes = stackalloc byte[HeaderLengthBytes];
            bytes.Clear();
            Signature.CopyTo(bytes);
            bytes[Signature.Length] = Version;
            BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], firstOffset);
            RandomNumberGenerator.Fill(bytes[16..24]);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[28..], LogBatch.Crc32C(bytes[..28]));
            file.Write(bytes, 0);
            file.Sync();
            disk.SyncDirectory(directory);
            Header header = new(firstOffset, BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]));
            return new LogSegment(path, file, header, firstOffset, HeaderLengthBytes);
        }
        catch
        {
            file.Dispose();
            disk.Delete(path);
            throw;
        }
    }

    /// <summary>Opens a segment whose durable extent recovery has found.</summary>
    /// <param name="disk">Where it is.</param>
    /// <param name="path">The file.</param>
    /// <param name="header">Its header.</param>
    /// <param name="endOffset">Offset behind its last durable record.</param>
    /// <param name="committedLengthBytes">Durable bytes, header included; null for the whole file.</param>
    public static LogSegment Open(ILogDisk disk, string path, in Header header, long endOffset, long? committedLengthBytes)
    {
        ILogFile file = disk.Open(path);
        return new LogSegment(path, file, header, endOffset, committedLengthBytes ?? file.LengthBytes);
    }

    /// <summary>Reads a segment header; false when it is damaged.</summary>
    /// <param name="source">The first bytes of the file.</param>
    /// <param name="header">What it says; only where <paramref name="version"/> is <see cref="Version"/>.</param>
    /// <param name="version">The format it is written in.</param>
    public static bool TryReadHeader(ReadOnlySpan<byte> source, out Header header, out byte version)
    {
        header = default;
        version = 0;
        if (source.Length < HeaderLengthBytes || !source.StartsWith(Signature) || BinaryPrimitives.ReadUInt32LittleEndian(source[28..]) != LogBatch.Crc32C(source[..28]))
        {
            return false;
        }

        version = source[Signature.Length];
        header = new Header(BinaryPrimitives.ReadInt64LittleEndian(source[8..]), BinaryPrimitives.ReadUInt64LittleEndian(source[16..]));
        return header.FirstOffset >= 0;
    }

    /// <summary>Writes a sealed frame behind the last one and makes it durable.</summary>
    /// <exception cref="IOException">It may or may not be on disk; the segment must not be written again.</exception>
    public void Commit(ReadOnlySpan<byte> frame, long endOffset)
    {
        _file.Write(frame, _committedLengthBytes);
        _file.SyncData();
        Volatile.Write(ref _endOffset, endOffset);
        Volatile.Write(ref _committedLengthBytes, _committedLengthBytes + frame.Length);
    }

    /// <summary>Reads durable bytes; fewer than asked at the end.</summary>
    public int Read(Span<byte> destination, long position)
    {
        long available = CommittedLengthBytes - position;
        if (available <= 0)
        {
            return 0;
        }

        return _file.Read(destination[..(int)Math.Min(destination.Length, available)], position);
    }

    /// <summary>
    /// Makes the last commit that was found in the file durable, and cuts what lies behind it. It is written once more: the process before may
    /// have failed to sync it, and then the system goes on showing it and takes it for clean, so that a sync alone would not put it on the disk.
    /// </summary>
    /// <param name="lastFramePosition">Where it begins; the end of the durable bytes when there is none.</param>
    /// <exception cref="IOException">It may not be durable; nobody may be told that it is.</exception>
    public void Settle(long lastFramePosition)
    {
        byte[] frame = new byte[_committedLengthBytes - lastFramePosition];
        int read = 0;
        while (read < frame.Length && _file.Read(frame.AsSpan(read), lastFramePosition + read) is > 0 and var more)
        {
            read += more;
        }

        if (frame.Length > 0)
        {
            _file.Write(frame.AsSpan(0, read), lastFramePosition);
        }

        Truncate();
    }

    /// <summary>Gives the preallocated rest back and makes the length durable.</summary>
    public void Truncate()
    {
        _file.SetLength(_committedLengthBytes);
        _file.Sync();
    }

    /// <inheritdoc />
    public void Dispose() => _file.Dispose();
}
