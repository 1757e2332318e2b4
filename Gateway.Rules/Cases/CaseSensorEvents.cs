using System.Text.Json.Serialization;
using Gateway.Protocols.Readings;
using Gateway.Rules.Evaluation;

namespace Gateway.Rules.Cases;

/// <summary>It happened again, or another device of the scope saw it.</summary>
/// <param name="Occurrence">What happened.</param>
public sealed record OccurrenceAdded(AlertOccurrence Occurrence) : CaseEvent
{
    /// <summary>Where the sensor is that found what people had reported under another key: the case stands for that place from now on; null otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CasePlace? Place { get; init; }

    /// <inheritdoc />
    private protected override string Describe() => $"{Occurrence.Evidence.DeviceId}: {Occurrence.Evidence.Cause}";
}

/// <summary>A condition is breached again, not yet for long enough to fire.</summary>
/// <param name="Rule">Rule name.</param>
/// <param name="DeviceId">Device id.</param>
/// <param name="Reports">Whether the device reports at an interval.</param>
/// <param name="Cause">The condition with its values.</param>
public sealed record AlertPendingAgain(string Rule, string DeviceId, bool Reports, string Cause) : CaseEvent
{
    /// <inheritdoc />
    private protected override string Describe() => $"{DeviceId} may be breaching again: {Cause}";
}

/// <summary>One alert of the case ended.</summary>
/// <param name="Rule">Rule name.</param>
/// <param name="DeviceId">Device id.</param>
/// <param name="Withdrawn">Whether it ended because the rule or device is gone, which shows nothing about the world.</param>
public sealed record AlertCleared(string Rule, string DeviceId, bool Withdrawn) : CaseEvent
{
    /// <inheritdoc />
    private protected override string Describe() => Withdrawn ? $"{Rule} on {DeviceId} withdrawn" : $"{Rule} on {DeviceId} cleared";
}

/// <summary>It got worse.</summary>
/// <param name="Severity">The severity from now on.</param>
/// <param name="Cause">The condition with its values.</param>
public sealed record SeverityRaised(AlertSeverity Severity, string Cause) : CaseEvent
{
    /// <inheritdoc />
    private protected override string Describe() => $"severity raised to {Severity}: {Cause}";
}

/// <summary>Every alert of the case has ended.</summary>
public sealed record ConditionCleared : CaseEvent
{
    /// <inheritdoc />
    private protected override string Describe() => "condition cleared";
}

/// <summary>The condition had cleared and is breached again; cleared readings seen so far no longer count.</summary>
/// <param name="DeviceId">The device that saw it.</param>
/// <param name="Cause">The condition with its values.</param>
public sealed record ConditionBreached(string DeviceId, string Cause) : CaseEvent
{
    /// <inheritdoc />
    private protected override string Describe() => $"condition breached again by {DeviceId}: {Cause}";
}

/// <summary>A live reading shows that the clear state held long enough after the report: the physics agrees, as far as this device sees.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="ObservedAt">The device's time of the reading.</param>
public sealed record ConditionHeld(string DeviceId, EventTime ObservedAt) : CaseEvent
{
    /// <inheritdoc />
    private protected override string Describe() => $"{DeviceId} still reads clear";
}
