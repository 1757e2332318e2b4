namespace Gateway.Protocols.Readings;

/// <summary>How far a reading's device time can be believed, judged against the time the gateway received it.</summary>
public enum TimeQuality : byte
{
    /// <summary>Device time within the tolerance of the receive time.</summary>
    Ok = 0,

    /// <summary>Behind the receive time by more than the tolerance, but young enough to be live.</summary>
    Late = 1,

    /// <summary>Older than the maximum age: stored, but it neither opens a live case nor moves "latest" backwards.</summary>
    Historical = 2,

    /// <summary>Ahead of the receive time by more than the tolerance; the receive time is used in its place.</summary>
    Future = 3,

    /// <summary>The device sent no time (or one before 2000-01-01, as devices without a battery-backed clock do); the receive time is used.</summary>
    NoClock = 4,
}
