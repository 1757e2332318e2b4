namespace Gateway.Benchmarks.EndToEnd;

/// <summary>How messages are offered. Immutable.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Connections">Devices that publish, one connection each.</param>
/// <param name="Window">Unacknowledged messages of one connection at most.</param>
/// <param name="RatePerSecond">Messages a second over all connections; 0 for as fast as the server acknowledges.</param>
/// <param name="Messages">Messages of one run when nothing else is asked for.</param>
internal sealed record LoadShape(string Name, int Connections, int Window, int RatePerSecond, int Messages)
{
    /// <summary>Few connections that never wait: bridges, and devices that empty their memory. The cost of the work itself.</summary>
    public static readonly LoadShape Pipelined = new("pipelined", 8, 500, 0, 400_000);

    /// <summary>Every device waits for its PUBACK before it sends again: one read and one write of the kernel a message.</summary>
    public static readonly LoadShape Unpipelined = new("unpipelined", 1000, 1, 0, 100_000);

    /// <summary>A city on an ordinary day: many devices, none in a hurry.</summary>
    public static readonly LoadShape Paced = new("paced", 1000, 100, 20_000, 100_000);

    /// <summary>
    /// Whether each run takes devices that were silent before: with few connections a device sends more than a message a millisecond, so
    /// its time is spread over the minute before the run, and a second run would begin before the first ended.
    /// </summary>
    public bool NeedsFreshDevices => Connections < 1000;

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<LoadShape> All = [Pipelined, Unpipelined, Paced];
}
