using Gateway.Protocols.Readings;

namespace Gateway.Host.Ingest;

/// <summary>
/// The gateway's clock: the time that goes onto log records. It is anchored once and then follows the monotonic clock, so that a step of
/// the system's clock never reaches the log; where the two differ it runs a tenth faster or slower until they agree, so time is neither
/// skipped nor turned back. In an exercise it starts at a chosen time and runs N times as fast. Safe for threads.
/// </summary>
internal sealed class GatewayClock
{
    /// <summary>Part of its speed that it gives up, or adds, to come back to the system's clock.</summary>
    private const double Slew = 0.1;

    /// <summary>A system clock before this is not set: the battery of a board is empty, or nobody has told it the time yet.</summary>
    private static readonly EventTime PlausibleFrom = EventTime.From(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    /// <summary>Less than this is left alone: the system's own clock is slewed by as much all the time.</summary>
    private static readonly TimeSpan Agreement = TimeSpan.FromMilliseconds(500);

    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly EventTime _startedAt;
    private Anchor _anchor;

    private GatewayClock(TimeProvider time, EventTime start, double speed, bool isExercise)
    {
        _time = time;
        _start = time.GetTimestamp();
        _startedAt = start;
        _anchor = new Anchor(_start, start, speed);
        Speed = speed;
        IsExercise = isExercise;
        Ahead = AheadNow();
    }

    /// <summary>Where the clock stood when its rate was last set.</summary>
    private sealed record Anchor(long Timestamp, EventTime Time, double Rate);

    /// <summary>How many times as fast as the world it runs; 1 outside exercises.</summary>
    public double Speed { get; }

    /// <summary>Whether it was started with a time or a speed of its own: every case is flagged an exercise.</summary>
    public bool IsExercise { get; }

    /// <summary>
    /// How far it was ahead of the system's clock when they were last compared; negative for behind; zero in an exercise and where they agree.
    /// </summary>
    public TimeSpan Ahead { get; private set; }

    /// <summary>Whether the system's clock shows a time that can be true.</summary>
    public bool IsSystemPlausible => IsExercise || EventTime.From(_time.GetUtcNow()) >= PlausibleFrom;

    /// <summary>The gateway's time.</summary>
    public EventTime Now
    {
        get
        {
            Anchor anchor = Volatile.Read(ref _anchor);
            return anchor.Time + (_time.GetElapsedTime(anchor.Timestamp) * anchor.Rate);
        }
    }

    /// <summary>Steady time for sessions, keep-alive and message expiry: it begins with the gateway's clock and runs as fast as the world.</summary>
    public EventTime Steady => _startedAt + _time.GetElapsedTime(_start);

    /// <summary>A clock that follows the world, and never begins before what the log already holds.</summary>
    public static GatewayClock Real(TimeProvider time, EventTime notBefore) =>
        new(time, EventTime.Max(EventTime.From(time.GetUtcNow()), notBefore), 1, false);

    /// <summary>A clock for exercises and replays of recordings.</summary>
    public static GatewayClock Exercise(TimeProvider time, EventTime start, double speed) => new(time, start, speed, true);

    /// <summary>
    /// Compares it with the system's clock and sets how fast it runs from here on. A system clock that cannot be true is not followed. One
    /// caller at a time.
    /// </summary>
    public void Compare()
    {
        Ahead = AheadNow();
        double rate = Speed * (1 - (Slew * Math.Sign(Ahead.Ticks)));
        if (rate != _anchor.Rate)
        {
            long timestamp = _time.GetTimestamp();
            Anchor old = _anchor;
            Volatile.Write(ref _anchor, new Anchor(timestamp, old.Time + (_time.GetElapsedTime(old.Timestamp, timestamp) * old.Rate), rate));
        }
    }

    private TimeSpan AheadNow()
    {
        if (IsExercise || !IsSystemPlausible)
        {
            return TimeSpan.Zero;
        }

        TimeSpan ahead = Now - EventTime.From(_time.GetUtcNow());
        return ahead.Duration() < Agreement ? TimeSpan.Zero : ahead;
    }
}
