using Gateway.Rules.Areas;
using Gateway.Rules.Files.Yaml;

namespace Gateway.Rules.Files.Readers;

/// <summary>What <c>city.yaml</c> says.</summary>
internal sealed record CitySettings
{
    public string Name { get; init; } = "";

    public string TimeZone { get; init; } = "UTC";

    public AreaLevel PartitionLevel { get; init; } = AreaLevel.Street;

    public AreaCodeShapes AreaCodes { get; init; } = new();
}

/// <summary>Reads <c>city.yaml</c>.</summary>
internal static class CityFileReader
{
    public static CitySettings Read(YamlNode node, FindingSink sink)
    {
        if (MapReader.Over(node, sink, "city") is not { } map)
        {
            return new CitySettings();
        }

        SourceText? timeZone = map.Text("time_zone", required: true);
        if (timeZone is { } zone && !TimeZoneInfo.TryFindSystemTimeZoneById(zone.Text, out _))
        {
            // A warning, not an error: whether a zone is known depends on the machine, and a snapshot must mean the same everywhere.
            sink.Add(FindingCodes.UnknownTimeZone, zone.Location, $"time zone {FindingSink.Quote(zone.Text)} is not known here");
        }

        CitySettings settings = new()
        {
            Name = map.Text("name", required: true)?.Text ?? "",
            TimeZone = timeZone?.Text ?? "UTC",
            PartitionLevel = map.Word("partition_level", AreaCodeShapes.LevelWords) ?? AreaLevel.Street,
            AreaCodes = ReadAreaCodes(map.Map("area_codes"), sink),
        };
        map.RejectUnknownKeys();
        return settings;
    }

    private static AreaCodeShapes ReadAreaCodes(MapReader? map, FindingSink sink)
    {
        AreaCodeShapes shapes = new();
        if (map is null)
        {
            return shapes;
        }

        foreach ((string word, AreaLevel level) in AreaCodeShapes.LevelWords)
        {
            if (map.Text(word, lengthLimit: 32) is not { } pattern)
            {
                continue;
            }

            if (pattern.Text.All(c => c is '#' or '@' or '-' or '_' || char.IsAsciiLetterOrDigit(c)))
            {
                shapes[level] = pattern.Text;
            }
            else
            {
                sink.Add(FindingCodes.BadCodePattern, pattern.Location, $"pattern {FindingSink.Quote(pattern.Text)} is not understood");
            }
        }

        map.RejectUnknownKeys();
        return shapes;
    }
}
