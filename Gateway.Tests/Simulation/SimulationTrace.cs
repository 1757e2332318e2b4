namespace Gateway.Tests.Simulation;

/// <summary>What happened, line by line: a hash over all of it and the last lines to show.</summary>
internal sealed class SimulationTrace
{
    private static readonly int Shown = int.TryParse(Environment.GetEnvironmentVariable("GATEWAY_SIMULATION_LINES"), out int lines) ? lines : 50;

    private readonly Queue<string> _last = new();
    private ulong _hash = 14695981039346656037;

    /// <summary>FNV-1a over every line.</summary>
    public ulong Hash => _hash;

    /// <summary>Lines so far.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a line. It holds nothing that differs from run to run: no bytes with a segment's random seed, no path, no real time.</summary>
    public void Add(string line)
    {
        foreach (char c in line)
        {
            _hash = (_hash ^ c) * 1099511628211;
        }

        _hash = (_hash ^ '\n') * 1099511628211;
        _last.Enqueue($"{Count++,6} {line}");
        if (_last.Count > Shown)
        {
            _last.Dequeue();
        }
    }

    /// <summary>The last lines.</summary>
    public override string ToString() => string.Join('\n', _last);
}
