using Gateway.Protocols.Readings;

namespace Gateway.Rules.Cases;

/// <summary>What a case knows of one of its alerts.</summary>
public enum CaseAlertState : byte
{
    /// <summary>The condition holds.</summary>
    Firing,

    /// <summary>The condition is breached again, not yet for long enough to fire; it is not clear either.</summary>
    Pending,

    /// <summary>The clear condition held.</summary>
    Cleared,

    /// <summary>The rule or the device is gone, so no reading can show that the condition is over.</summary>
    Withdrawn,
}

/// <summary>One alert of a case: one rule on one device. Immutable.</summary>
/// <param name="Rule">Rule name.</param>
/// <param name="DeviceId">Device id.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Reports">Whether the device reports at an interval; one that only sends events cannot show that all is quiet.</param>
/// <param name="HasFired">Whether it has ever fired, not only been pending.</param>
/// <param name="HeldAt">Observation time of the reading that showed the clear state held since the report; null until then.</param>
public sealed record CaseAlert(string Rule, string DeviceId, CaseAlertState State, bool Reports, bool HasFired, EventTime? HeldAt)
{
    /// <summary>Whether the condition holds or may be about to.</summary>
    internal bool IsBreaching => State is CaseAlertState.Firing or CaseAlertState.Pending;

    /// <summary>Whether verification waits for a reading of this device.</summary>
    internal bool AwaitsReading => HasFired && State == CaseAlertState.Cleared && Reports && HeldAt is null;
}
