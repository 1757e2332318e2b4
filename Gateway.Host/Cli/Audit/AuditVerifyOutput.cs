using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gateway.Host.Cases.Audit;

namespace Gateway.Host.Cli.Audit;

/// <summary>How <c>audit verify</c> shows what it found.</summary>
internal static class AuditVerifyOutput
{
    private static readonly JsonWriterOptions JsonOptions = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>0 for a history that is as it was written, 1 when there is a finding.</summary>
    public static int ExitCode(AuditReport report) => report.Errors == 0 ? 0 : 1;

    /// <summary>What it comes to: <c>42 events, 5 cases, 3 checkpoints, signed up to 42, root HEX; clean</c>.</summary>
    public static string Summary(AuditReport report) => string.Create(
        CultureInfo.InvariantCulture,
        $"{report.Entries} events, {report.Cases} cases, {report.Checkpoints} checkpoints, {report.HandedOut} lines beside the store, {report.SealedDecisions} sealed decisions, signed up to event {report.SignedUpTo} of {report.LastSequence}{Earlier(report)}, root {report.Root}; {(report.Errors == 0 ? "clean" : report.Errors == 1 ? "1 error" : $"{report.Errors} errors")}");

    /// <summary>A line a finding, and the summary.</summary>
    public static void WriteText(AuditReport report, TextWriter output)
    {
        int told = 0;
        foreach (AuditFinding finding in report.Findings)
        {
            output.WriteLine(Shown(finding.ToString()));
            told++;
        }

        if (report.Errors > told)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Errors - told} more errors"));
        }

        output.WriteLine(Summary(report));
    }

    /// <summary>
    /// <c>{"clean","errors","events","cases","checkpoints","linesBesideTheStore","sealedDecisions","lastSequence","signedUpTo","signedUpToByEarlierKeys","earlierKeys","root","findings":[{"fault","sequence",
    /// "caseNo","place","message","fix"}]}</c>; the first 1,000 findings.
    /// </summary>
    public static void WriteJson(AuditReport report, Stream output)
    {
        using Utf8JsonWriter json = new(output, JsonOptions);
        json.WriteStartObject();
        json.WriteBoolean("clean", report.Errors == 0);
        json.WriteNumber("errors", report.Errors);
        json.WriteNumber("events", report.Entries);
        json.WriteNumber("cases", report.Cases);
        json.WriteNumber("checkpoints", report.Checkpoints);
        json.WriteNumber("linesBesideTheStore", report.HandedOut);
        json.WriteNumber("sealedDecisions", report.SealedDecisions);
        json.WriteNumber("lastSequence", report.LastSequence);
        json.WriteNumber("signedUpTo", report.SignedUpTo);
        json.WriteNumber("signedUpToByEarlierKeys", report.EarlierSignedUpTo);
        json.WriteStartArray("earlierKeys");
        foreach (string key in report.EarlierKeys)
        {
            json.WriteStringValue(key);
        }

        json.WriteEndArray();
        json.WriteString("root", report.Root);
        json.WriteStartArray("findings");
        foreach (AuditFinding finding in report.Findings)
        {
            json.WriteStartObject();
            json.WriteString("fault", finding.Word);
            if (finding.Sequence is { } sequence)
            {
                json.WriteNumber("sequence", sequence);
            }
            else
            {
                json.WriteNull("sequence");
            }

            json.WriteString("caseNo", finding.CaseNo);
            json.WriteString("place", finding.Place);
            json.WriteString("message", finding.Message);
            json.WriteString("fix", finding.Fix);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Earlier(AuditReport report) => report.EarlierKeys.Count == 0
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $" (up to {report.EarlierSignedUpTo} by key {string.Join(", ", report.EarlierKeys)} of an earlier gateway)");

    /// <summary>What somebody wrote into the store is text, never a command to the terminal.</summary>
    private static string Shown(string line) => string.Concat(line.Select(c => char.IsControl(c) ? FormattableString.Invariant($"\\u{{{(int)c:x}}}") : c.ToString()));
}
