using System.IO.Pipelines;
using System.Net;
using Gateway.Host.Ingest.Connections;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Tests.Simulation.Network;

/// <summary>
/// One network connection between a client and a process of the gateway. Either end may be gone while the other has not noticed yet: then
/// bytes of the one that is gone may still arrive, and nothing comes back.
/// </summary>
internal sealed class SimulatedLink : IDuplexPipe
{
    private readonly SimulatedInput _input = new();
    private readonly SimulatedOutput _output = new();
    private Task? _serving;

    public SimulatedLink(int number, SimulatedDevice client)
    {
        Number = number;
        Client = client;
        Context = new DefaultConnectionContext($"link-{number}", this, this) { RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, 40_000), Transport = this };
    }

    /// <summary>Which it is.</summary>
    public int Number { get; }

    /// <summary>Who opened it.</summary>
    public SimulatedDevice Client { get; }

    /// <summary>The gateway's end.</summary>
    public DefaultConnectionContext Context { get; }

    /// <summary>The connection that serves it; null before, and when there were too many.</summary>
    public MqttConnection? Served { get; private set; }

    /// <summary>Bytes on their way to the gateway.</summary>
    public ByteStream ToGateway { get; } = new();

    /// <summary>Bytes on their way to the client.</summary>
    public ByteStream ToClient => _output.Sent;

    /// <summary>Whether the client is not there any more.</summary>
    public bool IsClientGone { get; private set; }

    /// <summary>Whether the gateway's end is closed.</summary>
    public bool IsServerGone { get; private set; }

    /// <summary>Whether nothing can happen on it any more.</summary>
    public bool IsOver => IsClientGone && IsServerGone;

    /// <inheritdoc />
    public PipeReader Input => _input;

    /// <inheritdoc />
    public PipeWriter Output => _output;

    /// <summary>The gateway takes the connection.</summary>
    public void Serve(SimulatedGateway gateway)
    {
        HashSet<MqttConnection> before = [.. gateway.Sessions.Connections()];
        _serving = gateway.Handler.OnConnectedAsync(Context);
        Served = gateway.Sessions.Connections().FirstOrDefault(c => !before.Contains(c));
        LookWhetherEnded();
    }

    /// <summary>Some bytes arrive at the gateway.</summary>
    public void DeliverToGateway(int count)
    {
        byte[] bytes = ToGateway.Take(count);
        if (!IsServerGone && bytes.Length > 0)
        {
            _input.Deliver(bytes);
            LookWhetherEnded();
        }
    }

    /// <summary>The client goes, without a word (half-open), with a FIN behind its bytes, or with a reset that overtakes them.</summary>
    public void ClientLeaves(bool reset)
    {
        IsClientGone = true;
        ToClient.Lose();
        _output.IsGone = true;
        if (reset)
        {
            ToGateway.Lose();
            if (!IsServerGone)
            {
                _input.Reset();
                LookWhetherEnded();
            }
        }
    }

    /// <summary>The gateway learns that the client is gone.</summary>
    public void NoticeClientGone()
    {
        if (!IsServerGone)
        {
            _input.End();
            LookWhetherEnded();
        }
    }

    /// <summary>The process at the gateway's end is gone; what it sent may still arrive.</summary>
    public void ServerDies()
    {
        IsServerGone = true;
        ToGateway.Lose();
    }

    /// <summary>When the gateway has closed the connection from outside its reader: the reader is woken, and ends it.</summary>
    public void Settle()
    {
        if (!IsServerGone && Served is { Machine.State: Gateway.Protocols.Mqtt.Sessions.ConnectionState.Closed, AwaitedEnd.IsCompleted: true })
        {
            _input.PassCancelOn();
            LookWhetherEnded();
        }
    }

    /// <summary>The log has made a commit that it may have waited for.</summary>
    public void Committed()
    {
        if (!IsServerGone)
        {
            LookWhetherEnded();
        }
    }

    private bool IsQuiet() => _input.IsWaiting || _serving!.IsCompleted || Served is { AwaitedEnd.IsCompleted: false };

    private void LookWhetherEnded()
    {
        // A connection that had many turns in a row goes on on another thread: nothing else happens until it waits again, for bytes or for a commit.
        bool isQuiet = IsQuiet() || SpinWait.SpinUntil(IsQuiet, TimeSpan.FromSeconds(20));
        SimulationFailure.Unless(isQuiet, $"link {Number}: the gateway's reader waits for something else than bytes");
        if (_serving!.IsCompleted)
        {
            _serving.GetAwaiter().GetResult();
            IsServerGone = true;
            ToGateway.Lose();
        }
    }
}
