namespace Gateway.Host.Access.Credentials;

/// <summary>One change to a credential file, by whoever holds its lock: read, alter <see cref="Credentials"/>, <see cref="Save"/>, dispose.</summary>
internal sealed class CredentialEditor : IDisposable
{
    private readonly LockedFile _file;

    private CredentialEditor(LockedFile file, IEnumerable<Credential> credentials)
    {
        _file = file;
        Credentials = credentials.ToDictionary(c => c.Name, StringComparer.Ordinal);
    }

    /// <summary>The credentials by name; what is altered here is what <see cref="Save"/> writes.</summary>
    public Dictionary<string, Credential> Credentials { get; }

    /// <summary>Takes the lock, waiting for whoever has it, and reads the file; no file is an empty one.</summary>
    /// <exception cref="IOException">The lock is not to be had, or the file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is damaged; the message says where.</exception>
    public static CredentialEditor Open(string path)
    {
        LockedFile file = LockedFile.Open(path);
        try
        {
            return new CredentialEditor(file, Read(path));
        }
        catch
        {
            file.Dispose();
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
    public void Save() => _file.Save(CredentialFile.Write(Credentials.Values));

    /// <inheritdoc />
    public void Dispose() => _file.Dispose();
}
