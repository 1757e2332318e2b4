using System.Text.Json;

namespace Gateway.Rules.Files.Schema;

/// <summary>
/// Writes what a reader takes as JSON Schema draft-07. An editor makes numbers and booleans of unquoted YAML where the reader knows only
/// texts, so a text may be any of them; and a key without a value is as good as no key, so a value that is not required may be null. The
/// schema never refuses what the reader takes.
/// </summary>
internal sealed class JsonSchemaWriter(Utf8JsonWriter json)
{
    /// <summary>Writes a whole schema.</summary>
    public void WriteDocument(ValueShape root, string title)
    {
        json.WriteStartObject();
        json.WriteString("$schema", "http://json-schema.org/draft-07/schema#");
        json.WriteString("title", title);
        WriteValueMembers(root, isOptional: false);
        json.WriteEndObject();
    }

    private void WriteValue(ValueShape value, bool isOptional, string? description = null)
    {
        json.WriteStartObject();
        if (description is not null)
        {
            json.WriteString("description", description);
        }

        WriteValueMembers(value, isOptional);
        json.WriteEndObject();
    }

    private void WriteValueMembers(ValueShape value, bool isOptional)
    {
        List<Action> alternatives = [.. Alternatives(value, isOptional)];
        if (alternatives.Count == 1)
        {
            alternatives[0]();
        }
        else if (alternatives.Count > 1)
        {
            json.WriteStartArray("anyOf");
            foreach (Action alternative in alternatives)
            {
                json.WriteStartObject();
                alternative();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }
    }

    private IEnumerable<Action> Alternatives(ValueShape value, bool isOptional)
    {
        if (value.Words is { } words)
        {
            yield return () => WriteWords(words, isOptional);
        }

        if (value.IsBoolean)
        {
            yield return () => WriteBoolean(isOptional);
        }

        if (value.Duration is { } duration)
        {
            yield return () => WriteDuration(duration, isOptional);
        }

        if (value.IsNumber)
        {
            yield return () => WriteTypes(isOptional, "number", "string"); // a quoted number is one too
        }

        if (value.Text is { } text)
        {
            yield return () => WriteText(text, isOptional);
        }

        if (value.List is { } list)
        {
            yield return () => WriteList(list, isOptional);
        }

        if (value.Map is { } map)
        {
            yield return () => WriteMap(map, isOptional);
        }
    }

    private void WriteWords(IEnumerable<string> words, bool isOptional)
    {
        json.WriteStartArray("enum");
        foreach (string word in words)
        {
            json.WriteStringValue(word);
        }

        EndEnumeration(isOptional);
    }

    private void WriteBoolean(bool isOptional)
    {
        json.WriteStartArray("enum");
        json.WriteBooleanValue(true);
        json.WriteBooleanValue(false);
        json.WriteStringValue("true");
        json.WriteStringValue("false");
        EndEnumeration(isOptional);
    }

    private void EndEnumeration(bool isOptional)
    {
        if (isOptional)
        {
            json.WriteNullValue();
        }

        json.WriteEndArray();
    }

    private void WriteDuration(DurationShape duration, bool isOptional)
    {
        if (duration.Smallest > TimeSpan.Zero)
        {
            WriteTypes(isOptional, "string");
            json.WriteString("pattern", DurationText.Pattern.Insert(1, "(?=.*[1-9])"));
            return;
        }

        // 0 needs no unit, and is a number to an editor.
        WriteTypes(isOptional, "string", "integer");
        json.WriteString("pattern", DurationText.Pattern);
        json.WriteNumber("minimum", 0);
        json.WriteNumber("maximum", 0);
    }

    private void WriteText(TextShape text, bool isOptional)
    {
        if (text.Pattern is not { } pattern)
        {
            WriteTypes(isOptional, "string", "number", "boolean");
        }
        else if (pattern.IsMatch("1"))
        {
            WriteTypes(isOptional, "string", "number", "boolean");
            json.WriteString("pattern", pattern.Pattern);
        }
        else
        {
            WriteTypes(isOptional, "string", "boolean"); // true is as good a name as any, and no number is one
            json.WriteString("pattern", pattern.Pattern);
        }

        json.WriteNumber("maxLength", text.LengthLimit);
    }

    private void WriteList(ListShape list, bool isOptional)
    {
        WriteTypes(isOptional, "array");
        if (!list.MayBeEmpty)
        {
            json.WriteNumber("minItems", 1);
        }

        json.WriteNumber("maxItems", list.CountLimit);
        json.WritePropertyName("items");
        WriteValue(list.Item, isOptional: false);
    }

    private void WriteMap(MapShape map, bool isOptional)
    {
        WriteTypes(isOptional, "object");
        if (map.Values.Count > 0)
        {
            WriteKeys(map);
        }

        if (map.Names is { } names)
        {
            WriteNames(names);
        }
        else if (map.IsClosed)
        {
            json.WriteBoolean("additionalProperties", false);
        }
    }

    private void WriteNames(NamesShape names)
    {
        if (names.CountLimit is { } most)
        {
            json.WriteNumber("maxProperties", most);
        }

        if (names.Pattern is { } pattern)
        {
            json.WriteStartObject("propertyNames");
            json.WriteString("pattern", pattern.Pattern);
            json.WriteEndObject();
        }

        json.WritePropertyName("additionalProperties");
        WriteValue(names.Value, isOptional: false);
    }

    private void WriteKeys(MapShape map)
    {
        IReadOnlyList<MapVariant> variants = map.Variants;
        List<string> allowed = [.. map.Values.Keys.Where(k => variants.Any(v => v.Allowed.Contains(k)))];
        json.WriteStartObject("properties");
        foreach (string key in allowed)
        {
            json.WritePropertyName(key);
            WriteValue(map.Values[key], isOptional: !variants.Any(v => v.Required.Contains(key)), Description(map, key));
        }

        json.WriteEndObject();
        List<string> always = [.. allowed.Where(k => variants.All(v => MustHave(v, k)))];
        WriteRequired(always);
        if (variants.Count > 1)
        {
            json.WriteStartArray("anyOf");
            foreach (MapVariant variant in variants)
            {
                WriteVariant(variant, allowed, always);
            }

            json.WriteEndArray();
        }
    }

    /// <summary>What one set of keys asks for beyond what all of them do, and which keys do not go with it.</summary>
    private void WriteVariant(MapVariant variant, IReadOnlyList<string> allowed, IReadOnlyList<string> always)
    {
        json.WriteStartObject();
        WriteRequired([.. allowed.Where(k => MustHave(variant, k) && !always.Contains(k))]);
        List<string> refused = [.. allowed.Where(k => !variant.Allowed.Contains(k))];
        if (refused.Count > 0)
        {
            json.WriteStartObject("properties");
            foreach (string key in refused)
            {
                json.WriteBoolean(key, false);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private void WriteRequired(IReadOnlyList<string> keys)
    {
        if (keys.Count == 0)
        {
            return;
        }

        json.WriteStartArray("required");
        foreach (string key in keys)
        {
            json.WriteStringValue(key);
        }

        json.WriteEndArray();
    }

    private void WriteTypes(bool isOptional, params IReadOnlyList<string> types)
    {
        if (types.Count == 1 && !isOptional)
        {
            json.WriteString("type", types[0]);
            return;
        }

        json.WriteStartArray("type");
        foreach (string type in types)
        {
            json.WriteStringValue(type);
        }

        if (isOptional)
        {
            json.WriteStringValue("null");
        }

        json.WriteEndArray();
    }

    private static bool MustHave(MapVariant variant, string key) => variant.Required.Contains(key) || variant.Present.Contains(key);

    private static string? Description(MapShape map, string key)
    {
        string? text = RuleKeyDescriptions.Find(map.What, key);
        return text is not null && map.Values[key].Duration is { } duration
            ? $"{text} ({DurationText.Format(duration.Smallest)} – {DurationText.Format(duration.Largest)})"
            : text;
    }
}
