namespace Gateway.Tests.Support;

/// <summary>Time that passes when a test says so.</summary>
public sealed class ManualTime : TimeProvider
{
    private TimeSpan _elapsed;

    /// <inheritdoc />
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Lets time pass.</summary>
    public void Pass(TimeSpan time) => _elapsed += time;

    /// <inheritdoc />
    public override long GetTimestamp() => _elapsed.Ticks;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + TimeSpan.FromDays(20_000) + _elapsed;
}
