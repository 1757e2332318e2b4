namespace Gateway.Benchmarks.EndToEnd;

/// <summary>What was asked for on the command line. Immutable.</summary>
internal sealed record EndToEndOptions
{
    /// <summary>Shapes to offer, in this order.</summary>
    public required IReadOnlyList<LoadShape> Shapes { get; init; }

    /// <summary>Messages of one run; null for the shape's own number.</summary>
    public required int? Messages { get; init; }

    /// <summary>Runs that count; one more before them does not.</summary>
    public required int Repetitions { get; init; }

    /// <summary>4 for MQTT 3.1.1, 5 for MQTT 5.0.</summary>
    public required int Protocol { get; init; }

    /// <summary><c>gateway.dll</c> or a published <c>gateway</c>.</summary>
    public required string Gateway { get; init; }

    /// <summary>The mosquitto binary, by path or by name; null to measure the gateway alone.</summary>
    public required string? Mosquitto { get; init; }

    /// <summary>Folder that takes the data directories while it runs: on the disk that is to be measured.</summary>
    public required string WorkFolder { get; init; }

    /// <summary>Background messages a second while breaches are timed.</summary>
    public required int LatencyRate { get; init; }

    /// <summary>Breaches to time.</summary>
    public required int Breaches { get; init; }

    /// <summary>Idle connections to open instead of comparing servers under load; 0 for none.</summary>
    public required int Connections { get; init; }

    /// <summary>Whether to time breaches instead of comparing servers.</summary>
    public required bool Latency { get; init; }
}
