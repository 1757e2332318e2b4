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
        string path = PathOf(revision);
        if (revision.Length != 64 || !revision.All(char.IsAsciiHexDigitLower) || !File.Exists(path))
        {
            throw new InvalidDataException($"the log names city snapshot {revision}, which is not in {directory}; restore it from a backup");
        }

        using FileStream file = File.OpenRead(path);
        using GZipStream zip = new(file, CompressionMode.Decompress);
        Dictionary<string, string> files = JsonSerializer.Deserialize<Dictionary<string, string>>(zip) ?? [];
        CitySnapshotResult result = CitySnapshot.Create([.. files.Select(f => new CityFile(f.Key, f.Value)).OrderBy(f => f.Path, StringComparer.Ordinal)]);
        return result.Snapshot ?? throw new InvalidDataException($"{path} no longer loads: {result.Findings.FirstOrDefault(f => f.Level == FindingLevel.Error)}");
    }

    private string PathOf(string revision) => Path.Combine(directory, revision + Extension);
}
