using System.Diagnostics;
using System.Net.Sockets;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Conformance.Wire;
using Gateway.Tests.Support;

namespace Gateway.Tests.Hostile;

/// <summary>
/// A well-behaved v5 client that pings without pause while others attack. It has a thread and a blocking socket of its own, so that an
/// attacker that keeps the test's thread pool busy does not look like a slow gateway.
/// </summary>
public sealed class Bystander : IDisposable
{
    private const int PauseMilliseconds = 10;
    private const int PatienceMilliseconds = 30_000;

    private static int s_number;
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = PatienceMilliseconds };
    private readonly ManualResetEventSlim _stop = new();
    private readonly TaskCompletionSource<Exception?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private readonly int _process;
    private int _pings;
    private long _slowestTicks;
    private TimeSpan _mostWork;
    private long _peakBytes;

    /// <summary>Connects it and sets it going.</summary>
    public Bystander(GatewayProcess gateway)
    {
        _process = gateway.Id;
        _socket.Connect("127.0.0.1", gateway.MqttPort);
        _socket.Send(new ConnectOptions { ClientId = $"bystander-{Interlocked.Increment(ref s_number)}" }.ToPacket(MqttProtocolVersion.V5));
        Take(Take(2)[1]); // the CONNACK
        _thread = new Thread(Run) { IsBackground = true, Name = "bystander" };
        _thread.Start();
    }

    /// <summary>Completes when so many more pings are answered.</summary>
    public async Task ServedAsync(int pings)
    {
        int wanted = Volatile.Read(ref _pings) + pings;
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(PauseMilliseconds));
        while (Volatile.Read(ref _pings) < wanted && !_ended.Task.IsCompleted)
        {
            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>Ends it and says what it saw.</summary>
    /// <exception cref="Xunit.Sdk.XunitException">The gateway closed its connection or left it without an answer.</exception>
    public BystanderReport Stop()
    {
        _stop.Set();
        _thread.Join();
        Assert.True(_ended.Task.Result is null, $"the bystander was not served: {_ended.Task.Result}");
        return new BystanderReport(_pings, TimeSpan.FromSeconds(_slowestTicks / (double)Stopwatch.Frequency), _mostWork, _peakBytes);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _stop.Set();
        _socket.Dispose();
        _thread.Join();
        _stop.Dispose();
    }

    private void Run()
    {
        try
        {
            using Process gateway = Process.GetProcessById(_process);
            do
            {
                TimeSpan worked = gateway.TotalProcessorTime;
                long began = Stopwatch.GetTimestamp();
                _socket.Send(Packets.PingReq);
                Assert.Equal([0xD0, 0x00], Take(2));
                _slowestTicks = Math.Max(_slowestTicks, Stopwatch.GetTimestamp() - began);
                gateway.Refresh();
                worked = gateway.TotalProcessorTime - worked;
                _mostWork = worked > _mostWork ? worked : _mostWork;
                _peakBytes = Math.Max(_peakBytes, ResidentMemory.Of(_process));
                Interlocked.Increment(ref _pings);
            }
            while (!_stop.Wait(PauseMilliseconds));
            _ended.SetResult(null);
        }
        catch (Exception e)
        {
            _ended.SetResult(e); // told by Stop, on the test's own thread
        }
    }

    private byte[] Take(int count)
    {
        byte[] bytes = new byte[count];
        for (int at = 0; at < count;)
        {
            int read = _socket.Receive(bytes.AsSpan(at));
            at += read > 0 ? read : throw new InvalidOperationException("the gateway closed the bystander's connection");
        }

        return bytes;
    }
}
