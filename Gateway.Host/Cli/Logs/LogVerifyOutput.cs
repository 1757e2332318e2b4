using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gateway.Host.IngestLog.Inspection;

namespace Gateway.Host.Cli.Logs;

/// <summary>How <c>log verify</c> shows what it found.</summary>
internal static class LogVerifyOutput
{
    private static readonly JsonWriterOptions JsonOptions = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>0 for a sound log, 1 when a finding is an error.</summary>
    public static int ExitCode(LogVerifier log) => log.Findings.Any(f => f.IsError) ? 1 : 0;

    /// <summary>What it comes to: <c>3 segments, 12 commits, 40 records, 8192 bytes, offsets 0 to 39, T to T; sound</c>.</summary>
    public static string Summary(LogVerifier log)
    {
        LogTotals totals = log.Totals;
        int errors = log.Findings.Count(f => f.IsError);
        string extent = totals.Records == 0 ? "" : $", offsets {totals.FirstOffset} to {totals.LastOffset}, {totals.FirstTime} to {totals.LastTime}";
        return string.Create(CultureInfo.InvariantCulture, $"{totals.Segments} segments, {totals.Frames} commits, {totals.Records} records, {totals.Bytes} bytes{extent}; {(errors == 0 ? "sound" : errors == 1 ? "1 error" : $"{errors} errors")}");
    }

    /// <summary>
    /// <c>{"sound","errors","notes","segments","frames","records","bytes","firstOffset","lastOffset","firstTime","lastTime","findings":[{"segment",
    /// "offset","byte","level","message","fix"}]}</c>.
    /// </summary>
    public static void WriteJson(LogVerifier log, Stream output)
    {
        LogTotals totals = log.Totals;
        int errors = log.Findings.Count(f => f.IsError);
        using Utf8JsonWriter json = new(output, JsonOptions);
        json.WriteStartObject();
        json.WriteBoolean("sound", errors == 0);
        json.WriteNumber("errors", errors);
        json.WriteNumber("notes", log.Findings.Count - errors);
        json.WriteNumber("segments", totals.Segments);
        json.WriteNumber("frames", totals.Frames);
        json.WriteNumber("records", totals.Records);
        json.WriteNumber("bytes", totals.Bytes);
        if (totals.Records > 0)
        {
            json.WriteNumber("firstOffset", totals.FirstOffset!.Value);
            json.WriteNumber("lastOffset", totals.LastOffset!.Value);
            json.WriteString("firstTime", totals.FirstTime?.ToString());
            json.WriteString("lastTime", totals.LastTime?.ToString());
        }

        json.WriteStartArray("findings");
        foreach (LogFinding finding in log.Findings)
        {
            json.WriteStartObject();
            json.WriteString("segment", finding.Segment);
            json.WriteNumber("offset", finding.Offset);
            json.WriteNumber("byte", finding.Position);
            json.WriteString("level", finding.IsError ? "error" : "note");
            json.WriteString("message", finding.Message);
            json.WriteString("fix", finding.Fix);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
