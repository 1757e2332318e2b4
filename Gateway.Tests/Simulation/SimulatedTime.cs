namespace Gateway.Tests.Simulation;

/// <summary>Virtual time: a steady clock, and one on the wall that somebody may set. Nothing in a simulation may wait for a timer.</summary>
internal sealed class SimulatedTime : TimeProvider
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 27, 8, 0, 0, TimeSpan.Zero);

    /// <summary>Time since the simulation began.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <summary>How far the clock on the wall is from the true time.</summary>
    public TimeSpan WallStep { get; set; }

    /// <summary>True time, as devices have it, Unix milliseconds.</summary>
    public long TrueMilliseconds => (Begin + Elapsed).ToUnixTimeMilliseconds();

    /// <inheritdoc />
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Lets time pass.</summary>
    public void Pass(TimeSpan time) => Elapsed += time;

    /// <inheritdoc />
    public override long GetTimestamp() => Elapsed.Ticks;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => Begin + Elapsed + WallStep;

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        throw new NotSupportedException("a timer would run on a thread of its own");
}
