using Gateway.Protocols.Devices;
using Gateway.Protocols.Payloads;
using Gateway.Rules.Files.Yaml;

namespace Gateway.Rules.Files.Readers;

/// <summary>A profile as written, with the places later checks point at.</summary>
internal sealed record ProfileSource(DeviceProfile Profile, SourceText Kind, IReadOnlyList<SourceText> Topics);

/// <summary>Reads one <c>profiles/*.yaml</c>: one device kind.</summary>
internal static class ProfileFileReader
{
    private const int TopicCountLimit = 16;
    private const int ValueCountLimit = 1_024;

    private static readonly IReadOnlyDictionary<string, FieldType> FieldTypes = new Dictionary<string, FieldType>
    {
        ["number"] = FieldType.Number,
        ["integer"] = FieldType.Integer,
        ["boolean"] = FieldType.Boolean,
        ["enumeration"] = FieldType.Enumeration,
        ["text"] = FieldType.Text,
        ["pseudonym"] = FieldType.Pseudonym,
    };

    public static ProfileSource? Read(YamlNode node, FindingSink sink)
    {
        if (MapReader.Over(node, sink, "profile") is not { } map)
        {
            return null;
        }

        SourceText? kind = map.Text("kind", required: true, lengthLimit: 32);
        CheckName(kind, "kind", sink);
        string title = map.PlainText("title", MapReader.NameLengthLimit);
        List<TopicPattern> patterns = [];
        IReadOnlyList<SourceText> topics = map.Texts("topics", TopicCountLimit, required: true);
        foreach (SourceText topic in topics)
        {
            if (TopicPattern.TryParse(topic.Text, out TopicPattern? pattern, out string error))
            {
                patterns.Add(pattern!);
            }
            else
            {
                sink.Add(FindingCodes.BadTopic, topic.Location, $"topic {FindingSink.Quote(topic.Text)} is not well formed", error);
            }
        }

        SourceText? format = map.Text("format", lengthLimit: 32);
        if (format is { } named && !PayloadDecoders.Formats.Contains(named.Text))
        {
            sink.Add(FindingCodes.UnknownFormat, named.Location, $"there is no payload format {FindingSink.Quote(named.Text)}", Suggestion.Fix(named.Text, PayloadDecoders.Formats));
        }

        TimeSpan interval = map.Duration("reporting_interval", TimeSpan.Zero, TimeSpan.FromDays(31)) ?? TimeSpan.Zero;
        bool lifeSafety = map.Boolean("life_safety", absent: false);
        List<FieldDefinition> fields = ReadFields(map, sink);
        map.RejectUnknownKeys();

        DeviceProfile profile = new(kind?.Text ?? "", patterns, fields)
        {
            Title = title,
            Format = format?.Text ?? "json",
            ReportingInterval = interval,
            LifeSafety = lifeSafety,
        };
        return kind is { } known ? new ProfileSource(profile, known, topics) : null;
    }

    private static void CheckName(SourceText? name, string what, FindingSink sink)
    {
        if (name is { } given && !NameShape.IsSnake(given.Text))
        {
            sink.Add(FindingCodes.BadName, given.Location, $"{what} {FindingSink.Quote(given.Text)} is not well formed");
        }
    }

    private static List<FieldDefinition> ReadFields(MapReader profile, FindingSink sink)
    {
        List<FieldDefinition> fields = [];
        if (profile.Map("fields", required: true) is not { } map)
        {
            return fields;
        }

        foreach ((SourceText name, YamlNode value) in map.Entries)
        {
            CheckName(name, "field", sink);
            if (name.Text is "ts" or "seq")
            {
                sink.Add(FindingCodes.ReservedField, name.Location, $"field name {name.Text} is reserved");
            }

            if (fields.Count == DeviceProfile.FieldCountLimit)
            {
                sink.Add(FindingCodes.TooManyFields, name.Location, $"field {FindingSink.Quote(name.Text)} is one too many, at most {DeviceProfile.FieldCountLimit}");
                break;
            }

            if (MapReader.Over(value, sink, "field") is { } field)
            {
                fields.Add(ReadField(name.Text, field, sink));
            }
        }

        return fields;
    }

    private static FieldDefinition ReadField(string name, MapReader map, FindingSink sink)
    {
        FieldType? type = map.Word("type", FieldTypes, required: true);
        SourceText? unit = map.Text("unit", lengthLimit: 16);
        if (unit is { } written && !KnownUnits.Contains(written.Text))
        {
            string? fix = Suggestion.Fix(written.Text, KnownUnits.All);
            sink.Add(FindingCodes.UnknownUnit, written.Location, $"unit {FindingSink.Quote(written.Text)} is not in the table of units", fix);
        }

        (double? minimum, double? maximum) = ReadRange(map, type, sink);
        IReadOnlyList<string> values = ReadValues(map, type, sink);
        map.RejectUnknownKeys();
        return new FieldDefinition
        {
            Name = name,
            Type = type ?? FieldType.Number,
            Unit = unit?.Text ?? "",
            Minimum = minimum,
            Maximum = maximum,
            Values = values,
        };
    }

    private static (double? Minimum, double? Maximum) ReadRange(MapReader map, FieldType? type, FindingSink sink)
    {
        if (map.Node("range") is not { } node)
        {
            return (null, null);
        }

        if (type is not (null or FieldType.Number or FieldType.Integer))
        {
            sink.Add(FindingCodes.BadRange, map.KeyLocation("range"), $"a range on a field of type {type.Value.ToString().ToLowerInvariant()}");
            return (null, null);
        }

        if (node is not YamlList { Items: [var low, var high] })
        {
            sink.Add(FindingCodes.BadRange, node.Location, "a range is [smallest, largest]");
            return (null, null);
        }

        double? minimum = MapReader.NumberOf(low, "smallest", sink);
        double? maximum = MapReader.NumberOf(high, "largest", sink);
        if (minimum >= maximum)
        {
            sink.Add(FindingCodes.BadRange, low.Location, "the smallest value is not below the largest");
            return (null, null); // every limit of a rule would lie outside it
        }

        return (minimum, maximum);
    }

    private static string[] ReadValues(MapReader map, FieldType? type, FindingSink sink)
    {
        IReadOnlyList<SourceText> values = map.Texts("values", ValueCountLimit);
        if (type is not null && map.Has("values") != (type == FieldType.Enumeration))
        {
            string message = type == FieldType.Enumeration ? "an enumeration without values" : "values on a field that is no enumeration";
            sink.Add(FindingCodes.BadValues, map.KeyLocation("values"), message);
        }

        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (SourceText twice in values.Where(v => !seen.Add(v.Text)))
        {
            sink.Add(FindingCodes.BadValues, twice.Location, $"value {FindingSink.Quote(twice.Text)} is listed twice");
        }

        return [.. seen];
    }
}
