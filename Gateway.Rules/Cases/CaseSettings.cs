using Gateway.Rules.Areas;
using Gateway.Rules.Calendars;
using Gateway.Rules.Files;

namespace Gateway.Rules.Cases;

/// <summary>On which terms cases of an event kind close and reopen: the hardest of all rules that file it.</summary>
/// <param name="Latched">Whether verification needs a field check besides the readings.</param>
/// <param name="VerifyHold">How long cleared readings must hold after the report.</param>
/// <param name="ReopenWithin">A recurrence within this time of closing reopens it.</param>
/// <param name="Scope">What a case of it is about: that of the first such rule.</param>
public sealed record CaseTerms(bool Latched, TimeSpan VerifyHold, TimeSpan ReopenWithin, CaseScope Scope)
{
    /// <summary>The terms of each event kind that some rule files.</summary>
    public static IReadOnlyDictionary<string, CaseTerms> Of(IEnumerable<RuleDefinition> rules) => rules
        .Where(r => r.Mode == RuleMode.Active).Select(r => r.Case).OfType<CaseDefinition>().GroupBy(c => c.Event.Text, StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => new CaseTerms(g.Any(c => c.Latched), g.Max(c => c.VerifyHold), g.Max(c => c.ReopenWithin), g.First().Scope), StringComparer.Ordinal);
}

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

    /// <summary>Time limits that no route says.</summary>
    public CityLimits Limits { get; init; } = new();

    /// <summary>The calendar a unit's clocks run on; null for a territory, whose limits are natural time.</summary>
    public WorkingCalendar? CalendarOf(string unit) => Calendars.GetValueOrDefault(Router.CalendarOf(unit));

    /// <summary>On which terms cases of an event kind close and reopen, so that one a person reported first closes as hard as a sensor's.</summary>
    public IReadOnlyDictionary<string, CaseTerms> Terms { get; init; } = new Dictionary<string, CaseTerms>();

    /// <summary>When many cases are one storm.</summary>
    public StormSettings Storms { get; init; } = new();

    /// <summary>Mode of the city, noted on every new case. Default <c>normal</c>.</summary>
    public string Mode { get; init; } = "normal";

    /// <summary>Whether new cases are exercises 演练. Default false.</summary>
    public bool Exercise { get; init; }

    /// <summary>
    /// The limits of clocks of a case that start now: of the row that holds for it now, in the mode the city is in; what no row names, or a territory
    /// leads, has the city's. Those it was dispatched with where its unit is gone from the area tree.
    /// </summary>
    public TimeLimits? LimitsOf(Case c) => LimitsOf(c, c.Lead);

    /// <summary>The same where it is given to another lead.</summary>
    public TimeLimits? LimitsOf(Case c, string lead) =>
        !Router.IsUnit(lead) ? Limits.Unowned
        : Router.Find(c.Facts.Key.Event, c.Facts.AreaPath[0], Areas)?.Limits ?? c.Limits;

    /// <summary>This partition, from 0: its case numbers are those with this remainder modulo <see cref="PartitionCount"/>.</summary>
    public int Partition { get; init; }

    /// <summary>Number of partitions, so that each numbers its cases without asking another. Default 1.</summary>
    public int PartitionCount { get; init; } = 1;
}
