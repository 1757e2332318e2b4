using System.Text.Json.Serialization;
using Gateway.Protocols.Readings;

namespace Gateway.Rules.Cases;

/// <summary>What a clock measures.</summary>
public enum ClockKind : byte
{
    /// <summary>Dispatched to accepted 签收.</summary>
    Accept,

    /// <summary>Dispatched to reported 处置.</summary>
    Resolve,

    /// <summary>Reported to verified 核查.</summary>
    Verify,

    /// <summary>Summoned to arrived 到场, one for each summoned party.</summary>
    Arrive,
}

/// <summary>How far up an overdue case has climbed.</summary>
public enum EscalationLevel : byte
{
    /// <summary>Nowhere: on time.</summary>
    None,

    /// <summary>The street supervises: the limit has passed.</summary>
    Street,

    /// <summary>The district supervises: twice the limit has passed.</summary>
    District,

    /// <summary>The city supervises: three times the limit has passed.</summary>
    City,
}

/// <summary>
/// One clock of a case. Its instants are fixed when it starts and are stored, so that a later change of limits or calendars moves no
/// clock that already runs. Immutable.
/// </summary>
public sealed record CaseClock
{
    /// <summary>What it measures.</summary>
    public required ClockKind Kind { get; init; }

    /// <summary>Whose it is, for a clock that each of several parties has; empty otherwise.</summary>
    public string Party { get; init => field = value ?? ""; } = "";

    /// <summary>The limit, in its unit: for working days as many days.</summary>
    public TimeSpan Limit { get; init; }

    /// <summary>What the limit counts.</summary>
    public ClockUnit Unit { get; init; }

    /// <summary>Id and version of the calendar the instants were worked out with, <c>office@1f0c22aa</c>; empty for natural time.</summary>
    public string Calendar { get; init => field = value ?? ""; } = "";

    /// <summary>When it started.</summary>
    public required EventTime StartedAt { get; init; }

    /// <summary>Log offset of the record that started it.</summary>
    public required long Offset { get; init; }

    /// <summary>80 % of the limit: a reminder 催办.</summary>
    public required EventTime RemindAt { get; init; }

    /// <summary>The limit.</summary>
    public required EventTime DueAt { get; init; }

    /// <summary>Twice the limit.</summary>
    public required EventTime DistrictAt { get; init; }

    /// <summary>Three times the limit.</summary>
    public required EventTime CityAt { get; init; }

    /// <summary>When it stopped, null while it runs.</summary>
    public EventTime? StoppedAt { get; init; }

    /// <summary>Since when it stands still 缓办; null while it does not.</summary>
    public EventTime? PausedAt { get; init; }

    /// <summary>Whether the reminder has been noted.</summary>
    public bool Reminded { get; init; }

    /// <summary>How far it has climbed.</summary>
    public EscalationLevel Level { get; init; }

    /// <summary>When it next has something to say; null when it is stopped, stands still or has said everything.</summary>
    [JsonIgnore]
    public EventTime? NextAt => StoppedAt is not null || PausedAt is not null ? null : (Reminded, Level) switch
    {
        (false, _) => RemindAt,
        (true, EscalationLevel.None) => DueAt,
        (true, EscalationLevel.Street) => DistrictAt,
        (true, EscalationLevel.District) => CityAt,
        _ => null,
    };
}
