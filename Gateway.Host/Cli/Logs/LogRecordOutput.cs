using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Gateway.Host.IngestLog;
using Gateway.Host.IngestLog.Inspection;

namespace Gateway.Host.Cli.Logs;

/// <summary>How <c>log inspect</c> shows records.</summary>
internal static class LogRecordOutput
{
    private const int PayloadLimitBytes = 400;
    private const int FlushAboveBytes = 64 * 1024;
    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.Create(UnicodeRanges.BasicLatin, UnicodeRanges.CjkUnifiedIdeographs);

    /// <summary>Options of the JSON: anything a terminal could obey is escaped.</summary>
    public static JsonWriterOptions JsonOptions { get; } = new() { Encoder = Encoder };

    /// <summary>One line: offset, time, kind, flags, client, topic, payload, separated by tabs.</summary>
    public static string Line(long offset, in LogRecord record) => string.Join('\t', [
        offset.ToString("D", System.Globalization.CultureInfo.InvariantCulture),
        record.ReceivedAt.ToString(),
        Kind(record.Kind),
        Flags(record.Flags, "+") is { Length: > 0 } flags ? flags : "-",
        EscapedText.Of(record.ClientId) is { Length: > 0 } client ? client : "-",
        EscapedText.Of(record.Topic) is { Length: > 0 } topic ? topic : "-",
        EscapedText.Of(record.Payload, PayloadLimitBytes),
    ]);

    /// <summary>One object; bytes that are no UTF-8 are a member in base 64, <c>payloadBase64</c> rather than <c>payload</c>.</summary>
    public static void Write(Utf8JsonWriter json, long offset, in LogRecord record)
    {
        json.WriteStartObject();
        json.WriteNumber("offset", offset);
        json.WriteString("time", record.ReceivedAt.ToString());
        json.WriteString("kind", Kind(record.Kind));
        json.WriteStartArray("flags");
        foreach (string flag in Flags(record.Flags, " ").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            json.WriteStringValue(flag);
        }

        json.WriteEndArray();
        WriteBytes(json, "client", record.ClientId);
        WriteBytes(json, "topic", record.Topic);
        if (record.PacketIdentifier != 0)
        {
            json.WriteNumber("packetIdentifier", record.PacketIdentifier);
        }

        if (record.Properties.Length > 0)
        {
            json.WriteBase64String("propertiesBase64", record.Properties);
        }

        WriteBytes(json, "payload", record.Payload);
        json.WriteEndObject();
    }

    /// <summary>One object a line.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="run">Shows the records.</param>
    public static void WriteLines(Stream output, Action<LogExcerpt.Show> run)
    {
        ArrayBufferWriter<byte> buffer = new(2 * FlushAboveBytes);
        using Utf8JsonWriter json = new(buffer, JsonOptions);
        run((long offset, in LogRecord record) =>
        {
            json.Reset();
            Write(json, offset, record);
            json.Flush();
            buffer.Write("\n"u8);
            if (buffer.WrittenCount > FlushAboveBytes)
            {
                output.Write(buffer.WrittenSpan);
                buffer.ResetWrittenCount();
            }
        });
        output.Write(buffer.WrittenSpan);
    }

    private static void WriteBytes(Utf8JsonWriter json, string name, ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            json.WriteString(name, bytes);
        }
        else
        {
            json.WriteBase64String(name + "Base64", bytes);
        }
    }

    private static string Kind(LogRecordKind kind) => kind switch
    {
        LogRecordKind.Message => "message",
        LogRecordKind.Tick => "tick",
        LogRecordKind.Snapshot => "snapshot",
        LogRecordKind.CaseCommand => "command",
        LogRecordKind.GatewayStarted => "started",
        LogRecordKind.Session => "session",
        LogRecordKind.ClockCompared => "clock",
        _ => FormattableString.Invariant($"kind {(int)kind}"),
    };

    private static string Flags(LogRecordFlags flags, string separator)
    {
        (LogRecordFlags Flag, string Name)[] names =
        [
            (LogRecordFlags.Qos1, "qos1"), (LogRecordFlags.Qos2, "qos2"), (LogRecordFlags.Retain, "retain"), (LogRecordFlags.Duplicate, "dup"),
            (LogRecordFlags.Version5, "v5"), (LogRecordFlags.Ingested, "ingested"), (LogRecordFlags.DeviceCounted, "counted"),
        ];
        return string.Join(separator, names.Where(n => flags.HasFlag(n.Flag)).Select(n => n.Name));
    }
}
