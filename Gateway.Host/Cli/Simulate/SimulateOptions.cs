using Gateway.Host.Cli.Simulate.Replay;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Cli.Simulate;

/// <summary>What the command line asks for, checked. Immutable.</summary>
internal sealed record SimulateOptions
{
    /// <summary>A scenario's name, or <c>replay</c>.</summary>
    public required string Scenario { get; init; }

    /// <summary>Recordings to replay; empty for other scenarios.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>How the recordings are read.</summary>
    public ReplayOptions Replay { get; init; } = new();

    /// <summary>Number of devices; null for all of the city.</summary>
    public int? Devices { get; init; }

    /// <summary>City folder; null for the sample city, or none when <see cref="Devices"/> is given.</summary>
    public string? City { get; init; }

    /// <summary>Messages a second over all devices.</summary>
    public double RatePerSecond { get; init; } = 100;

    /// <summary>Length of the run; null is 2 minutes for a scenario and the whole recording for a replay.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Seed of all that is random.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The gateway's host.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The gateway's MQTT port.</summary>
    public int Port { get; init; } = 1883;

    /// <summary>What the city's clock shows at the start, for a gateway that does not say; null is now.</summary>
    public EventTime? ClockStart { get; init; }

    /// <summary>How fast the city's clock runs, for a gateway that does not say; null is real time.</summary>
    public double? ClockSpeed { get; init; }

    /// <summary>Whether a replay keeps the pace of the city's clock; otherwise it goes by the rate.</summary>
    public bool PacedByClock => ClockStart is not null || ClockSpeed is not null;
}
