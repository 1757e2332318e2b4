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

    /// <summary>Whether the reminder has been noted.</summary>
    public bool Reminded { get; init; }

    /// <summary>How far it has climbed.</summary>
    public EscalationLevel Level { get; init; }

    /// <summary>When it next has something to say; null when it is stopped or has said everything.</summary>
    [JsonIgnore]
    public EventTime? NextAt => StoppedAt is not null ? null : (Reminded, Level) switch
    {
        (false, _) => RemindAt,
        (true, EscalationLevel.None) => DueAt,
        (true, EscalationLevel.Street) => DistrictAt,
        (true, EscalationLevel.District) => CityAt,
        _ => null,
    };

    /// <summary>A clock over natural minutes.</summary>
    /// <param name="kind">What it measures.</param>
    /// <param name="start">From when.</param>
    /// <param name="limit">How long; more than zero.</param>
    /// <param name="offset">Log offset of the record that starts it.</param>
    public static CaseClock Natural(ClockKind kind, EventTime start, TimeSpan limit, long offset) => new()
    {
        Kind = kind,
        StartedAt = start,
        Offset = offset,
        RemindAt = start + (limit * 0.8),
        DueAt = start + limit,
        DistrictAt = start + (limit * 2),
        CityAt = start + (limit * 3),
    };
}
