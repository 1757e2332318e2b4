using System.Security.Cryptography;
using Gateway.Host.Storage;

namespace Gateway.Host.Composition;

/// <summary>The directory that holds everything that must survive; one gateway at a time.</summary>
internal sealed class DataDirectory : IDisposable
{
    private const int KeyLengthBytes = 32;

    private readonly FileStream _lock;

    private DataDirectory(string root, FileStream @lock)
    {
        Root = root;
        _lock = @lock;
    }

    /// <summary>Full path.</summary>
    public string Root { get; }

    /// <summary>The ingest log.</summary>
    public string Log => Path.Combine(Root, "log");

    /// <summary>The series store.</summary>
    public string Series => Path.Combine(Root, "series");

    /// <summary>City snapshots by revision.</summary>
    public string Snapshots => Path.Combine(Root, "snapshots");

    /// <summary>The case store.</summary>
    public string CaseStore => Path.Combine(Root, "cases.db");

    /// <summary>The switches of mode, read as a file of the city.</summary>
    public string Mode => Path.Combine(Root, "mode.yaml");

    /// <summary>MQTT sessions that outlive their connections, as of some log offset.</summary>
    public string Sessions => Path.Combine(Root, "sessions.bin");

    /// <summary>Where the receivers of webhooks stand.</summary>
    public string Outbox => Path.Combine(Root, "webhooks.db");

    /// <summary>A file that says that what is here is an exercise 演练, from its first start on.</summary>
    public string Exercise => Path.Combine(Root, "exercise.txt");

    /// <summary>What the rehearsal of a start needs; gone when it is over.</summary>
    public string Rehearsal => Path.Combine(Root, "rehearsal");

    /// <summary>Free bytes and size of the disk it is on.</summary>
    public (long FreeBytes, long SizeBytes) DiskSpace()
    {
        try
        {
            DriveInfo disk = new(Root);
            return (disk.AvailableFreeSpace, disk.TotalSize);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (long.MaxValue, long.MaxValue); // a disk that does not even answer fails the next commit, which says so
        }
    }

    /// <summary>Takes the directory, making it when there is none.</summary>
    /// <exception cref="InvalidOperationException">Another gateway has it, or it cannot be written; says what to do.</exception>
    public static DataDirectory Open(string path)
    {
        DurableFile.RestrictNewFiles();
        string root = Path.GetFullPath(path);
        try
        {
            DurableFile.CreateDirectory(root);

            // Only FileShare.None locks exclusively on Linux.
            return new DataDirectory(root, new FileStream(Path.Combine(root, "gateway.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new InvalidOperationException($"cannot write the data directory {root}: {e.Message}; give another with --data DIR", e);
        }
        catch (IOException e)
        {
            throw new InvalidOperationException($"the data directory {root} is in use by another gateway (or cannot be opened: {e.Message}); stop it, or give another with --data DIR", e);
        }
    }

    /// <summary>Whether what is here is an exercise.</summary>
    public bool IsExercise => File.Exists(Exercise);

    /// <summary>Says whether what is here, nothing so far, is an exercise.</summary>
    public void MarkExercise(bool isExercise)
    {
        if (!isExercise)
        {
            File.Delete(Exercise);
        }
        else if (!IsExercise)
        {
            DurableFile.Replace(Exercise, "This is the data of an exercise 演练: nothing here is real. A gateway that follows the world does not start on it.\n"u8);
        }
    }

    /// <summary>The key for card pseudonyms, made on the first start.</summary>
    /// <exception cref="InvalidOperationException">The file is no key; the message says what to do.</exception>
    public byte[] PseudonymKey(string? file) => Key(
        file ?? Path.Combine(Root, "secrets", "pseudonym.key"),
        "a pseudonym key",
        "for under another key the same card gets another pseudonym. Delete it only when no card was ever stored under it");

    /// <summary>The key that rating tokens are made with, made on the first start.</summary>
    /// <exception cref="InvalidOperationException">The file is no key; the message says what to do.</exception>
    public byte[] RatingKey() => Key(Path.Combine(Root, "secrets", "rating.key"), "a rating key", "for under another key the tokens that were handed out are none. Delete it when that does not matter");

    /// <inheritdoc />
    public void Dispose() => _lock.Dispose();

    // A new one is 32 random bytes: whole and durable, or not there at all.
    private static byte[] Key(string path, string what, string why)
    {
        if (!File.Exists(path))
        {
            DurableFile.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            DurableFile.Replace(path, RandomNumberGenerator.GetBytes(KeyLengthBytes));
        }

        byte[] key = File.ReadAllBytes(path);
        return key.Length >= KeyLengthBytes
            ? key
            : throw new InvalidOperationException($"{path}: has {key.Length} bytes, {what} has at least {KeyLengthBytes}; restore it from a backup, {why}: the next start makes a new one");
    }
}
