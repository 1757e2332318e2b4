using System.IO.Compression;
using System.Text.Json;
using Gateway.Host.Storage;
using Gateway.Rules.Files;

namespace Gateway.Host.City;

/// <summary>
/// Every snapshot that was ever active, by revision, so that the log can be replayed under the rules of its day. One gzip file of JSON
/// (path to text) each, below <c>&lt;data&gt;/snapshots</c>.
/// </summary>
internal sealed class CityArchive(string directory)
{
    private const string Extension = ".json.gz";

    /// <summary>Keeps a snapshot's files; durable on return. Known revisions cost nothing.</summary>
    public void Save(CitySnapshot snapshot)
    {
        string path = PathOf(snapshot.Revision);
        if (File.Exists(path))
        {
            return;
        }

        DurableFile.CreateDirectory(directory);
        using MemoryStream bytes = new();
        using (GZipStream zip = new(bytes, CompressionLevel.Optimal, leaveOpen: true))
        {
            JsonSerializer.Serialize(zip, snapshot.Files.ToDictionary(f => f.Path, f => f.Text, StringComparer.Ordinal));
        }

        DurableFile.Replace(path, bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    /// <summary>Reads a snapshot back.</summary>
    /// <exception cref="InvalidDataException">It is not there, damaged, or this version of the gateway does not accept it.</exception>
    public CitySnapshot Load(string revision)
    {
        CitySnapshotResult result = CitySnapshot.Create(Files(revision));
        return result.Snapshot ?? throw new InvalidDataException($"{PathOf(revision)} no longer loads: {result.Findings.FirstOrDefault(f => f.Level == FindingLevel.Error)}");
    }

    /// <summary>What is wrong with a snapshot's file; null when it is there as it was kept.</summary>
    public string? Problem(string revision)
    {
        try
        {
            _ = Files(revision);
            return null;
        }
        catch (InvalidDataException e)
        {
            return e.Message;
        }
    }

    /// <summary>The files of a snapshot, by path.</summary>
    /// <exception cref="InvalidDataException">They are not there, or not as they were kept.</exception>
    public IReadOnlyList<CityFile> Files(string revision)
    {
        string path = PathOf(revision);
        if (revision.Length != 64 || !revision.All(char.IsAsciiHexDigitLower) || !File.Exists(path))
        {
            throw new InvalidDataException($"city snapshot {revision} is not in {directory}; restore it from a backup");
        }

        try
        {
            using FileStream file = File.OpenRead(path);
            using GZipStream zip = new(file, CompressionMode.Decompress);
            Dictionary<string, string> texts = JsonSerializer.Deserialize<Dictionary<string, string>>(zip) ?? [];
            CityFile[] files = [.. texts.Select(f => new CityFile(f.Key, f.Value)).OrderBy(f => f.Path, StringComparer.Ordinal)];
            string found = CitySnapshot.RevisionOf(files);
            return found == revision ? files : throw new InvalidDataException($"{path} holds the city {found}: it was edited; restore it from a backup");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is damaged: {e.Message}; restore it from a backup", e);
        }
    }

    private string PathOf(string revision) => Path.Combine(directory, revision + Extension);
}
