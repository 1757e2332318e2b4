using System.Text.Json;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Cases;

/// <summary>Members whose value may not be known: null then, never left out.</summary>
internal static class NullableJson
{
    /// <summary>Writes a number, or null; JSON has none that is not finite.</summary>
    public static void WriteNumberOrNull(this Utf8JsonWriter writer, string name, double? number)
    {
        if (number is { } known && double.IsFinite(known))
        {
            writer.WriteNumber(name, known);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    /// <summary>Writes a text, or null for an empty one.</summary>
    public static void WriteTextOrNull(this Utf8JsonWriter writer, string name, string text) => writer.WriteString(name, text.Length == 0 ? null : text);

    /// <summary>Writes a time as RFC 3339, or null.</summary>
    public static void WriteTimeOrNull(this Utf8JsonWriter writer, string name, EventTime? time) => writer.WriteString(name, time?.ToString());
}
