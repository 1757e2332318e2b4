namespace Gateway.Protocols.Readings;

/// <summary>
/// Turns a device's time and the receive time into the time a reading is filed under, and its <see cref="TimeQuality"/>.
/// The tolerances are transport delays, so an exercise whose clock runs N times as fast multiplies them by N (<see cref="AtSpeed"/>).
/// </summary>
public sealed record TimePolicy
{
    private static readonly EventTime ClockPlausibleFrom = new(946_684_800_000); // 2000-01-01: no sensor of this system is older

    /// <summary>Behind by no more than this: <see cref="TimeQuality.Ok"/>. Default 1 minute.</summary>
    public TimeSpan LateAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Behind by more than this: <see cref="TimeQuality.Historical"/>. Default 5 minutes.</summary>
    public TimeSpan HistoricalAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Ahead by more than this: <see cref="TimeQuality.Future"/>. Default 1 minute.</summary>
    public TimeSpan FutureAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How far the clock of the receive times is ahead of another clock that may be the right one; negative for behind. A device that agrees
    /// with either is believed, and its time is filed in terms of the receive times. Default zero: there is one clock.
    /// </summary>
    public TimeSpan ClockAhead { get; init; }

    /// <summary>The same policy for a clock that runs <paramref name="speed"/> times as fast (1 or more).</summary>
    public TimePolicy AtSpeed(double speed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(speed, 1d);
        return this with { LateAfter = LateAfter * speed, HistoricalAfter = HistoricalAfter * speed, FutureAfter = FutureAfter * speed };
    }

    /// <summary>Judges one reading.</summary>
    /// <param name="deviceTime">The device's own time, or null when it sent none.</param>
    /// <param name="receivedAt">The gateway's time of receipt.</param>
    /// <param name="observedAt">The time the reading is filed under.</param>
    public TimeQuality Judge(EventTime? deviceTime, EventTime receivedAt, out EventTime observedAt)
    {
        if (deviceTime is not { } claimed || claimed < ClockPlausibleFrom)
        {
            observedAt = receivedAt;
            return TimeQuality.NoClock;
        }

        TimeSpan behind = receivedAt - claimed;
        if ((behind - ClockAhead).Duration() < behind.Duration())
        {
            claimed += ClockAhead;
            behind -= ClockAhead;
        }

        if (behind < -FutureAfter)
        {
            observedAt = receivedAt;
            return TimeQuality.Future;
        }

        observedAt = claimed;
        return behind > HistoricalAfter ? TimeQuality.Historical : behind > LateAfter ? TimeQuality.Late : TimeQuality.Ok;
    }
}
