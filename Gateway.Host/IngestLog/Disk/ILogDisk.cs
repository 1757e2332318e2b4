namespace Gateway.Host.IngestLog.Disk;

/// <summary>
/// The few things the log asks of a disk. What was written, created or deleted is durable once the call that says so has returned, and
/// not before. Errors are <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.
/// </summary>
internal interface ILogDisk
{
    /// <summary>Makes a directory and those above it that are missing, durably.</summary>
    void CreateDirectory(string path);

    /// <summary>The segment files of a directory, in any order.</summary>
    IEnumerable<string> Segments(string directory);

    /// <summary>Creates a file, or empties the one there is; its name is not durable yet.</summary>
    /// <param name="path">The file.</param>
    /// <param name="preallocationBytes">Room it should have; the length stays zero.</param>
    ILogFile Create(string path, long preallocationBytes);

    /// <summary>Opens a file that exists.</summary>
    ILogFile Open(string path);

    /// <summary>Removes a file, if there is one; not durably.</summary>
    void Delete(string path);

    /// <summary>Makes the names in a directory durable.</summary>
    void SyncDirectory(string path);
}
