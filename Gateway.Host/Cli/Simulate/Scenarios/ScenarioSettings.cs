using Gateway.Protocols.Readings;

namespace Gateway.Host.Cli.Simulate.Scenarios;

/// <summary>How a scenario is played. Immutable; together with a fleet it fixes every byte of the stream.</summary>
/// <param name="RatePerSecond">Messages a second of real time, over all devices.</param>
/// <param name="Duration">Length of the run, real time.</param>
/// <param name="Seed">Seed of all that is random.</param>
/// <param name="Start">The city's time at the start.</param>
/// <param name="Speed">How many times as fast as real time the city's time runs.</param>
internal sealed record ScenarioSettings(double RatePerSecond, TimeSpan Duration, int Seed, EventTime Start, double Speed)
{
    /// <summary>Messages in the whole run.</summary>
    public long MessageCount => (long)(RatePerSecond * Duration.TotalSeconds);
}
