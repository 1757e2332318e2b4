namespace Gateway.Host.Cli.Simulate.Scenarios;

/// <summary>What an incident adds to a device's ordinary values at one moment. The default adds nothing.</summary>
internal readonly record struct Disturbance
{
    /// <summary>Added smoke density, dB/m.</summary>
    public double SmokeDensity { get; init; }

    /// <summary>Added temperature, C.</summary>
    public double Temperature { get; init; }

    /// <summary>Added water level, m.</summary>
    public double WaterLevel { get; init; }

    /// <summary>Rainfall since the last report, mm.</summary>
    public double Rainfall { get; init; }

    /// <summary>The event to report in place of an ordinary one, or null.</summary>
    public string? Event { get; init; }
}
