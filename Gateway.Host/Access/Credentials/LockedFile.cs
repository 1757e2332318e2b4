using System.Diagnostics;
using Gateway.Host.Storage;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Host.Access.Credentials;

/// <summary>
/// A file of secrets in the hands of whoever changes it. The lock is the file's own, not the gateway's, so it changes while the gateway
/// runs and two who change it at once both succeed. Readers need no lock: the file is replaced as a whole.
/// </summary>
internal sealed class LockedFile : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);

    private readonly string _path;
    private readonly FileStream _lock;

    private LockedFile(string path, FileStream @lock)
    {
        _path = path;
        _lock = @lock;
    }

    /// <summary>Takes the lock, waiting for whoever has it; makes the folder when there is none.</summary>
    /// <exception cref="IOException">The lock is not to be had.</exception>
    public static LockedFile Open(string path)
    {
        DurableFile.RestrictNewFiles();
        DurableFile.CreateDirectory(Path.GetDirectoryName(path)!);
        return new LockedFile(path, TakeLock(path + ".lock"));
    }

    /// <summary>Writes the file; when it returns it is on disk, readable by its owner alone, and a crash before that leaves the old one.</summary>
    /// <exception cref="IOException">The disk refused; the old file is as it was.</exception>
    public void Save(ReadOnlySpan<byte> content)
    {
        string fresh = _path + ".new";
        File.Delete(fresh); // of one that was killed; whoever holds the lock is the only writer
        try
        {
            using (SafeFileHandle file = DurableFile.Create(fresh))
            {
                RandomAccess.Write(file, content, 0);
                DurableFile.Sync(file);
            }

            File.Move(fresh, _path, overwrite: true);
        }
        catch
        {
            File.Delete(fresh);
            throw;
        }

        DurableFile.SyncDirectory(Path.GetDirectoryName(_path)!);
    }

    /// <inheritdoc />
    public void Dispose() => _lock.Dispose();

    private static FileStream TakeLock(string path)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                // Only FileShare.None locks exclusively on Linux.
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException))
            {
                if (Stopwatch.GetElapsedTime(began) > Patience)
                {
                    throw new IOException($"{path} is held by somebody else for {Patience.TotalSeconds:0} s: {e.Message}", e);
                }
            }

            Thread.Sleep(LookInterval);
        }
    }
}
