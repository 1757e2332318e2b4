using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gateway.Rules.Files.Yaml;

namespace Gateway.Tests.Rules.Files.Schema;

/// <summary>A tree of the gateway's own YAML reader, as an editor sees it and as text again.</summary>
internal static partial class YamlText
{
    /// <summary>As JSON, with the types that YAML 1.2 gives to texts without quotes: this is what an editor holds against a schema.</summary>
    public static JsonNode? ToJson(YamlNode? node) => node switch
    {
        YamlMap map => new JsonObject(map.Entries.Select(e => KeyValuePair.Create(e.Key.Text, ToJson(e.Value)))),
        YamlList list => new JsonArray([.. list.Items.Select(ToJson)]),
        YamlScalar { IsPlain: true } scalar => PlainToJson(scalar.Text),
        YamlScalar scalar => JsonValue.Create(scalar.Text),
        _ => null,
    };

    /// <summary>As YAML on one line.</summary>
    public static string ToYaml(YamlNode node) => node switch
    {
        YamlMap map => $"{{{string.Join(", ", map.Entries.Select(e => $"{e.Key.Text}: {ToYaml(e.Value)}"))}}}",
        YamlList list => $"[{string.Join(", ", list.Items.Select(ToYaml))}]",
        YamlScalar { IsNull: true } => "null",
        YamlScalar { IsPlain: true } scalar => scalar.Text,
        YamlScalar scalar => JsonSerializer.Serialize(scalar.Text),
        _ => throw new ArgumentException($"{node.ShapeName} is not YAML", nameof(node)),
    };

    private static JsonValue? PlainToJson(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" => JsonValue.Create(true),
        "false" or "False" or "FALSE" => JsonValue.Create(false),
        _ when Whole().IsMatch(text) => JsonValue.Create(decimal.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)),
        _ when Decimal().IsMatch(text) => JsonValue.Create(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)),
        _ => JsonValue.Create(text),
    };

    [GeneratedRegex(@"^[-+]?[0-9]{1,25}\z")]
    private static partial Regex Whole();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,2})?\z")]
    private static partial Regex Decimal();
}
