using System.Collections.Concurrent;

namespace Gateway.Host.Cli.Simulate.Publishing;

/// <summary>The connections of all devices of a run, by device id.</summary>
internal sealed class FleetConnections(DeviceConnector connector, TimeProvider time) : IAsyncDisposable
{
    private const int ConnectParallelism = 32;
    private static readonly TimeSpan FinishLimit = TimeSpan.FromSeconds(10L);
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(5L);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(1L); // a timer cannot wait for months
    private readonly ConcurrentDictionary<string, DeviceConnection> _connections = new(StringComparer.Ordinal);

    /// <summary>The connection of the first device, or null when there are none.</summary>
    public DeviceConnection? First { get; private set; }

    /// <summary>Connects all devices and announces them online; empty, or the first error.</summary>
    public async Task<string> ConnectAsync(IReadOnlyList<SimulatedDevice> devices, CancellationToken cancellation)
    {
        if (devices.Count == 0)
        {
            return "";
        }

        // The first alone: a wrong port is one error, not thirty-two, and the city's clock is known early.
        string error = await ConnectAsync(devices[0], cancellation);
        if (error.Length > 0)
        {
            return error;
        }

        First = _connections[devices[0].Id];
        ConcurrentQueue<string> errors = new();
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = ConnectParallelism, CancellationToken = cancellation };
        await Parallel.ForEachAsync(devices.Skip(1), parallel, async (device, stop) =>
        {
            string failed = errors.IsEmpty ? await ConnectAsync(device, stop) : "";
            if (failed.Length > 0)
            {
                errors.Enqueue(failed);
            }
        });
        return errors.TryDequeue(out string? first) ? first : "";
    }

    /// <summary>Publishes the messages at their pace, until they or the run's time end or it is cancelled.</summary>
    public async Task PublishAsync(IEnumerable<SimulatedMessage> messages, Pace pace, CancellationToken cancellation)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task pinging = PingAsync(stop.Token);
        try
        {
            foreach (SimulatedMessage message in messages)
            {
                for (TimeSpan wait = pace.UntilDue(message); wait > TimeSpan.Zero; wait = pace.UntilDue(message))
                {
                    await Task.Delay(wait < LongestDelay ? wait : LongestDelay, time, cancellation);
                }

                if (pace.IsOver)
                {
                    break;
                }

                pace.Count();
                await _connections[message.Device.Id].PublishAsync(message.Topic, message.Payload, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Ctrl-C ends the run early; what was published is still waited for and told.
        }

        await stop.CancelAsync();
        await pinging;
    }

    /// <summary>Waits for the missing acknowledgements, for a limited time, and closes all connections.</summary>
    public async Task FinishAsync()
    {
        using CancellationTokenSource limit = new(FinishLimit, time);
        await Task.WhenAll(_connections.Values.Select(async connection =>
        {
            try
            {
                await connection.FinishAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                // What is not answered by now is closed below, and counted as lost.
            }
        }));
        await DisposeAsync();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (DeviceConnection connection in _connections.Values)
        {
            await connection.DisposeAsync();
        }
    }

    private async Task<string> ConnectAsync(SimulatedDevice device, CancellationToken cancellation)
    {
        (DeviceConnection? connection, string error) = await connector.ConnectAsync(device, cancellation);
        if (connection is null)
        {
            return error;
        }

        _connections[device.Id] = connection;
        await connection.PublishStatusAsync(DeviceConnector.Online, cancellation);
        return "";
    }

    private async Task PingAsync(CancellationToken stop)
    {
        using PeriodicTimer timer = new(PingInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                foreach (DeviceConnection connection in _connections.Values)
                {
                    await connection.PingIfIdleAsync(stop);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The run has ended.
        }
    }
}
