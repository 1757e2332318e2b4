namespace Gateway.Host.Cli.Simulate.Scenarios;

/// <summary>An incident on top of an ordinary day. Immutable, pure.</summary>
/// <param name="Affected">The devices it touches; while it lasts they report more often, as devices in alarm do.</param>
/// <param name="Disturb">What it does to one of them at a progress of the run from 0 to 1.</param>
internal sealed record Scenario(IReadOnlyList<SimulatedDevice> Affected, Func<SimulatedDevice, double, Disturbance> Disturb)
{
    /// <summary>An ordinary day.</summary>
    public static Scenario Calm { get; } = new([], static (_, _) => default);

    /// <summary>From which progress on the affected devices report more often.</summary>
    public double Begins { get; init; } = 0.1;
}
