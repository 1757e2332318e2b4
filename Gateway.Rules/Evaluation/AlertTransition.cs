using Gateway.Protocols.Readings;

namespace Gateway.Rules.Evaluation;

/// <summary>State of one rule on one device.</summary>
public enum AlertState : byte
{
    /// <summary>Nothing to tell.</summary>
    Inactive,

    /// <summary>A condition holds, its <c>for</c> has not yet passed.</summary>
    Pending,

    /// <summary>Raised and not yet cleared.</summary>
    Firing,
}

/// <summary>What changed in an alert.</summary>
public enum AlertTransitionKind : byte
{
    /// <summary>Inactive to pending.</summary>
    Pending,

    /// <summary>Pending back to inactive: the condition did not hold long enough.</summary>
    Dropped,

    /// <summary>To firing.</summary>
    Firing,

    /// <summary>Firing at a higher severity.</summary>
    Raised,

    /// <summary>Firing at a lower severity.</summary>
    Lowered,

    /// <summary>The condition is breached again while firing, after a reading that did not breach: another occurrence.</summary>
    Recurred,

    /// <summary>Firing to inactive: the clear condition held.</summary>
    Resolved,

    /// <summary>Firing or pending to inactive because the rule was removed or its meaning changed, or the device left it.</summary>
    Withdrawn,
}

/// <summary>
/// One change of one alert, at an instant of the log's time. Deterministic: the same log gives the same transitions. Immutable.
/// </summary>
/// <param name="Rule">Index of the rule in the rule set that is active; -1 when it is withdrawn because the rule is gone.</param>
/// <param name="DeviceIndex">Index of the device in the register that is active; -1 when it is withdrawn because the device is gone.</param>
/// <param name="Kind">What changed.</param>
/// <param name="Severity">Severity after the change; for resolved, dropped and withdrawn the last one.</param>
/// <param name="At">Log time of the change.</param>
/// <param name="OccurredAt">Observation time of the first breaching reading of this episode (for an absence: the last reading).</param>
/// <param name="ObservedAt">Observation time of the reading that caused the change; equals <paramref name="OccurredAt"/> for timers.</param>
/// <param name="IsAbsence">Whether the alert is about silence.</param>
/// <param name="Cause">Human-readable cause with values, for example <c>water_level 0.42 m &gt;= 0.30</c>.</param>
public sealed record AlertTransition(
    int Rule,
    int DeviceIndex,
    AlertTransitionKind Kind,
    AlertSeverity Severity,
    EventTime At,
    EventTime OccurredAt,
    EventTime ObservedAt,
    bool IsAbsence,
    string Cause)
{
    /// <summary>The rule's name, which also says whose alert is withdrawn when the rule is gone.</summary>
    public required string RuleName { get; init; }

    /// <summary>The device's id, likewise.</summary>
    public required string DeviceId { get; init; }
}
