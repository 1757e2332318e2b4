using Gateway.Host.Storage;

namespace Gateway.Host.Export;

/// <summary>A folder that gets its name when it is whole and on disk. Until then it is <c>NAME.partial</c>, and gone when it is given up.</summary>
internal sealed class FolderInTheMaking : IDisposable
{
    private readonly string _name;
    private bool _isFinished;

    /// <summary>Makes <c>NAME.partial</c>.</summary>
    /// <param name="name">The folder: absent, or empty.</param>
    /// <exception cref="ExportException">It is not, or a partial one is in the way.</exception>
    /// <exception cref="IOException">It cannot be made.</exception>
    public FolderInTheMaking(string name)
    {
        _name = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(name));
        Path = _name + ".partial";
        if (File.Exists(_name) || (Directory.Exists(_name) && Directory.EnumerateFileSystemEntries(_name).Any()))
        {
            throw ExportException.Usage($"{_name} is there already and not empty; name a folder that is not there yet");
        }

        if (new DirectoryInfo(_name) is { Exists: true } empty && (empty.LinkTarget is not null || !CanBeReplaced(_name)))
        {
            throw ExportException.Usage($"{_name} is a link, a mount point or not yours to replace; name a folder inside it that is not there yet");
        }

        if (File.Exists(Path) || Directory.Exists(Path))
        {
            throw ExportException.Usage($"{Path} is in the way: it is what was left when the process was killed; look, and delete it");
        }

        DurableFile.RestrictNewFiles();
        DurableFile.CreateDirectory(Path);
    }

    /// <summary>Where to write.</summary>
    public string Path { get; }

    /// <summary>Makes it durable and gives it its name.</summary>
    /// <exception cref="IOException">It could not be; it is given up.</exception>
    public void Finish()
    {
        DurableFile.SyncTree(Path);
        Directory.Move(Path, _name);
        _isFinished = true;
        DurableFile.SyncDirectory(System.IO.Path.GetDirectoryName(_name)!);
    }

    /// <summary>Takes an empty folder away, before all the work: at its end it would be too late to find that this cannot be done.</summary>
    private static bool CanBeReplaced(string name)
    {
        try
        {
            Directory.Delete(name);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (!_isFinished && Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
