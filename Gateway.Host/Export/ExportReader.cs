using System.Security.Cryptography;
using System.Text.Json;

namespace Gateway.Host.Export;

/// <summary>
/// An export that is to be read back, and may be from anybody: only names that an export has are looked at, nothing is followed out of its folder,
/// and nothing is read before its length and hash are found to be what the list of files says.
/// </summary>
internal sealed class ExportReader
{
    private const int ManifestLimitBytes = 1 << 20;

    private readonly string _folder;
    private readonly Dictionary<string, ExportedFile> _single = new(StringComparer.Ordinal);
    private ExportedFile _list = new(ExportFormat.Files, 0, "");

    private ExportReader(string folder, ExportManifest manifest)
    {
        _folder = folder;
        Manifest = manifest;
    }

    /// <summary>What it says it is.</summary>
    public ExportManifest Manifest { get; }

    /// <summary>Opens an export and checks every file of it against the list.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="progress">Told how many bytes of how many have been read; null for nobody.</param>
    /// <exception cref="ExportException">It is none, or not as it was made.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ExportReader Open(string folder, Action<string, long, long>? progress = null)
    {
        string path = Path.Combine(folder, ExportFormat.Manifest);
        if (!File.Exists(path) || IsLink(path))
        {
            throw ExportException.Usage($"{folder} holds no {ExportFormat.Manifest}; name a folder that gateway export made");
        }

        ExportReader reader = new(folder, ReadManifest(path));
        reader.CheckFiles(progress);
        return reader;
    }

    /// <summary>Where a file is.</summary>
    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>Whether there is such a file beside those in <c>log/</c>, <c>evidence/</c> and <c>snapshots/</c>.</summary>
    public bool Has(string name) => _single.ContainsKey(name);

    /// <summary>What the list says of a file that need not be there; null when it is not.</summary>
    public ExportedFile? Find(string name) => _single.GetValueOrDefault(name);

    /// <summary>Its length; null when it is not there.</summary>
    public long? LengthOf(string name) => _single.GetValueOrDefault(name)?.LengthBytes;

    /// <summary>Opens a file of lines.</summary>
    /// <exception cref="ExportException">The list does not have it.</exception>
    public ExportLines Lines(string name, int limitBytes = ExportFormat.LineLimitBytes) =>
        _single.TryGetValue(name, out ExportedFile? file)
            ? new ExportLines(PathOf(name), file, limitBytes)
            : throw new ExportException($"{ExportFormat.Files}: {name} is missing; take an export that is as it was made");

    /// <summary>The files that are taken as they are, by name.</summary>
    public IEnumerable<ExportedFile> Copied() => Entries().Where(f => ExportFormat.IsCopied(f.Name));

    private static ExportManifest ReadManifest(string path)
    {
        if (new FileInfo(path) is { Length: > ManifestLimitBytes } file)
        {
            throw new ExportException($"{ExportFormat.Manifest}: has {file.Length} bytes, which no manifest has; take an export that is as it was made");
        }

        byte[] bytes = File.ReadAllBytes(path);
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("format", out JsonElement format) || format.ValueKind != JsonValueKind.String || format.GetString() != ExportFormat.Name)
            {
                throw ExportException.Usage($"{ExportFormat.Manifest}: it is no export of a gateway (\"format\" is not \"{ExportFormat.Name}\")");
            }

