using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Gateway.Host.Api;

/// <summary>How the API writes text: Chinese stays readable, what could be markup (&lt; &gt; &amp; quotes) is escaped.</summary>
internal static class ApiJson
{
    /// <summary>The encoder of every answer.</summary>
    public static JavaScriptEncoder Encoder { get; } = JavaScriptEncoder.Create(UnicodeRanges.All);

    /// <summary>Options of a writer of answers.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = Encoder };
}
