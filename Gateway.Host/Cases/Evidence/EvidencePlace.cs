using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Host.Storage;

namespace Gateway.Host.Cases.Evidence;

/// <summary>How far the sealer is. Lost, it is found again: what is sealed already is not sealed anew. Immutable.</summary>
internal sealed record EvidencePlace
{
    /// <summary>Global sequence of the last case event that was looked at.</summary>
    public long Cursor { get; init; }

    /// <summary>Decisions of records before this log offset are not sealed: they are from before there was a sealer, and their records were gone.</summary>
    public long Since { get; init; }

    /// <summary>The marks of all records before this log offset are known.</summary>
    public long Followed { get; init; }

    /// <summary>The marks.</summary>
    public IReadOnlyList<LogMark> Marks { get; init => field = value ?? []; } = [];

    /// <summary>Reads it; null when there is none.</summary>
    /// <exception cref="InvalidDataException">It is damaged; says what to do.</exception>
    public static EvidencePlace? Load(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), EvidencePlaceJson.Default.EvidencePlace) : null;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} cannot be read: {e.Message}; delete it, and the next start finds out where the sealing of evidence stands", e);
        }
    }

    /// <summary>Writes it, durably.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Save(string path)
    {
        DurableFile.CreateDirectory(Path.GetDirectoryName(path)!);
        DurableFile.Replace(path, JsonSerializer.SerializeToUtf8Bytes(this, EvidencePlaceJson.Default.EvidencePlace));
    }
}

/// <summary>The stored form of the place.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EvidencePlace))]
internal sealed partial class EvidencePlaceJson : JsonSerializerContext;
