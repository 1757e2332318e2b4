namespace Gateway.Tests.Support;

/// <summary>How a <see cref="GatewayProcess"/> is started. Immutable.</summary>
public sealed record GatewayProcessSettings
{
    /// <summary>The data directory; null makes a temporary one that goes with the process.</summary>
    public string? Data { get; init; }

    /// <summary>More options of <c>serve</c>, such as <c>--city</c> or <c>--clock-speed</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>More environment variables.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>Port of both plaintext listeners: 0 picks free ones, -1 is none.</summary>
    public int PlaintextPort { get; init; }

    /// <summary>The hosting environment. Default Development: loopback clients need no credentials.</summary>
    public string Environment { get; init; } = "Development";

    /// <summary>A program that runs the gateway, with its arguments, such as strace; empty runs it directly.</summary>
    public IReadOnlyList<string> Wrapper { get; init; } = [];
}
