using System.Globalization;
using Gateway.Host.Storage;

namespace Gateway.Host.Series.Embedded;

/// <summary>
/// The store's directory: names of blocks, what is done at start about a crash's leavings, setting damaged files aside. File names are made of
/// flush numbers only; nothing a device says ever becomes a part of a path.
/// </summary>
internal sealed class BlockDirectory
{
    private const string BlockSuffix = ".block";
    private const string TemporarySuffix = ".tmp";
    private const string DamagedSuffix = ".damaged";

    private readonly string _path;

    /// <summary>Binds to a directory, creating it when absent.</summary>
    /// <exception cref="IOException">It cannot be created.</exception>
    public BlockDirectory(string path)
    {
        _path = Path.GetFullPath(path);
        DurableFile.CreateDirectory(_path);
    }

    /// <summary>The file whose lock keeps a second process out.</summary>
    public string LockPath => Path.Combine(_path, "series.lock");

    /// <summary>The name a block is written under before it is whole; a leftover of a failed attempt is removed.</summary>
    public string NewTemporary(long firstFlush, long lastFlush)
    {
        string path = Path.Combine(_path, NameOf(firstFlush, lastFlush, 0) + TemporarySuffix);
        File.Delete(path);
        return path;
    }

    /// <summary>Gives a whole and synced temporary file its name and returns it when the name is durable.</summary>
    /// <param name="temporary">The file.</param>
    /// <param name="firstFlush">Oldest flush in it.</param>
    /// <param name="lastFlush">Newest flush in it.</param>
    /// <param name="revision">0, or one more than that of the block of the same flushes that it replaces.</param>
    /// <exception cref="IOException">The name may not be durable.</exception>
    public string Publish(string temporary, long firstFlush, long lastFlush, int revision)
    {
        string path = Path.Combine(_path, NameOf(firstFlush, lastFlush, revision) + BlockSuffix);
        File.Move(temporary, path, overwrite: true);
        DurableFile.SyncDirectory(_path);
        return path;
    }

    /// <summary>The revision in a block's name.</summary>
    public static int RevisionOf(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        int at = name.LastIndexOf('r');
        return at >= 0 && int.TryParse(name.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int revision) ? revision : 0;
    }

    /// <summary>Renames a damaged file so that it is kept for a person to look at and never served again; returns its new path.</summary>
    public static string SetAside(string path)
    {
        string aside = path + DamagedSuffix;
        for (int n = 2; File.Exists(aside); n++)
        {
            aside = string.Create(CultureInfo.InvariantCulture, $"{path}.{n}{DamagedSuffix}");
        }

        File.Move(path, aside);
        return aside;
    }

    /// <summary>
    /// Opens all blocks in flush order. Half-written files and blocks that a merge had replaced are removed; damaged ones are set aside.
    /// </summary>
    /// <param name="names">Shares names among blocks.</param>
    /// <param name="onDamage">Told the path and the fault of each file set aside.</param>
    /// <exception cref="IOException">The directory cannot be used, or a block is of a newer version of this program.</exception>
    public List<BlockFile> Open(SeriesNames names, Action<string, BlockFault> onDamage)
    {
        foreach (string leftover in Directory.GetFiles(_path, "*" + TemporarySuffix))
        {
            File.Delete(leftover);
        }

        List<BlockFile> blocks = [];
        foreach (string path in Directory.GetFiles(_path, "*" + BlockSuffix))
        {
            BlockFault fault = BlockFile.TryOpen(path, names, out BlockFile? block);
            if (fault == BlockFault.UnknownVersion)
            {
                throw new IOException($"{path} was written by a newer version of the gateway; use that version or move the file away");
            }

            if (block is null)
            {
                SetAside(path);
                onDamage(path, fault);
                continue;
            }

            blocks.Add(block);
        }

        return RemoveReplaced(blocks);
    }

    // A crash between publishing a merge and deleting its inputs leaves both: whatever lies within the flushes of another block is replaced by it.
    private static List<BlockFile> RemoveReplaced(List<BlockFile> blocks)
    {
        blocks.Sort(static (a, b) =>
            a.FirstFlush != b.FirstFlush ? a.FirstFlush.CompareTo(b.FirstFlush)
            : a.LastFlush != b.LastFlush ? b.LastFlush.CompareTo(a.LastFlush)
            : RevisionOf(b.Path).CompareTo(RevisionOf(a.Path)));
        List<BlockFile> kept = [];
        foreach (BlockFile block in blocks)
        {
            if (kept.Count > 0 && block.LastFlush <= kept[^1].LastFlush)
            {
                block.Release();
                File.Delete(block.Path);
                continue;
            }

            kept.Add(block);
        }

        return kept;
    }

    private static string NameOf(long firstFlush, long lastFlush, int revision) =>
        string.Create(CultureInfo.InvariantCulture, $"{firstFlush:D12}-{lastFlush:D12}-r{revision}");
}
