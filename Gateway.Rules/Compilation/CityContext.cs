using Gateway.Rules.Areas;
using Gateway.Rules.Calendars;
using Gateway.Rules.Files;

namespace Gateway.Rules.Compilation;

/// <summary>What of the city, beside its devices and areas, the meaning of rules depends on. Immutable.</summary>
public sealed record CityContext
{
    /// <summary>The mode of a city that names none.</summary>
    public const string NormalMode = "normal";

    /// <summary>The modes of a city that lists none: 平 and 战.</summary>
    public static readonly IReadOnlyList<string> UsualModes = [NormalMode, "emergency"];

    /// <summary>A city without calendars, in normal mode.</summary>
    public static CityContext Plain { get; } = new();

    /// <summary>The context of a city as written; a time zone that is not known here is taken for UTC, which the reader warns of.</summary>
    public static CityContext Of(CityDefinition city)
    {
        TimeZoneInfo zone = TimeZoneInfo.TryFindSystemTimeZoneById(city.TimeZone, out TimeZoneInfo? found) ? found : TimeZoneInfo.Utc;
        return new CityContext
        {
            Calendars = [.. city.Calendars.Select(c => new WorkingCalendar(c, zone))],
            TimeZone = zone,
            Modes = city.Modes,
            Mode = city.Mode,
            PartitionLevel = city.PartitionLevel,
        };
    }

    /// <summary>The calendars that <c>during</c> knows.</summary>
    public IReadOnlyList<WorkingCalendar> Calendars { get; init; } = [];

    /// <summary>The city's time zone.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>All modes the city may be in.</summary>
    public IReadOnlyList<string> Modes { get; init; } = UsualModes;

    /// <summary>The mode it is in.</summary>
    public string Mode { get; init; } = NormalMode;

    /// <summary>The level no function over an area may be wider than.</summary>
    public AreaLevel PartitionLevel { get; init; } = AreaLevel.Street;
}
