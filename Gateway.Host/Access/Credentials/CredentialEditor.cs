using System.Diagnostics;
using Gateway.Host.Storage;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Host.Access.Credentials;

/// <summary>
/// One change to a credential file, by whoever holds its lock: read, alter <see cref="Credentials"/>, <see cref="Save"/>, dispose. The
/// lock is the file's own, not the gateway's, so credentials change while the gateway runs and two who change them at once both
/// succeed. Readers need no lock: the file is replaced as a whole.
/// </summary>
internal sealed class CredentialEditor : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);

    private readonly string _path;
    private readonly FileStream _lock;

    private CredentialEditor(string path, FileStream @lock, IEnumerable<Credential> credentials)
    {
        _path = path;
        _lock = @lock;
        Credentials = credentials.ToDictionary(c => c.Name, StringComparer.Ordinal);
    }

    /// <summary>The credentials by name; what is altered here is what <see cref="Save"/> writes.</summary>
    public Dictionary<string, Credential> Credentials { get; }

    /// <summary>Takes the lock, waiting for whoever has it, and reads the file; no file is an empty one.</summary>
    /// <exception cref="IOException">The lock is not to be had, or the file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is damaged; the message says where.</exception>
    public static CredentialEditor Open(string path)
    {
        DurableFile.RestrictNewFiles();
        DurableFile.CreateDirectory(Path.GetDirectoryName(path)!);
        FileStream taken = TakeLock(path + ".lock");
        try
        {
            return new CredentialEditor(path, taken, Read(path));
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    /// <summary>Reads a file; no file is an empty one.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged; the message says where.</exception>
    public static IReadOnlyList<Credential> Read(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        return CredentialFile.TryRead(File.ReadAllBytes(path), path, out IReadOnlyList<Credential> credentials, out string error)
            ? credentials
            : throw new InvalidDataException(error);
    }

    /// <summary>Writes the credentials; when it returns they are on disk, and a crash before that leaves the old file.</summary>
    /// <exception cref="IOException">The disk refused; the old file is as it was.</exception>
    public void Save()
    {
        string fresh = _path + ".new";
        File.Delete(fresh); // of one that was killed; whoever holds the lock is the only writer
        try
        {
            using (SafeFileHandle file = DurableFile.Create(fresh))
            {
                RandomAccess.Write(file, CredentialFile.Write(Credentials.Values), 0);
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
