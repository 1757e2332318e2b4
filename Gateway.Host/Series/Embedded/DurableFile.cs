using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Host.Series.Embedded;

/// <summary>
/// What .NET leaves out of making files durable: RandomAccess.FlushToDisk hides some failures and there is no fsync of a directory. Here every
/// errno is an <see cref="IOException"/>; a file whose fsync failed must be given up, never synced again (the kernel may have dropped the pages).
/// </summary>
internal static partial class DurableFile
{
    private const int OpenReadOnly = 0;
    private const int OpenDirectory = 0x10000; // x64; other Linux architectures differ, so it is only a courtesy and left out there
    private const int OpenCloseOnExec = 0x80000;

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

    /// <summary>Returns when all that was written to the file is on disk.</summary>
    /// <exception cref="IOException">It may not be.</exception>
    public static void Sync(SafeFileHandle file)
    {
        if (OperatingSystem.IsWindows())
        {
            RandomAccess.FlushToDisk(file);
            return;
        }

        if (FileSync(file) != 0)
        {
            throw Failure("fsync", "a series block");
        }
    }

    /// <summary>Returns when the names in a directory (files created, renamed, deleted) are on disk. Windows has no such call and needs none.</summary>
    /// <exception cref="IOException">They may not be.</exception>
    public static void SyncDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int flags = OpenReadOnly | OpenCloseOnExec | (RuntimeInformation.ProcessArchitecture == Architecture.X64 ? OpenDirectory : 0);
        using SafeFileHandle directory = new(OpenPath(path, flags, 0), ownsHandle: true);
        if (directory.IsInvalid)
        {
            throw Failure("open", path);
        }

        if (FileSync(directory) != 0)
        {
            throw Failure("fsync", path);
        }
    }

    private static IOException Failure(string call, string what)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"{call} of {what}: {Marshal.GetPInvokeErrorMessage(error)} (errno {error})", error);
    }

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FileSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenPath(string path, int flags, int mode);
}
