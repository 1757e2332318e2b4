using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Gateway.Host.IngestLog;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;

namespace Gateway.Host.Cases.Evidence;

/// <summary>
/// A bundle as a file: indented JSON, UTF-8, the same bytes for the same bundle. It is stored for ever: members may be added, never renamed, and
/// what an earlier version wrote is read. Events and the case before are the store's own JSON and stand in it unchanged. Of a record
/// <c>bytes</c> counts (base64, as logged); topic, client, payload and readings are there for people: a payload that nobody would read, for its
/// length or because it is no text, is null.
/// </summary>
internal static class EvidenceFormat
{
    /// <summary>Bytes of a payload that is shown as text, at most.</summary>
    public const int ShownPayloadLimitBytes = 16 * 1024;

    private const string Name = "city sensing gateway, evidence of a decision, version 1";

    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }; // a file to read, never part of a page

    /// <summary>The bytes of a bundle.</summary>
    public static ReadOnlyMemory<byte> Write(EvidenceBundle bundle)
    {
        ArrayBufferWriter<byte> bytes = new(SizeOf(bundle));
        using (Utf8JsonWriter json = new(bytes, Options))
        {
            json.WriteStartObject();
            json.WriteString("format", Name);
            json.WriteString("caseNo", bundle.CaseNo);
            json.WriteNumber("decision", bundle.Decision);
            json.WriteString("kind", bundle.Kind == DecisionKind.Opened ? "opened" : "reopened");
            json.WriteString("decidedAt", bundle.DecidedAt.ToString());
            json.WriteNumber("offset", bundle.Offset);
            json.WriteBoolean("reproduces", bundle.Reproduces);
            json.WriteString("reason", bundle.Reason);
            json.WriteString("engine", bundle.Engine);
            WriteRule(json, bundle);
            WriteCity(json, bundle);
            json.WriteString("from", bundle.From.ToString());
            json.WriteStartArray("devices");
            foreach (string device in bundle.Devices)
            {
                json.WriteStringValue(device);
            }

            json.WriteEndArray();
            json.WriteNumber("lastNumber", bundle.LastNumber);
            json.WritePropertyName("before");
            json.WriteRawValue(bundle.Before ?? "null");
            json.WritePropertyName("storm");
            json.WriteRawValue(bundle.Storm ?? "null");
            json.WriteStartArray("events");
            foreach (string one in bundle.Events)
            {
                json.WriteRawValue(one);
            }

            json.WriteEndArray();
            json.WriteStartArray("records");
            foreach (EvidenceRecord record in bundle.Records)
            {
                WriteRecord(json, record);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        bytes.Write("\n"u8);
        return bytes.WrittenMemory;
    }

    /// <summary>Reads the bytes of a bundle.</summary>
    /// <exception cref="InvalidDataException">They are none, or of a newer version; says which.</exception>
    public static EvidenceBundle Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            JsonElement root = document.RootElement;
            string format = root.GetProperty("format").GetString() ?? "";
            return format == Name ? Read(root) : throw new InvalidDataException($"its format is '{format}', this program reads '{Name}': use the program that wrote it, or a newer one");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"it is no evidence of a decision: {e.Message}", e);
        }
    }

    private static EvidenceBundle Read(JsonElement root)
    {
        JsonElement rule = root.GetProperty("rule"), city = root.GetProperty("city"), before = root.GetProperty("before"), storm = root.GetProperty("storm");
        return new EvidenceBundle
        {
            CaseNo = Text(root, "caseNo"),
            Decision = root.GetProperty("decision").GetInt32(),
            Kind = Text(root, "kind") switch
            {
                "opened" => DecisionKind.Opened,
                "reopened" => DecisionKind.Reopened,
                string other => throw new InvalidDataException($"it is about a decision of kind '{other}', which this version does not know"),
            },
            DecidedAt = Time(root, "decidedAt"),
            Offset = root.GetProperty("offset").GetInt64(),
            Reproduces = root.GetProperty("reproduces").GetBoolean(),
            Reason = Text(root, "reason"),
            Engine = Text(root, "engine"),
            Rule = rule.ValueKind == JsonValueKind.Null ? null : new RuleReference(Text(rule, "file"), Text(rule, "name"), Text(rule, "sha256")),
            DeviceId = rule.ValueKind == JsonValueKind.Null ? "" : Text(rule, "device"),
            RuleText = rule.ValueKind == JsonValueKind.Null ? "" : Text(rule, "text"),
            City = Text(city, "revision"),
            Mode = Text(city, "mode"),
            AreaVersion = Text(city, "areas"),
            Files = city.GetProperty("files").EnumerateObject().ToDictionary(f => f.Name, f => f.Value.GetString() ?? "", StringComparer.Ordinal),
            From = Time(root, "from"),
            Devices = [.. root.GetProperty("devices").EnumerateArray().Select(d => d.GetString() ?? "")],
            LastNumber = root.GetProperty("lastNumber").GetInt64(),
            Before = before.ValueKind == JsonValueKind.Null ? null : before.GetRawText(),
            Storm = storm.ValueKind == JsonValueKind.Null ? null : storm.GetRawText(),
            Events = [.. root.GetProperty("events").EnumerateArray().Select(e => e.GetRawText())],
            Records = [.. root.GetProperty("records").EnumerateArray().Select(r => new EvidenceRecord(
                r.GetProperty("offset").GetInt64(), r.GetProperty("bytes").GetBytesFromBase64(), [.. r.GetProperty("readings").EnumerateArray().Select(t => t.GetString() ?? "")]))],
        };
    }

    // Base64 and some text a record: an estimate, so that megabytes are not moved from buffer to buffer.
    private static int SizeOf(EvidenceBundle bundle) => (64 * 1024) + bundle.Records.Sum(r => 512 + (r.Bytes.Length / 2 * 3));

    private static void WriteRule(Utf8JsonWriter json, EvidenceBundle bundle)
    {
        if (bundle.Rule is not { } rule)
        {
            json.WriteNull("rule");
            return;
        }

        json.WriteStartObject("rule");
        json.WriteString("name", rule.Name);
        json.WriteString("device", bundle.DeviceId);
        json.WriteString("file", rule.File);
        json.WriteString("sha256", rule.Sha256);
        json.WriteString("text", bundle.RuleText);
        json.WriteEndObject();
    }

    private static void WriteCity(Utf8JsonWriter json, EvidenceBundle bundle)
    {
        json.WriteStartObject("city");
        json.WriteString("revision", bundle.City);
        json.WriteString("mode", bundle.Mode);
        json.WriteString("areas", bundle.AreaVersion);
        json.WriteStartObject("files");
        foreach ((string path, string sha256) in bundle.Files.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            json.WriteString(path, sha256);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteRecord(Utf8JsonWriter json, EvidenceRecord of)
    {
        LogRecord record = of.Read();
        json.WriteStartObject();
        json.WriteNumber("offset", of.Offset);
        json.WriteString("receivedAt", record.ReceivedAt.ToString());
        json.WriteString("kind", JsonNamingPolicy.CamelCase.ConvertName(record.Kind.ToString()));
        json.WriteString("client", Shown(record.ClientId));
        json.WriteString("topic", Shown(record.Topic));
        json.WriteString("payload", record.Payload.Length <= ShownPayloadLimitBytes ? Shown(record.Payload) : null);
        json.WriteStartArray("readings");
        foreach (string reading in of.Readings)
        {
            json.WriteStringValue(reading);
        }

        json.WriteEndArray();
        json.WriteBase64String("bytes", of.Bytes);
        json.WriteEndObject();
    }

    // A device sends what it likes: what is no text is only in the bytes.
    private static string? Shown(ReadOnlySpan<byte> bytes) => Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString() ?? "";

    private static EventTime Time(JsonElement of, string name) =>
        EventTime.TryParse(Text(of, name), out EventTime time) ? time : throw new InvalidDataException($"{name} is no time: {Text(of, name)}");
}
