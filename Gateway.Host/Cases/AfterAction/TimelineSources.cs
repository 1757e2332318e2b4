using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;

namespace Gateway.Host.Cases.AfterAction;

/// <summary>What the stores have, from which a timeline is made. Immutable.</summary>
internal sealed record TimelineSources
{
    /// <summary>The case as it stands.</summary>
    public required Case Case { get; init; }

    /// <summary>Its events, in order.</summary>
    public required IReadOnlyList<CaseEvent> History { get; init; }

    /// <summary>The log's time.</summary>
    public required EventTime Now { get; init; }

    /// <summary>What the timeline covers.</summary>
    public required TimelineWindow Window { get; init; }

    /// <summary>Its clocks.</summary>
    public required IReadOnlyList<CaseClockRun> Clocks { get; init; }

    /// <summary>Stretches of the window in which nothing happens to the case.</summary>
    public IReadOnlyList<TimeStretch> Quiet { get; init; } = [];

    /// <summary>What codes are called.</summary>
    public required TimelineNames Names { get; init; }

    /// <summary>What the devices measured.</summary>
    public TimelineReadings Readings { get; init; } = TimelineReadings.None;

    /// <summary>Other cases, of which those are shown that were open within the window.</summary>
    public IReadOnlyList<RelatedCase> Related { get; init; } = [];

    /// <summary>Alerts of rules that file no case on the devices of the case.</summary>
    public IReadOnlyList<AlertTransition> Alerts { get; init; } = [];

    /// <summary>Names of the rules that foresee, of those for devices of the case.</summary>
    public IReadOnlySet<string> Forecasting { get; init; } = new HashSet<string>();

    /// <summary>Names of the rules among <see cref="Alerts"/> that look at a field which the rules of the case look at too.</summary>
    public IReadOnlySet<string> Kindred { get; init; } = new HashSet<string>();

    /// <summary>Whether <see cref="Alerts"/> are of the rules of the day of the case.</summary>
    public bool AreRulesOfThen { get; init; }

    /// <summary>Silences that covered a device of the case.</summary>
    public IReadOnlyList<CoveringSilence> Silences { get; init; } = [];

    /// <summary>Switches of the city's mode.</summary>
    public IReadOnlyList<ModeSwitch> Switches { get; init; } = [];
}

/// <summary>A silence that covered a device of the case.</summary>
/// <param name="Id">Its id.</param>
/// <param name="From">From when.</param>
/// <param name="Until">Until when.</param>
/// <param name="Reason">Why.</param>
internal sealed record CoveringSilence(string Id, EventTime From, EventTime Until, string Reason);
