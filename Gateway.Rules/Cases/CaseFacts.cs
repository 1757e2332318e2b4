using Gateway.Protocols.Readings;
using Gateway.Rules.Cases.Cap.Reading;
using Gateway.Rules.Evaluation;

namespace Gateway.Rules.Cases;

/// <summary>What is known when a case is collected and never changes after: what, where, by whom it came to notice, on which terms.</summary>
public sealed record CaseFacts
{
    /// <summary><see cref="Source"/> of a case that a sensor opened.</summary>
    public const string SensorSource = "sensor";

    /// <summary><see cref="Source"/> of the case of a storm.</summary>
    public const string StormSource = "storm";

    /// <summary><see cref="Source"/> of what somebody reported whose work it is to look.</summary>
    public const string PatrolSource = "patrol";

    /// <summary>What it is about.</summary>
    public required CaseKey Key { get; init; }

    /// <summary>Severity at the start; it may rise.</summary>
    public required AlertSeverity Severity { get; init; }

    /// <summary>When it began in the world: observation time of the first breaching reading.</summary>
    public required EventTime OccurredAt { get; init; }

    /// <summary>How it came to notice: <c>sensor</c>, <c>hotline</c>, <c>patrol</c> ...</summary>
    public required string Source { get; init; }

    /// <summary>Mode of the city at the time: <c>normal</c> or the name of an emergency mode.</summary>
    public required string Mode { get; init; }

    /// <summary>Whether it is an exercise 演练: real in every way but stays out of every metric.</summary>
    public bool Exercise { get; init; }

    /// <summary>The campaign 专项行动 whose rule filed it; empty for none.</summary>
    public string Campaign { get; init => field = value ?? ""; } = "";

    /// <summary>Area codes from the lowest unit to the city, as the area tree stood: the case keeps the units of its day.</summary>
    public required IReadOnlyList<string> AreaPath { get; init; }

    /// <summary>Version of that area tree.</summary>
    public required string AreaVersion { get; init; }

    /// <summary>The device that was first; empty when a person reported.</summary>
    public string DeviceId { get; init; } = "";

    /// <summary>Building code, empty outdoors.</summary>
    public string Building { get; init; } = "";

    /// <summary>Postal address.</summary>
    public string Address { get; init; } = "";

    /// <summary>WGS 84 latitude, degrees.</summary>
    public double Latitude { get; init; }

    /// <summary>WGS 84 longitude, degrees.</summary>
    public double Longitude { get; init; }

    /// <summary>Whether nobody knows where it is but for the area: latitude and longitude are 0 then.</summary>
    public bool NoPosition { get; init; }

    /// <summary>Whether the position is the middle of the unit, where it is shown because nobody gave one: nothing is near to it.</summary>
    public bool PositionIsMiddle { get; init; }

    /// <summary>The rule that opened it; null when a person reported.</summary>
    public RuleReference? Rule { get; init; }

    /// <summary>Whether verification needs a field check besides the readings.</summary>
    public bool Latched { get; init; }

    /// <summary>How long cleared readings must hold after the report.</summary>
    public TimeSpan VerifyHold { get; init; }

    /// <summary>A recurrence within this time of closing reopens it.</summary>
    public TimeSpan ReopenWithin { get; init; }

    /// <summary>
    /// Whether a source is a citizen's: <c>hotline</c>, <c>citizen</c>, an app or whatever a city calls it; all but sensors, storms, patrols and the
    /// CAP messages of other systems.
    /// </summary>
    public static bool IsCitizen(string source) => source is not (SensorSource or StormSource or PatrolSource or CapTaking.Source);
}