            if (!root.TryGetProperty("version", out JsonElement version) || version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out int number) || number != ExportFormat.Version)
            {
                throw ExportException.Usage($"{ExportFormat.Manifest}: the export has format version {Shown(version)}, this program knows {ExportFormat.Version}; import it with the program that made it, or a newer one");
            }

            return JsonSerializer.Deserialize(bytes, ExportJson.Document.ExportManifest) ?? throw new JsonException("it is null");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new ExportException($"{ExportFormat.Manifest}: cannot be read: {e.Message}; take an export that is as it was made", e);
        }
    }

    private static string Shown(JsonElement version) => version.ValueKind == JsonValueKind.Number ? version.GetRawText() : "that is no number";

    private void CheckFiles(Action<string, long, long>? progress)
    {
        string path = PathOf(ExportFormat.Files);
        if (!File.Exists(path) || IsLink(path))
        {
            throw new ExportException($"{ExportFormat.Files} is missing; take an export that is as it was made");
        }

        _list = new ExportedFile(ExportFormat.Files, new FileInfo(path).Length, Manifest.FilesSha256, Manifest.Files);
        Check(_list);
        string last = "";
        long count = 0, lengthBytes = _list.LengthBytes;
        foreach (ExportedFile file in Entries())
        {
            if (string.CompareOrdinal(last, file.Name) >= 0)
            {
                throw new ExportException($"{ExportFormat.Files}: {file.Name} stands behind {last}: the list is by name, and has each once; take an export that is as it was made");
            }

            Check(file);
            last = file.Name;
            count++;
            lengthBytes += file.LengthBytes;
            progress?.Invoke("checking", lengthBytes, Manifest.LengthBytes);
            if (!ExportFormat.IsCopied(file.Name))
            {
                _single.Add(file.Name, file);
            }
        }

        // Each that is listed is there, and is another one: when there are as many, there are no others.
        if (Present().Count() != count + 2)
        {
            HashSet<string> listed = [.. Entries().Select(f => f.Name), ExportFormat.Files, ExportFormat.Manifest];
            throw new ExportException($"{ExportFormat.Files}: {Present().First(f => !listed.Contains(f))} is in the folder and not in the list; take it away, or take an export that is as it was made");
        }
    }

    /// <summary>Names of what is in the folder, and in the folders that an export has. No other folder is looked into: it may be a link that leads round in circles.</summary>
    private IEnumerable<string> Present()
    {
        foreach (string path in Directory.EnumerateFileSystemEntries(_folder, "*", Everything))
        {
            string name = Path.GetFileName(path);
            if (!ExportFormat.IsFolder(name) || !Directory.Exists(path) || IsLink(path))
            {
                yield return name;
                continue;
            }

            foreach (string inner in Directory.EnumerateFileSystemEntries(path, "*", Everything))
            {
                yield return $"{name}/{Path.GetFileName(inner)}";
            }
        }
    }

    private static EnumerationOptions Everything => new() { AttributesToSkip = FileAttributes.None, ReturnSpecialDirectories = false, IgnoreInaccessible = false };

    private static bool IsLink(string path) => (File.GetAttributes(path) & FileAttributes.ReparsePoint) != 0;

    private IEnumerable<ExportedFile> Entries()
    {
        using ExportLines lines = new(PathOf(ExportFormat.Files), _list, ExportFormat.LineLimitBytes);
        while (lines.TryNext(out ReadOnlyMemory<byte> line))
        {
            yield return Entry(lines, line);
        }
    }

    private static ExportedFile Entry(ExportLines lines, ReadOnlyMemory<byte> line)
    {
        ExportedFile file;
        try
        {
            file = JsonSerializer.Deserialize(line.Span, ExportJson.Line.ExportedFile) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw lines.Wrong(e.Message);
        }

        return file.Name is null || !ExportFormat.IsFile(file.Name) ? throw lines.Wrong($"{(file.Name is null ? "no name" : JsonSerializer.Serialize(file.Name))} is no name of a file in an export")
            : file.LengthBytes < 0 || file.Lines < 0 || file.TextLengthBytes < 0 ? throw lines.Wrong("a length is negative")
            : (file.TextLengthBytes is null) == (file.Name.EndsWith(".ndjson.gz", StringComparison.Ordinal)) ? throw lines.Wrong("it does not say what the file unfolds to, or says it of one that does not")
            : file;
    }

    private void Check(ExportedFile file)
    {
        string path = PathOf(file.Name), folder = Path.GetDirectoryName(path)!;
        if (!File.Exists(path) || IsLink(path) || (folder != _folder && IsLink(folder)))
        {
            throw new ExportException($"{file.Name}: it is in the list and {(File.Exists(path) ? "is a link, which leads who knows where" : "not in the folder")}; take an export that is as it was made");
        }

        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 17);
        if (stream.Length != file.LengthBytes)
        {
            throw new ExportException(FormattableString.Invariant($"{file.Name}: has {stream.Length} bytes, the list says {file.LengthBytes}: it was edited, or cut; take an export that is as it was made"));
        }

        if (Convert.ToHexStringLower(SHA256.HashData(stream)) != file.Sha256)
        {
            throw new ExportException($"{file.Name}: its SHA-256 is not the one in {(file.Name == ExportFormat.Files ? ExportFormat.Manifest : "the list")}: it was edited; take an export that is as it was made");
        }
    }
}
