using Gateway.Rules.Areas;
using Gateway.Rules.Cases;
using Gateway.Rules.Compilation;
using Gateway.Rules.Files.Yaml;

namespace Gateway.Rules.Files.Readers;

/// <summary>What <c>city.yaml</c> says.</summary>
internal sealed record CitySettings
{
    public string Name { get; init; } = "";

    public string TimeZone { get; init; } = "UTC";

    public AreaLevel PartitionLevel { get; init; } = AreaLevel.Street;

    public IReadOnlyList<string> Modes { get; init; } = CityContext.UsualModes;

    public string Mode { get; init; } = CityContext.NormalMode;

    public IReadOnlyList<ModeSwitch> ModeSwitches { get; init; } = [];

    public AreaCodeShapes AreaCodes { get; init; } = new();

    public StormSettings Storms { get; init; } = new();

    public CityLimits Limits { get; init; } = new();

    public IReadOnlyDictionary<string, CityLimits> ModeLimits { get; init; } = new Dictionary<string, CityLimits>();
}

/// <summary>Reads <c>city.yaml</c>.</summary>
internal static class CityFileReader
{
    private const int ModeCountLimit = 16;
    private const int FamilyCountLimit = 64;

    private static readonly TimeSpan LongestStormWindow = TimeSpan.FromDays(1);

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

        IReadOnlyList<string> modes = ReadModes(map, sink);
        LimitsReader reader = new(sink, modes);
        CityLimits limits = map.Map("limits") is { } written ? reader.Read(written, new CityLimits()) : new CityLimits();
        CitySettings settings = new()
        {
            Modes = modes,
            Mode = map.Word("mode", modes.Select((m, i) => (m, i)).ToDictionary(m => m.m, m => m.i)) is { } mode ? modes[mode] : modes[0],
            Name = map.Text("name", required: true)?.Text ?? "",
            TimeZone = timeZone?.Text ?? "UTC",
            PartitionLevel = map.Word("partition_level", AreaCodeShapes.LevelWords) ?? AreaLevel.Street,
            AreaCodes = ReadAreaCodes(map.Map("area_codes"), sink),
            Storms = ReadStorms(map.Map("storms"), sink),
            Limits = limits,
            ModeLimits = reader.ReadModes(map.Map("mode_limits"), m => reader.Read(m, limits)),
        };
        map.RejectUnknownKeys();
        return settings;
    }

    private static IReadOnlyList<string> ReadModes(MapReader map, FindingSink sink)
    {
        List<string> modes = [];
        foreach (SourceText mode in map.Texts("modes", ModeCountLimit))
        {
            if (!NameShape.IsSnake(mode.Text) || modes.Contains(mode.Text))
            {
                sink.Add(FindingCodes.BadMode, mode.Location, $"mode {FindingSink.Quote(mode.Text)} is {(modes.Contains(mode.Text) ? "written twice" : "not well formed")}");
            }
            else
            {
                modes.Add(mode.Text);
            }
        }

        return modes.Count == 0 ? CityContext.UsualModes : modes;
    }

    private static StormSettings ReadStorms(MapReader? map, FindingSink sink)
    {
        StormSettings usual = new();
        if (map is null)
        {
            return usual;
        }

        int Count(string key, int least, int absent) => map.Text(key) is { } text ? MapReader.WholeOf(text, key, least, StormSettings.Limit, sink) ?? absent : absent;
        StormSettings storms = new()
        {
            Window = map.Duration("window", TimeSpan.FromMinutes(1), LongestStormWindow) ?? usual.Window,
            Community = Count("community", 0, usual.Community),
            Street = Count("street", 0, usual.Street),
            District = Count("district", 0, usual.District),
            City = Count("city", 0, usual.City),
            Children = Count("children", 1, usual.Children),
            Except = [.. map.Texts("except", FamilyCountLimit).Where(f => IsFamily(f, sink)).Select(f => f.Text)],
        };
        map.RejectUnknownKeys();
        return storms;
    }

    private static bool IsFamily(SourceText family, FindingSink sink)
    {
        bool isFamily = NameShape.IsSnake(family.Text);
        if (!isFamily)
        {
            sink.Add(FindingCodes.BadStormFamily, family.Location, $"family {FindingSink.Quote(family.Text)} is not the first part of an event kind");
        }

        return isFamily;
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
