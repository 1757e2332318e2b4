using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace Gateway.Host.Export;

/// <summary>
/// What an export is made of. A file's name says how it is written: <c>.ndjson</c> is one JSON object a line, <c>.gz</c> is gzip without a date.
/// The page for the data team has the members. Only these names are read back, so no name in an export leads anywhere else.
/// <code>
/// export.json                what this is, its counts, and the SHA-256 of files.ndjson
/// files.ndjson               every other file with its length and SHA-256, by name
/// case-events.ndjson.gz      the history of all cases with its audit chain      cases.ndjson.gz    what it folds to
/// audit-checkpoints.txt      what was signed of it      audit-keys.pem     the public keys that signed it
/// partitions.ndjson          how far the log is worked off      partitions/N.bin   rule state at that place, as it is
/// retained.ndjson.gz  shadow-alerts.ndjson.gz  series.ndjson.gz  webhooks.json
/// log/  evidence/  snapshots/  mode.yaml  sessions.bin  exercise.txt      as they are in the data directory
/// </code>
/// </summary>
internal static partial class ExportFormat
{
    /// <summary>What <c>format</c> says in the manifest.</summary>
    public const string Name = "city-sensing-gateway-export";

    /// <summary>Version of the format, not of the program: equal content is equal bytes, whoever writes it.</summary>
    public const int Version = 1;

    /// <summary>The manifest.</summary>
    public const string Manifest = "export.json";

    /// <summary>The list of all other files.</summary>
    public const string Files = "files.ndjson";

    /// <summary>The history of all cases.</summary>
    public const string Events = "case-events.ndjson.gz";

    /// <summary>The cases.</summary>
    public const string Cases = "cases.ndjson.gz";

    /// <summary>Lines of the audit's checkpoints.</summary>
    public const string AuditLines = "audit-checkpoints.txt";

    /// <summary>Public keys of the audit.</summary>
    public const string AuditKeys = "audit-keys.pem";

    /// <summary>Where the partitions stand.</summary>
    public const string Partitions = "partitions.ndjson";

    /// <summary>Retained messages.</summary>
    public const string Retained = "retained.ndjson.gz";

    /// <summary>Shadow alerts.</summary>
    public const string Shadow = "shadow-alerts.ndjson.gz";

    /// <summary>Samples of all series.</summary>
    public const string Series = "series.ndjson.gz";

    /// <summary>Where the receivers of webhooks stand.</summary>
    public const string Webhooks = "webhooks.json";

    /// <summary>Says that all of it is an exercise.</summary>
    public const string Exercise = "exercise.txt";

    /// <summary>The switches of mode.</summary>
    public const string Mode = "mode.yaml";

    /// <summary>MQTT sessions.</summary>
    public const string Sessions = "sessions.bin";

    /// <summary>Longest line, and largest JSON document, that is written or read. A case with all its bounds reached has less than 1 MiB.</summary>
    public const int LineLimitBytes = 16 << 20;

    /// <summary>The same for retained messages: an MQTT packet may have 256 MiB, which is a third more in base 64.</summary>
    public const int RetainedLineLimitBytes = 384 << 20;

    /// <summary>Longest rule state; the largest .NET array.</summary>
    public const int StateLimitBytes = 0x7FFFFFC7;

    /// <summary>Most that a city snapshot may unfold to.</summary>
    public const long SnapshotLimitBytes = 256L << 20;

    /// <summary>Options of what is written: Chinese text stays readable.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>Whether a name is one of an export's files.</summary>
    public static bool IsFile(string name) =>
        name is Events or Cases or AuditLines or AuditKeys or Partitions or Retained or Shadow or Series or Webhooks or Exercise or Mode or Sessions
        || StateName().IsMatch(name) || IsCopied(name);

    /// <summary>Whether a name is one of those that lie in folders and are taken as they are.</summary>
    public static bool IsCopied(string name) => SegmentName().IsMatch(name) || EvidenceName().IsMatch(name) || SnapshotName().IsMatch(name);

    /// <summary>Whether a name is one of an export's folders.</summary>
    public static bool IsFolder(string name) => name is "log" or "evidence" or "snapshots" or "partitions";

    /// <summary>The file of a partition's rule state.</summary>
    public static string State(int partition) => FormattableString.Invariant($"partitions/{partition}.bin");

    [GeneratedRegex(@"^log/[0-9]{20}\.seg\z", RegexOptions.CultureInvariant)]
    private static partial Regex SegmentName();

    [GeneratedRegex(@"^evidence/(?:[A-Za-z0-9-]{1,64}\.[0-9]{1,9}|place)\.json\z", RegexOptions.CultureInvariant)]
    private static partial Regex EvidenceName();

    [GeneratedRegex(@"^snapshots/[0-9a-f]{64}\.json\.gz\z", RegexOptions.CultureInvariant)]
    private static partial Regex SnapshotName();

    [GeneratedRegex(@"^partitions/[0-9]{1,4}\.bin\z", RegexOptions.CultureInvariant)]
    private static partial Regex StateName();
}
