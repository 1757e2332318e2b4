namespace Gateway.Tests.Support;

/// <summary>Time that passes when a test says so.</summary>
public sealed class ManualTime : TimeProvider
{
    private TimeSpan _elapsed;
    private TimeSpan _step;

    /// <inheritdoc />
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Lets time pass.</summary>
    public void Pass(TimeSpan time) => _elapsed += time;

    /// <summary>Sets the clock on the wall, as somebody does who finds it wrong.</summary>
    public void Step(TimeSpan by) => _step += by;

    /// <inheritdoc />
    public override long GetTimestamp() => _elapsed.Ticks;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + TimeSpan.FromDays(20_000) + _elapsed + _step;
}
