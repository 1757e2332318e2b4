using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Host.Series.Embedded;

/// <summary>
/// One immutable block file open for reading. Safe for any number of threads. Counted references keep the handle open for readers that
/// still hold the block after a merge has replaced and deleted it.
/// </summary>
internal sealed class BlockFile
{
    private readonly SafeFileHandle _file;
    private int _references = 1;
    private int _damagedChunks;

    private BlockFile(string path, SafeFileHandle file, BlockIndex index, int level, long firstFlush, long lastFlush, long lengthBytes)
    {
        Path = path;
        _file = file;
        Index = index;
        Level = level;
        FirstFlush = firstFlush;
        LastFlush = lastFlush;
        LengthBytes = lengthBytes;
    }

    /// <summary>Where it lies.</summary>
    public string Path { get; }

    /// <summary>What it holds.</summary>
    public BlockIndex Index { get; }

    /// <summary>How many merges its data has been through; 0 for a flushed head.</summary>
    public int Level { get; }

    /// <summary>Number of the oldest flush in it; what a later flush wrote wins over what an earlier one did.</summary>
    public long FirstFlush { get; }

    /// <summary>Number of the newest flush in it.</summary>
    public long LastFlush { get; }

    /// <summary>Size of the file.</summary>
    public long LengthBytes { get; }

    /// <summary>Whether a reader has met a damaged chunk; the store then saves the rest and sets the file aside.</summary>
    public bool IsDamaged => Volatile.Read(ref _damagedChunks) > 0;

    /// <summary>Opens a block and checks header, trailer and index; chunks are checked as they are read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="names">Shares names among blocks.</param>
    /// <param name="block">The block, with one reference held by the caller; null on a fault.</param>
    public static BlockFault TryOpen(string path, SeriesNames names, out BlockFile? block)
    {
        block = null;
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.RandomAccess);
            BlockFault fault = TryRead(path, file, names, out block);
            if (block is not null)
            {
                file = null;
            }

            return fault;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return BlockFault.Unreadable;
        }
        finally
        {
            file?.Dispose();
        }
    }

    /// <summary>Takes a reference; false when the block is already closed.</summary>
    public bool TryAcquire()
    {
        int seen = Volatile.Read(ref _references);
        while (seen > 0)
        {
            int now = Interlocked.CompareExchange(ref _references, seen + 1, seen);
            if (now == seen)
            {
                return true;
            }

            seen = now;
        }

        return false;
    }

    /// <summary>Gives a reference back; the last one closes the file.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            _file.Dispose();
        }
    }

    /// <summary>Records that a chunk turned out damaged.</summary>
    public void CountDamage() => Interlocked.Increment(ref _damagedChunks);

    /// <summary>Fills <paramref name="bytes"/> from the file; false when the file ends before or the device refuses (EIO), which is damage of what lies there.</summary>
    public bool TryRead(Span<byte> bytes, long offset)
    {
        try
        {
            return Fill(_file, bytes, offset);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static BlockFault TryRead(string path, SafeFileHandle file, SeriesNames names, out BlockFile? block)
    {
        block = null;
        long length = RandomAccess.GetLength(file);
        if (length < BlockFormat.HeaderLengthBytes + BlockFormat.TrailerLengthBytes)
        {
            return BlockFault.TooShort;
        }

        Span<byte> header = stackalloc byte[BlockFormat.HeaderLengthBytes];
        if (!Fill(file, header, 0)
            || BinaryPrimitives.ReadUInt64LittleEndian(header) != BlockFormat.HeaderMagic
            || BinaryPrimitives.ReadUInt32LittleEndian(header[32..]) != BlockFormat.Checksum(header[..32]))
        {
            return BlockFault.BadHeader;
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(header[8..]) != BlockFormat.Version)
        {
            return BlockFault.UnknownVersion;
        }

        Span<byte> trailer = stackalloc byte[BlockFormat.TrailerLengthBytes];
        long trailerOffset = length - BlockFormat.TrailerLengthBytes;
        if (!Fill(file, trailer, trailerOffset)
            || BinaryPrimitives.ReadUInt64LittleEndian(trailer[32..]) != BlockFormat.TrailerMagic
            || BinaryPrimitives.ReadUInt32LittleEndian(trailer[28..]) != BlockFormat.Checksum(trailer[..28]))
        {
            return BlockFault.BadTrailer;
        }

        long indexOffset = BinaryPrimitives.ReadInt64LittleEndian(trailer);
        long indexLength = BinaryPrimitives.ReadInt64LittleEndian(trailer[8..]);
        if (indexOffset < BlockFormat.HeaderLengthBytes || indexLength is < 1 or > int.MaxValue || indexOffset + indexLength != trailerOffset)
        {
            return BlockFault.BadIndex;
        }

        byte[] bytes = new byte[indexLength];
        if (!Fill(file, bytes, indexOffset) || BinaryPrimitives.ReadUInt32LittleEndian(trailer[24..]) != BlockFormat.Checksum(bytes))
        {
            return BlockFault.BadIndex;
        }

        BlockIndex? index = BlockIndex.TryRead(bytes, indexOffset, names);
        if (index is null || index.Points != BinaryPrimitives.ReadInt64LittleEndian(trailer[16..]))
        {
            return BlockFault.BadIndex;
        }

        int level = BinaryPrimitives.ReadInt32LittleEndian(header[12..]);
        long firstFlush = BinaryPrimitives.ReadInt64LittleEndian(header[16..]);
        long lastFlush = BinaryPrimitives.ReadInt64LittleEndian(header[24..]);
        block = new BlockFile(path, file, index, level, firstFlush, lastFlush, length);
        return BlockFault.None;
    }

    private static bool Fill(SafeFileHandle file, Span<byte> bytes, long offset)
    {
        while (!bytes.IsEmpty)
        {
            int read = RandomAccess.Read(file, bytes, offset);
            if (read == 0)
            {
                return false;
            }

            bytes = bytes[read..];
            offset += read;
        }

        return true;
    }
}
