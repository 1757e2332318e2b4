using System.Text.Encodings.Web;
using System.Text.Json;
using Gateway.Rules.Files;

namespace Gateway.Host.Cli;

/// <summary>How <c>check</c> shows findings: a line each for people and editors, or one JSON document for programs.</summary>
internal static class CheckOutput
{
    /// <summary>How commands write JSON.</summary>
    internal static readonly JsonWriterOptions JsonOptions = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>0 when no finding is an error, 1 otherwise; warnings alone do not refuse a city.</summary>
    public static int ExitCode(IReadOnlyList<Finding> findings) => findings.Any(f => f.Level == FindingLevel.Error) ? 1 : 0;

    /// <summary>One line a finding: <c>file:line:column: error CODE: message (fix)</c>.</summary>
    public static void WriteText(IReadOnlyList<Finding> findings, TextWriter output)
    {
        foreach (Finding finding in findings)
        {
            output.WriteLine(finding.ToString());
        }
    }

    /// <summary>What it comes to, for people: <c>3 errors, 1 warning</c>.</summary>
    public static string Summary(IReadOnlyList<Finding> findings)
    {
        int errors = findings.Count(f => f.Level == FindingLevel.Error);
        int warnings = findings.Count - errors;
        return $"{errors} {(errors == 1 ? "error" : "errors")}, {warnings} {(warnings == 1 ? "warning" : "warnings")}";
    }

    /// <summary>
    /// <c>{"errors":n,"warnings":n,"findings":[{"file","line","column","level","code","message","fix"}]}</c>, findings in the order given.
    /// </summary>
    public static void WriteJson(IReadOnlyList<Finding> findings, Stream output)
    {
        int errors = findings.Count(f => f.Level == FindingLevel.Error);
        using Utf8JsonWriter json = new(output, JsonOptions);
        json.WriteStartObject();
        json.WriteNumber("errors", errors);
        json.WriteNumber("warnings", findings.Count - errors);
        json.WriteStartArray("findings");
        foreach (Finding finding in findings)
        {
            json.WriteStartObject();
            WritePlace(json, finding.Location);
            json.WriteString("level", finding.Level == FindingLevel.Error ? "error" : "warning");
            json.WriteString("code", finding.Code);
            json.WriteString("message", finding.Message);
            json.WriteString("fix", finding.Fix);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>A place as members of the object that is being written.</summary>
    internal static void WritePlace(Utf8JsonWriter json, SourceLocation place)
    {
        json.WriteString("file", place.File);
        json.WriteNumber("line", place.Line);
        json.WriteNumber("column", place.Column);
    }
}
