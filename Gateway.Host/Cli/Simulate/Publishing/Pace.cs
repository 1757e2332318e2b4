using Gateway.Host.Cli.Simulate.Scenarios;

namespace Gateway.Host.Cli.Simulate.Publishing;

/// <summary>
/// When the next message is due: a scenario's at its offset from the start; a recording's when the city's clock shows its time, or, without
/// a clock, one after another at the rate. What is past due goes out at once, in order.
/// </summary>
internal sealed class Pace
{
    // A timer is no finer than this, so messages due within it go together.
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(1L);
    private readonly SimulateOptions _options;
    private readonly CityClock _clock;
    private readonly TimeProvider _time;
    private readonly long _started;
    private long _count;

    /// <summary>Starts now.</summary>
    public Pace(SimulateOptions options, CityClock clock, TimeProvider time)
    {
        _options = options;
        _clock = clock;
        _time = time;
        _started = time.GetTimestamp();
    }

    /// <summary>Whether a replay's time is over. A scenario ends by itself; behind its time it still publishes everything.</summary>
    public bool IsOver => Replays && _options.Duration is { } duration && _time.GetElapsedTime(_started) >= duration;

    private bool Replays => _options.Scenario == ScenarioTable.Replay;

    private TimeSpan Elapsed => _time.GetElapsedTime(_started);

    /// <summary>How long until a message, the next one, is due; zero for at once.</summary>
    public TimeSpan UntilDue(in SimulatedMessage message)
    {
        TimeSpan wait = !Replays ? message.Offset - Elapsed
            : _options.PacedByClock ? _clock.Until(message.ObservedAt)
            : TimeSpan.FromSeconds(_count / _options.RatePerSecond) - Elapsed;
        return wait < Grain ? TimeSpan.Zero : wait;
    }

    /// <summary>Counts a message as published, for the rate.</summary>
    public void Count() => _count++;
}
