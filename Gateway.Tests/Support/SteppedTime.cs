namespace Gateway.Tests.Support;

/// <summary>The system's time with a clock on the wall that somebody sets: steady time goes on as it does.</summary>
public sealed class SteppedTime : TimeProvider
{
    private long _stepTicks;

    /// <summary>How far the wall clock is from the true time. Safe for threads.</summary>
    public TimeSpan Step
    {
        get => new(Volatile.Read(ref _stepTicks));
        set => Volatile.Write(ref _stepTicks, value.Ticks);
    }

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Step;
}
