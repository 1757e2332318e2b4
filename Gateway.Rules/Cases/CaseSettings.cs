using Gateway.Rules.Areas;
using Gateway.Rules.Calendars;

namespace Gateway.Rules.Cases;

/// <summary>What case decisions look up; swapped whole when a new snapshot of the city folder becomes active. Immutable.</summary>
public sealed record CaseSettings
{
    /// <summary>Who leads what, where.</summary>
    public required Router Router { get; init; }

    /// <summary>The area tree that holds now.</summary>
    public required AreaTree Areas { get; init; }

    /// <summary>The city's time zone; case numbers carry its date.</summary>
    public required TimeZoneInfo TimeZone { get; init; }

    /// <summary>The working calendars by id.</summary>
    public IReadOnlyDictionary<string, WorkingCalendar> Calendars { get; init; } = new Dictionary<string, WorkingCalendar>();

    /// <summary>How long a party that was summoned has to arrive. Default 30 minutes.</summary>
    public TimeSpan ArriveLimit { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The calendar a unit's clocks run on; null for a territory, whose limits are natural time.</summary>
    public WorkingCalendar? CalendarOf(string unit) => Calendars.GetValueOrDefault(Router.CalendarOf(unit));

    /// <summary>Mode of the city, noted on every new case. Default <c>normal</c>.</summary>
    public string Mode { get; init; } = "normal";

    /// <summary>Whether new cases are exercises 演练. Default false.</summary>
    public bool Exercise { get; init; }

    /// <summary>Limits of a case that no route names a lead for. Default: accept 30 minutes, resolve 24 hours, verify 24 hours.</summary>
    public TimeLimits TerritoryLimits { get; init; } = new(TimeSpan.FromMinutes(30), TimeSpan.FromHours(24), TimeSpan.FromHours(24));

    /// <summary>This partition, from 0: its case numbers are those with this remainder modulo <see cref="PartitionCount"/>.</summary>
    public int Partition { get; init; }

    /// <summary>Number of partitions, so that each numbers its cases without asking another. Default 1.</summary>
    public int PartitionCount { get; init; } = 1;
}
