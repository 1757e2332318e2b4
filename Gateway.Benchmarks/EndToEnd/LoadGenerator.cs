using System.Diagnostics;
using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Benchmarks.EndToEnd;

/// <summary>
/// Publishes smoke messages from many connections on the calling thread and waits for every acknowledgement. Devices keep the rules a
/// real one keeps: their time only moves forward, and stays near the world's.
/// </summary>
internal sealed class LoadGenerator : IDisposable
{
    /// <summary>A message of one connection is a millisecond after the one before, so more would be too old to be judged by rules.</summary>
    public const int MessagesPerConnectionLimit = 250_000;

    private static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(30);

    private readonly LoadShape _shape;
    private readonly ReadinessSet _ready = new();
    private readonly byte[] _buffer = new byte[256 * 1024];
    private readonly LatencyHistogram _latencies = new();
    private readonly LoadConnection[] _connections;
    private long _sent;
    private long _acknowledged;

    private LoadGenerator(LoadShape shape, LoadConnection[] connections)
    {
        _shape = shape;
        _connections = connections;
    }

    /// <summary>Messages sent so far; may be read from another thread.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Opens the connections of a run and waits until all are accepted.</summary>
    /// <param name="shape">How the load is offered.</param>
    /// <param name="firstDevice">Number of the first device; a run after another needs devices whose time has not moved on so far.</param>
    /// <param name="port">MQTT port on loopback.</param>
    /// <param name="version">Protocol version.</param>
    public static LoadGenerator Connect(LoadShape shape, int firstDevice, int port, MqttProtocolVersion version)
    {
        LoadGenerator generator = new(shape, [.. Enumerable.Range(firstDevice, shape.Connections)
            .Select(device => new LoadConnection(SmokeMessage.DeviceId(device), port, shape.Window, version))]);
        generator.AwaitAccepted();
        return generator;
    }

    /// <summary>Sends so many messages in all and waits for their acknowledgements.</summary>
    /// <exception cref="MeasurementException">The server closed, refused, or acknowledged nothing for half a minute.</exception>
    public LoadResult Run(int messages)
    {
        Share(messages);
        TimeSpan cpuBefore = ProcessFigures.CpuTime(Environment.ProcessId);
        long start = Stopwatch.GetTimestamp();
        long lastProgress = start;
        int turn = 0;
        while (_acknowledged < messages)
        {
            long before = _sent + _acknowledged;
            bool wantsMore = _shape.RatePerSecond > 0 ? SendDue(start, messages, ref turn) : SendAll();
            Receive(wantsMore ? 0 : _shape.RatePerSecond > 0 ? 1 : 100);
            if (_sent + _acknowledged != before)
            {
                lastProgress = Stopwatch.GetTimestamp();
            }
            else if (Stopwatch.GetElapsedTime(lastProgress) > StallLimit)
            {
                throw new MeasurementException($"stalled: {_sent} sent, {_acknowledged} acknowledged");
            }
        }

        return new LoadResult(messages, Stopwatch.GetElapsedTime(start), ProcessFigures.CpuTime(Environment.ProcessId) - cpuBefore, _latencies);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (LoadConnection connection in _connections)
        {
            connection.Dispose();
        }

        _ready.Dispose();
    }

    private void AwaitAccepted()
    {
        for (int i = 0; i < _connections.Length; i++)
        {
            _ready.Add(_connections[i].Socket, i);
        }

        long start = Stopwatch.GetTimestamp();
        while (_connections.Any(c => !c.IsConnected))
        {
            Receive(100);
            if (Stopwatch.GetElapsedTime(start) > StallLimit)
            {
                throw new MeasurementException($"{_connections.Count(c => !c.IsConnected)} of {_connections.Length} connections were not accepted");
            }
        }
    }

    private void Share(int messages)
    {
        int most = (messages + _connections.Length - 1) / _connections.Length;
        long firstTimestamp = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - most;
        for (int i = 0; i < _connections.Length; i++)
        {
            _connections[i].Quota = (messages / _connections.Length) + (i < messages % _connections.Length ? 1 : 0);
            _connections[i].FirstTimestamp = firstTimestamp;
        }
    }

    /// <summary>Everything the windows allow. True when a connection could send more at once.</summary>
    private bool SendAll()
    {
        bool wantsMore = false;
        long now = Stopwatch.GetTimestamp();
        for (int i = 0; i < _connections.Length; i++)
        {
            LoadConnection connection = _connections[i];
            _sent += Send(connection, i, long.MaxValue, now);
            wantsMore |= !connection.IsBlocked && connection.Sent < connection.Quota && connection.Sent - connection.Acknowledged < _shape.Window;
        }

        return wantsMore;
    }

    /// <summary>What is due by now, one message of a connection in turn; a connection whose window is full loses its turn, not the message.</summary>
    private bool SendDue(long start, int messages, ref int turn)
    {
        long due = Math.Min(messages, (long)(Stopwatch.GetElapsedTime(start).TotalSeconds * _shape.RatePerSecond));
        for (int tries = 0; _sent < due && tries < _connections.Length; tries++)
        {
            int sent = Send(_connections[turn], turn, 1, Stopwatch.GetTimestamp());
            tries = sent > 0 ? -1 : tries;
            Volatile.Write(ref _sent, _sent + sent);
            turn = (turn + 1) % _connections.Length;
        }

        return false;
    }

    private int Send(LoadConnection connection, int number, long allowed, long now)
    {
        bool was = connection.IsBlocked;
        int sent = connection.Fill(allowed, now);
        if (connection.IsBlocked && !was)
        {
            _ready.Watch(connection.Socket, number, ReadinessSet.Readable | ReadinessSet.Writable);
        }

        return sent;
    }

    private void Receive(int timeoutMilliseconds)
    {
        int ready = _ready.Wait(timeoutMilliseconds);
        for (int i = 0; i < ready; i++)
        {
            (int number, uint events) = _ready[i];
            LoadConnection connection = _connections[number];
            if (connection.IsBlocked && (events & ReadinessSet.Writable) != 0)
            {
                connection.Flush();
                if (!connection.IsBlocked)
                {
                    _ready.Watch(connection.Socket, number, ReadinessSet.Readable);
                }
            }

            if ((events & ~ReadinessSet.Writable) != 0)
            {
                _acknowledged += connection.Receive(_buffer, _latencies, Stopwatch.GetTimestamp);
            }
        }
    }
}
