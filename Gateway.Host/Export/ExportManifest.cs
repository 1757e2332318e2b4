using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Host.Export;

/// <summary>
/// What an export is, in <c>export.json</c>. It has neither the time it was made nor the program's version: the same content gives the same
/// bytes. Immutable.
/// </summary>
internal sealed record ExportManifest
{
    /// <summary><see cref="ExportFormat.Name"/>.</summary>
    public string Format { get; init; } = ExportFormat.Name;

    /// <summary><see cref="ExportFormat.Version"/>.</summary>
    public int Version { get; init; } = ExportFormat.Version;

    /// <summary>Log time that the case store had reached; null when it had taken nothing.</summary>
    public string? AsOf { get; init; }

    /// <summary>Case events.</summary>
    public long Events { get; init; }

    /// <summary>Cases.</summary>
    public long Cases { get; init; }

    /// <summary>Samples of series.</summary>
    public long Points { get; init; }

    /// <summary>Retained messages.</summary>
    public long Retained { get; init; }

    /// <summary>Shadow alerts.</summary>
    public long ShadowAlerts { get; init; }

    /// <summary>Entries of <c>files.ndjson</c>.</summary>
    public long Files { get; init; }

    /// <summary>Bytes of all of them, and of <c>files.ndjson</c>.</summary>
    public long LengthBytes { get; init; }

    /// <summary>SHA-256 of <c>files.ndjson</c>, 64 hexadecimal digits.</summary>
    public string FilesSha256 { get; init; } = "";
}

/// <summary>A file of an export. Immutable.</summary>
/// <param name="Name">Its path in the export, with /.</param>
/// <param name="LengthBytes">Its length.</param>
/// <param name="Sha256">SHA-256 of it, 64 hexadecimal digits.</param>
/// <param name="Lines">Lines of a file of lines; null for others.</param>
/// <param name="TextLengthBytes">What a .gz file unfolds to; null for others.</param>
/// <param name="TextSha256">SHA-256 of that; null for others.</param>
internal sealed record ExportedFile(string Name, long LengthBytes, string Sha256, long? Lines = null, long? TextLengthBytes = null, string? TextSha256 = null);

/// <summary>A line of <c>partitions.ndjson</c>. Immutable.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="NextOffset">First log offset that is not yet worked off.</param>
/// <param name="LogTime">Log time reached, RFC 3339.</param>
/// <param name="LastNumber">Highest case number it has given.</param>
/// <param name="CheckpointOffset">First log offset that is not yet in its rule state; null when there is none.</param>
internal sealed record ExportedPartition(int Partition, long NextOffset, string LogTime, long LastNumber, long? CheckpointOffset = null);

/// <summary>A line of <c>retained.ndjson.gz</c>. Immutable.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Qos">QoS it was published with.</param>
/// <param name="Properties">MQTT 5 properties, base 64.</param>
/// <param name="Payload">The payload, base 64.</param>
internal sealed record ExportedRetained(string Topic, byte Qos, byte[] Properties, byte[] Payload);

/// <summary>The form of these records.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    NewLine = "\n")]
[JsonSerializable(typeof(ExportManifest))]
[JsonSerializable(typeof(ExportedFile))]
[JsonSerializable(typeof(ExportedPartition))]
[JsonSerializable(typeof(ExportedRetained))]
internal sealed partial class ExportJson : JsonSerializerContext
{
    // Made on first use: it copies the generated default, which must have been made before.
    private static readonly Lazy<ExportJson> LineContext = new(() => Create(isIndented: false));
    private static readonly Lazy<ExportJson> DocumentContext = new(() => Create(isIndented: true));

    /// <summary>One object a line.</summary>
    public static ExportJson Line => LineContext.Value;

    /// <summary>A document for people.</summary>
    public static ExportJson Document => DocumentContext.Value;

    private static ExportJson Create(bool isIndented) =>
        new(new JsonSerializerOptions(Default.Options) { Encoder = ExportFormat.WriterOptions.Encoder, WriteIndented = isIndented });
}
