using Gateway.Protocols.Readings;

namespace Gateway.Host.Ingest;

/// <summary>
/// The gateway's clock: the time that goes onto log records. It is anchored once and then follows the monotonic clock, so that a step
/// of the system's clock never reaches the log. In an exercise it starts at a chosen time and runs N times as fast. Safe for threads.
/// </summary>
internal sealed class GatewayClock
{
    private readonly TimeProvider _time;
    private readonly long _anchorTimestamp;
    private readonly EventTime _anchor;

    private GatewayClock(TimeProvider time, EventTime anchor, double speed, bool isExercise)
    {
        _time = time;
        _anchorTimestamp = time.GetTimestamp();
        _anchor = anchor;
        Speed = speed;
        IsExercise = isExercise;
    }

    /// <summary>How many times as fast as the world it runs; 1 outside exercises.</summary>
    public double Speed { get; }

    /// <summary>Whether it was started with a time or a speed of its own: every case is flagged an exercise.</summary>
    public bool IsExercise { get; }

    /// <summary>The gateway's time.</summary>
    public EventTime Now => _anchor + (_time.GetElapsedTime(_anchorTimestamp) * Speed);

    /// <summary>Steady time for sessions, keep-alive and message expiry: it begins with the gateway's clock and runs as fast as the world.</summary>
    public EventTime Steady => _anchor + _time.GetElapsedTime(_anchorTimestamp);

    /// <summary>A clock that follows the world, and never begins before what the log already holds.</summary>
    public static GatewayClock Real(TimeProvider time, EventTime notBefore) =>
        new(time, EventTime.Max(EventTime.From(time.GetUtcNow()), notBefore), 1, false);

    /// <summary>A clock for exercises and replays of recordings.</summary>
    public static GatewayClock Exercise(TimeProvider time, EventTime start, double speed) => new(time, start, speed, true);

    /// <summary>Real time until the gateway's clock shows <paramref name="due"/>; zero when it already does.</summary>
    public TimeSpan RealTimeUntil(EventTime due)
    {
        TimeSpan remaining = due - Now;
        return remaining <= TimeSpan.Zero ? TimeSpan.Zero : remaining / Speed;
    }
}
