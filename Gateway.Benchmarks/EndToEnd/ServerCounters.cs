namespace Gateway.Benchmarks.EndToEnd;

/// <summary>What the gateway's metrics count since its start; zeros for a server without such figures.</summary>
/// <param name="Gen0Collections">Garbage collections of generation 0.</param>
/// <param name="AllocatedBytes">Bytes allocated on the managed heap.</param>
/// <param name="Commits">Commits of the log, one fsync each.</param>
internal readonly record struct ServerCounters(long Gen0Collections, long AllocatedBytes, long Commits)
{
    /// <summary>What was added since <paramref name="earlier"/>.</summary>
    public ServerCounters Since(ServerCounters earlier) =>
        new(Gen0Collections - earlier.Gen0Collections, AllocatedBytes - earlier.AllocatedBytes, Commits - earlier.Commits);
}
