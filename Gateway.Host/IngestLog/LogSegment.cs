using System.Buffers.Binary;
using System.Globalization;
using Gateway.Host.Storage;
using Microsoft.Win32.SafeHandles;

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

    private static ReadOnlySpan<byte> Signature => "CSGLOG\0\u0001"u8;

    private readonly SafeFileHandle _file;
    private long _committedLengthBytes;
    private long _endOffset;

    private LogSegment(string path, SafeFileHandle file, long firstOffset, long endOffset, long committedLengthBytes)
    {
        Path = path;
        _file = file;
        FirstOffset = firstOffset;
        _endOffset = endOffset;
        _committedLengthBytes = committedLengthBytes;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Log offset of its first record.</summary>
    public long FirstOffset { get; }

    /// <summary>Offset behind its last durable record.</summary>
    public long EndOffset => Volatile.Read(ref _endOffset);

    /// <summary>Durable bytes, header included.</summary>
    public long CommittedLengthBytes => Volatile.Read(ref _committedLengthBytes);

    /// <summary>The file name of a segment.</summary>
    public static string FileName(long firstOffset) => firstOffset.ToString("D20", CultureInfo.InvariantCulture) + Extension;

    /// <summary>Creates a preallocated segment whose name and header are durable on return.</summary>
    /// <exception cref="IOException">The disk is full or failing; no file of this name is left behind when it could be removed.</exception>
    public static LogSegment Create(string directory, long firstOffset, long preallocationBytes)
    {
        string path = System.IO.Path.Combine(directory, FileName(firstOffset));
        SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, FileOptions.None, preallocationBytes);
        try
        {
            if (OperatingSystem.IsLinux())
            {
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            Span<byte> header = stackalloc byte[HeaderLengthBytes];
            header.Clear();
            Signature.CopyTo(header);
            BinaryPrimitives.WriteInt64LittleEndian(header[8..], firstOffset);
            BinaryPrimitives.WriteUInt32LittleEndian(header[28..], LogBatch.Crc32C(header[..28]));
            RandomAccess.Write(file, header, 0);
            DurableFile.Sync(file);
            DurableFile.SyncDirectory(directory);
            return new LogSegment(path, file, firstOffset, firstOffset, HeaderLengthBytes);
        }
        catch
        {
            file.Dispose();
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Opens a segment whose durable extent recovery has found.</summary>
    public static LogSegment Open(string path, long firstOffset, long endOffset, long committedLengthBytes) =>
        new(path, File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete), firstOffset, endOffset, committedLengthBytes);

    /// <summary>Reads the first offset out of a segment header; false when the header is damaged.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> source, out long firstOffset)
    {
        firstOffset = 0;
        if (source.Length < HeaderLengthBytes || !source[..8].SequenceEqual(Signature) || BinaryPrimitives.ReadUInt32LittleEndian(source[28..]) != LogBatch.Crc32C(source[..28]))
        {
            return false;
        }

        firstOffset = BinaryPrimitives.ReadInt64LittleEndian(source[8..]);
        return firstOffset >= 0;
    }

    /// <summary>Writes a sealed frame behind the last one and makes it durable.</summary>
    /// <exception cref="IOException">It may or may not be on disk; the segment must not be written again.</exception>
    public void Commit(ReadOnlySpan<byte> frame, long endOffset)
    {
        RandomAccess.Write(_file, frame, _committedLengthBytes);
        DurableFile.SyncData(_file);
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

        return RandomAccess.Read(_file, destination[..(int)Math.Min(destination.Length, available)], position);
    }

    /// <summary>Gives the preallocated rest back and makes the length durable.</summary>
    public void Truncate()
    {
        RandomAccess.SetLength(_file, _committedLengthBytes);
        DurableFile.Sync(_file);
    }

    /// <inheritdoc />
    public void Dispose() => _file.Dispose();
}
