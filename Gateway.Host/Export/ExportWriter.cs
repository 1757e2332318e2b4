using System.Text.Json;
using Gateway.Host.Storage;

namespace Gateway.Host.Export;

/// <summary>
/// The folder of an export while it is written, one file after the other in the order of their names. It is called <c>DIR.partial</c> until it is
/// whole and on disk; a failure takes it away again.
/// </summary>
internal sealed class ExportWriter : IDisposable
{
    private readonly FolderInTheMaking _folder;
    private readonly ExportText _files;
    private string _last = "";
    private long _lengthBytes;

    /// <summary>Begins an export.</summary>
    /// <param name="directory">Where it shall be: absent, or empty.</param>
    /// <exception cref="ExportException">It is not.</exception>
    /// <exception cref="IOException">It cannot be made.</exception>
    public ExportWriter(string directory)
    {
        _folder = new FolderInTheMaking(directory);
        _files = new ExportText(ExportFormat.Files, Create(ExportFormat.Files));
    }

    /// <summary>Begins a file of lines, which is in the list when it is added.</summary>
    public ExportText Text(string name, int limitBytes = ExportFormat.LineLimitBytes) => new(name, Create(name), limitBytes);

    /// <summary>Ends a file of lines.</summary>
    /// <returns>Its lines.</returns>
    public long Add(ExportText text)
    {
        Add(text.Finish());
        return text.Lines;
    }

    /// <summary>Writes a small file.</summary>
    public void Put(string name, ReadOnlySpan<byte> content)
    {
        using HashedStream file = new(Create(name));
        file.Write(content);
        Add(new ExportedFile(name, file.Length, file.Sha256()));
    }

    /// <summary>Takes a file as it is.</summary>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    public void Copy(string name, string source)
    {
        using FileStream input = new(source, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 17);
        using HashedStream file = new(Create(name));
        input.CopyTo(file, 1 << 17);
        Add(new ExportedFile(name, file.Length, file.Sha256()));
    }

    /// <summary>Writes the manifest and gives the folder its name.</summary>
    /// <param name="counts">What is counted; files and their hash are put in.</param>
    public ExportManifest Finish(ExportManifest counts)
    {
        ExportedFile files = _files.Finish();
        ExportManifest manifest = counts with { Files = _files.Lines, LengthBytes = _lengthBytes + files.LengthBytes, FilesSha256 = files.Sha256 };
        _files.Dispose();
        using (Stream stream = Create(ExportFormat.Manifest))
        {
            stream.Write(JsonSerializer.SerializeToUtf8Bytes(manifest, ExportJson.Document.ExportManifest));
            stream.Write("\n"u8);
        }

        _folder.Finish();
        return manifest;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _files.Dispose();
        _folder.Dispose();
    }

    private FileStream Create(string name)
    {
        string path = Path.Combine(_folder.Path, name);
        DurableFile.CreateDirectory(Path.GetDirectoryName(path)!);
        return new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
    }

    private void Add(ExportedFile file)
    {
        if (string.CompareOrdinal(_last, file.Name) >= 0)
        {
            throw new InvalidOperationException($"{file.Name} is written behind {_last}: files are listed by name");
        }

        _last = file.Name;
        _lengthBytes += file.LengthBytes;
        _files.Line(file, static (json, one) => JsonSerializer.Serialize(json, one, ExportJson.Line.ExportedFile));
    }
}
