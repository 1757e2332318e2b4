using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gateway.Rules.Files.Readers;

namespace Gateway.Rules.Files.Schema;

/// <summary>
/// The JSON Schema (draft-07) of <c>rules/*.yaml</c>, for editors. It is not written by hand: the reader of rule files itself is run over a
/// probe, and every key, type, word and limit it asks for is in the schema, those of keys that are added tomorrow as well.
/// </summary>
public static class RuleFileSchema
{
    /// <summary>Where a city folder keeps it; rule files name it in their first line.</summary>
    public const string Path = "schema/rules.schema.json";

    /// <summary>What is reported of keys that do not go together, or of none where some must be: these tell which sets of keys are good.</summary>
    private static readonly string[] OfPresence = [FindingCodes.NoCondition.Code, FindingCodes.ExprAndLevels.Code, FindingCodes.MissingKey.Code];

    private static readonly JsonWriterOptions Options = new() { Indented = true, IndentSize = 2, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The schema, with a newline at its end.</summary>
    public static string Text()
    {
        using MemoryStream text = new();
        using (Utf8JsonWriter json = new(text, Options))
        {
            new JsonSchemaWriter(json).WriteDocument(Shape(), "City Sensing Gateway: rules/*.yaml");
        }

        return Encoding.UTF8.GetString(text.ToArray()) + "\n";
    }

    internal static ValueShape Shape() => ReaderExploration.Explore(probe =>
    {
        FindingSink sink = new();
        new RuleFileReader(sink).Read("", probe);
        return !sink.ToSortedList().Any(f => OfPresence.Contains(f.Code));
    });
}
