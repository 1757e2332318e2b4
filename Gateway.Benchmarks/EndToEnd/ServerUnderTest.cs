namespace Gateway.Benchmarks.EndToEnd;

/// <summary>A server that takes the load.</summary>
internal abstract class ServerUnderTest : IAsyncDisposable
{
    /// <summary>Its name in the tables.</summary>
    public abstract string Name { get; }

    /// <summary>What a publisher may rely on once it has the PUBACK.</summary>
    public abstract string PubAckMeans { get; }

    /// <summary>Its process.</summary>
    public abstract int ProcessId { get; }

    /// <summary>MQTT port on loopback.</summary>
    public abstract int MqttPort { get; }

    /// <summary>Completes when everything that was acknowledged has had all its effects.</summary>
    /// <param name="messages">Messages acknowledged since the start.</param>
    /// <param name="cancellation">Breaks off.</param>
    public abstract Task CatchUpAsync(long messages, CancellationToken cancellation);

    /// <summary>Counters of its own; empty when it has none.</summary>
    public abstract Task<ServerCounters> CountersAsync(CancellationToken cancellation);

    /// <summary>Ends it in an orderly way.</summary>
    public abstract Task StopAsync(CancellationToken cancellation);

    /// <inheritdoc />
    public abstract ValueTask DisposeAsync();
}
