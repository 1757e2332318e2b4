using System.Text;
using Gateway.Host.Storage;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Host.Cases.Audit;

/// <summary>
/// The text file of checkpoint lines beside the store. It follows the store: a line that a crash or a full disk kept from the file is
/// appended with the next one.
/// </summary>
internal static class AuditFile
{
    private const byte LineEnd = (byte)'\n';

    /// <summary>Appends the lines that come behind the last one the file has, durably.</summary>
    /// <param name="path">The file; made when there is none.</param>
    /// <param name="lines">All lines of the store, oldest first.</param>
    /// <exception cref="IOException">It cannot be written, or somebody else is writing it.</exception>
    public static void Append(string path, IReadOnlyList<string> lines)
    {
        bool isNew = !File.Exists(path);
        using SafeFileHandle file = isNew ? DurableFile.Create(path) : File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        byte[] content = new byte[RandomAccess.GetLength(file)];
        int read = RandomAccess.Read(file, content, 0);

        // What a crash left of a line is written over: the store has the whole one.
        int end = Array.LastIndexOf(content, LineEnd, Math.Max(0, read - 1)) + 1;
        HashSet<string> present = [.. Encoding.UTF8.GetString(content, 0, end).Split('\n')];
        int known = lines.Count;
        while (known > 0 && !present.Contains(lines[known - 1]))
        {
            known--;
        }

        if (known == lines.Count && end == read)
        {
            return;
        }

        byte[] added = Encoding.UTF8.GetBytes(string.Concat(lines.Skip(known).Select(l => l + "\n")));
        RandomAccess.Write(file, added, end);
        RandomAccess.SetLength(file, end + added.Length);
        DurableFile.Sync(file);
        if (isNew)
        {
            DurableFile.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
    }
}
