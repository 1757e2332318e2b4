using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Host.IngestLog;

/// <summary>
/// The few file calls .NET hides or softens: RandomAccess.FlushToDisk swallows EROFS, EINVAL and ENOTSUP, and there is no
/// fdatasync and no directory fsync. Every errno is a failure here. On other systems than Linux and macOS it falls back to FlushToDisk.
/// </summary>
internal static partial class PosixFile
{
    private const int OpenReadOnlyDirectory = 0x10000; // O_RDONLY | O_DIRECTORY on Linux

    /// <summary>Makes the data of a file, and the size it needs to be read back, durable.</summary>
    /// <exception cref="IOException">The system reported any error; what was written must be taken for lost.</exception>
    public static void SyncData(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(file);
            return;
        }

        if (FDataSync(file) != 0)
        {
            throw Failure("fdatasync");
        }
    }

    /// <summary>Makes a file and all its metadata durable.</summary>
    /// <exception cref="IOException">The system reported any error.</exception>
    public static void Sync(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(file);
            return;
        }

        if (FSync(file) != 0)
        {
            throw Failure("fsync");
        }
    }

    /// <summary>Makes the names in a directory durable: needed after creating, renaming or deleting a file in it.</summary>
    /// <exception cref="IOException">The system reported any error.</exception>
    public static void SyncDirectory(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        int descriptor = Open(path, OpenReadOnlyDirectory);
        if (descriptor < 0)
        {
            throw Failure($"open of directory {path}");
        }

        using SafeFileHandle handle = new(descriptor, ownsHandle: true);
        if (FSync(handle) != 0)
        {
            throw Failure($"fsync of directory {path}");
        }
    }

    private static IOException Failure(string call)
    {
        int errno = Marshal.GetLastPInvokeError();
        return new IOException($"{call} failed: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})", errno);
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FDataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
}
