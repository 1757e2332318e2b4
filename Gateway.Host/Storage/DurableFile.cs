using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Host.Storage;

/// <summary>
/// The few file calls .NET hides or softens: RandomAccess.FlushToDisk swallows EROFS, EINVAL and ENOTSUP, and there is no fdatasync and no
/// directory fsync. Here every errno is an <see cref="IOException"/>; a file whose fsync failed must be given up, never synced again: the
/// kernel may have dropped the pages. Off Unix it falls back to FlushToDisk.
/// </summary>
internal static partial class DurableFile
{
    private const int OpenCloseOnExec = 0x80000;
    private const uint OwnerOnlyMask = 0x3FU; // 077: nothing for group and others

    /// <summary>Creates a new file that only its owner can read or write.</summary>
    /// <exception cref="IOException">It exists, or cannot be created.</exception>
    public static SafeFileHandle Create(string path)
    {
        SafeFileHandle handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(handle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return handle;
    }

    /// <summary>Makes the data of a file, and the size it needs to be read back, durable.</summary>
    /// <exception cref="IOException">The system reported any error; what was written must be taken for lost.</exception>
    public static void SyncData(SafeFileHandle file)
    {
        if (OperatingSystem.IsLinux())
        {
            Check(FDataSync(file), "fdatasync", "the log");
            return;
        }

        Sync(file);
    }

    /// <summary>Makes a file and all its metadata durable.</summary>
    /// <exception cref="IOException">The system reported any error.</exception>
    public static void Sync(SafeFileHandle file)
    {
        if (OperatingSystem.IsWindows())
        {
            RandomAccess.FlushToDisk(file);
            return;
        }

        Check(FSync(file), "fsync", "a file");
    }

    /// <summary>Makes the names in a directory durable: needed after creating, renaming or deleting a file in it. Windows needs no such call.</summary>
    /// <exception cref="IOException">The system reported any error.</exception>
    public static void SyncDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int descriptor = OpenPath(path, OperatingSystem.IsLinux() ? OpenCloseOnExec : 0, 0);
        Check(Math.Min(descriptor, 0), "open", path);
        using SafeFileHandle directory = new(descriptor, ownsHandle: true);
        Check(FSync(directory), "fsync", path);
    }

    /// <summary>
    /// Makes everything below a directory durable, files and names: one call for the whole file system where there is one, for a directory of a
    /// million small files.
    /// </summary>
    /// <exception cref="IOException">The system reported any error.</exception>
    public static void SyncTree(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            int descriptor = OpenPath(path, OpenCloseOnExec, 0);
            Check(Math.Min(descriptor, 0), "open", path);
            using SafeFileHandle directory = new(descriptor, ownsHandle: true);
            Check(SyncFileSystem(directory), "syncfs", path);
            return;
        }

        foreach (string file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories))
        {
            using SafeFileHandle handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            Sync(handle);
        }

        foreach (string directory in Directory.EnumerateDirectories(path, "*", SearchOption.AllDirectories).Append(path))
        {
            SyncDirectory(directory);
        }
    }

    /// <summary>
    /// Makes a directory that only its owner can use, and those above it that are missing, and makes their names durable: a synced file in a
    /// directory whose own name is not on disk is as lost as one never written.
    /// </summary>
    /// <exception cref="IOException">It could not be made, or not durable.</exception>
    public static void CreateDirectory(string path)
    {
        string full = Path.GetFullPath(path);
        List<string> created = [];
        for (string? at = full; at is not null && !Directory.Exists(at); at = Path.GetDirectoryName(at))
        {
            created.Add(at);
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(full);
        }
        else
        {
            Directory.CreateDirectory(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        foreach (string directory in created)
        {
            SyncDirectory(Path.GetDirectoryName(directory)!);
        }
    }

    /// <summary>Puts a file in the place of another, or of none: after a crash there is the old one or the new one, whole.</summary>
    /// <exception cref="IOException">It could not be made durable; the old file stands.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        string temporary = path + ".tmp";
        File.Delete(temporary); // of a process that was killed here
        using (SafeFileHandle file = Create(temporary))
        {
            RandomAccess.Write(file, content, 0);
            Sync(file);
        }

        File.Move(temporary, path, overwrite: true);
        SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>From here on, files this process makes are its owner's alone, whoever makes them.</summary>
    public static void RestrictNewFiles()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = Umask(OwnerOnlyMask);
        }
    }

    private static void Check(int result, string call, string what)
    {
        if (result != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new IOException($"{call} of {what}: {Marshal.GetPInvokeErrorMessage(error)} (errno {error})", error);
        }
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FDataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int SyncFileSystem(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenPath(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint Umask(uint mask);
}
