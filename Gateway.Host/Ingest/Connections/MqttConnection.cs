using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Gateway.Host.Access;
using Gateway.Host.Ingest.Sessions;
using Gateway.Host.IngestLog;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Mqtt.Sessions;
using Gateway.Protocols.Readings;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Host.Ingest.Connections;

/// <summary>
/// One network connection: reads packets, hands messages to the door and everything else to the protocol's state machine, writes
/// acknowledgements when the log says they are due. The reader loop is its only caller but for the committer, the sweep and a takeover,
/// which come in under the session's gate.
/// </summary>
internal sealed class MqttConnection : CommitListener
{
    private const int WillOverheadBytes = 256;

    private static long s_connections;

    private readonly long _number = Interlocked.Increment(ref s_connections);
    private readonly ConnectionContext _transport;
    private readonly MqttServer _server;
    private readonly MessageIntake _intake;
    private object _gate = new();
    private readonly InboundPackets _packets;
    private readonly EventTime _openedAt;
    private EventTime _lastHeard;
    private volatile bool _heldBack;
    private int _willBytes;

    /// <summary>Takes a fresh network connection.</summary>
    public MqttConnection(ConnectionContext transport, MqttServer server)
    {
        _transport = transport;
        _server = server;
        Machine = new MqttServerConnection(server.Options.Limits);
        Output = new ConnectionOutput(ByteSinks.Of(transport), server.Budgets.Queues, FlushSession);
        _intake = new MessageIntake(server, this);
        _packets = new InboundPackets(server, this, _intake, new ControlIntake(server, this, _intake));
        _openedAt = _lastHeard = server.Clock.Steady;
    }

    /// <summary>The protocol's state of this connection; under the session's gate.</summary>
    public MqttServerConnection Machine { get; }

    /// <summary>What leaves for the client.</summary>
    public ConnectionOutput Output { get; }

    /// <summary>The session; null before a CONNECT was accepted.</summary>
    public ClientSession? Session { get; private set; }

    /// <summary>Who it is; null before a CONNECT was accepted.</summary>
    public ClientPrincipal? Principal { get; private set; }

    /// <summary>The end of a former session that its CONNACK waits for, or has waited for.</summary>
    public Task<bool> AwaitedEnd { get; private set; } = Task.FromResult(true);

    /// <inheritdoc cref="MessageIntake.IsRouting" />
    public bool IsRouting => _intake.IsRouting;

    /// <inheritdoc cref="MessageIntake.Routed" />
    public long Routed => _intake.Routed;

    /// <inheritdoc cref="MessageIntake.AwaitsReply" />
    public bool AwaitsReply => _intake.AwaitsReply;

    /// <summary>Reads until the connection ends.</summary>
    public async Task RunAsync()
    {
        PipeReader input = _transport.Transport.Input;
        while (true)
        {
            ReadResult read = await input.ReadAsync().ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = read.Buffer;
            SequencePosition consumed = Process(buffer);
            bool moreToDo = _intake.Space is not null || _packets.Connect is not null || _packets.IsInterrupted;
            input.AdvanceTo(consumed, moreToDo ? consumed : buffer.End);
            if (_packets.Connect is { } connect)
            {
                _packets.Connect = null;
                await AdmitAsync(connect).ConfigureAwait(false);
            }

            await _intake.RouteAsync().ConfigureAwait(false);
            await PumpRetainedAsync().ConfigureAwait(false);
            if (Machine.State == ConnectionState.Closed || (read.IsCompleted && !moreToDo))
            {
                return;
            }

            if (_intake.Space is { } space)
            {
                _heldBack = true; // the silence that follows is the gateway's
                await space.ConfigureAwait(false);
                _lastHeard = _server.Clock.Steady;
                _heldBack = false;
            }

            if (ThreadTurns.IsOver(_number))
            {
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            }

            if (Output.IsCongested)
            {
                // Whoever sends and does not read its acknowledgements is read no further.
                await Output.Drained().ConfigureAwait(false);
            }
        }
    }

    /// <summary>The registry has found the session; under its gate.</summary>
    public void Accept(ClientSession session, ConnectAcceptance acceptance, EventTime now)
    {
        lock (_gate)
        {
            Session = session;
            _lastHeard = now;
            if (Machine.State == ConnectionState.AwaitingDecision)
            {
                using ConnectionOutput.Scope scope = Output.Begin();
                Machine.Accept(acceptance, now, scope.Writer);
            }
        }

        _gate = session.Gate;
    }

    /// <summary>The registry has no session for it.</summary>
    public void Refuse(ReasonCode reason, string reasonText)
    {
        lock (_gate)
        {
            _server.Refused();
            if (Machine.State == ConnectionState.AwaitingDecision)
            {
                using ConnectionOutput.Scope scope = Output.Begin();
                Machine.Refuse(reason, reasonText, scope.Writer);
            }
        }
    }

    /// <summary>Another connection of the same client takes the session; under its gate.</summary>
    public void TakeOver() => CloseUnderGate(ReasonCode.SessionTakenOver);

    /// <summary>The network is gone, or the reader is done with it.</summary>
    public void Lost()
    {
        lock (_gate)
        {
            Machine.ConnectionLost(_server.Clock.Steady);
            _packets.End();
        }
    }

    /// <summary>The client gave a sign of life.</summary>
    public void Heard(EventTime steady) => _lastHeard = steady;

    /// <summary>Ends the network connection without waiting for the client to take what it is owed.</summary>
    public void Abort() => _transport.Abort();

    /// <summary>Closes with a reason.</summary>
    public void Close(ReasonCode reason)
    {
        lock (_gate)
        {
            CloseUnderGate(reason);
        }
    }

    /// <summary>Whether it may go on with a session: its subscriptions are such as the principal may make today.</summary>
    public bool MayResume(ClientSession session) => session.Machine.Subscriptions.Values.All(s => _server.Door.MaySubscribe(Principal!, s.Filter));

    /// <summary>
    /// Closes when the client has been silent for 1.5 times its keep alive, or has not sent its CONNECT in time, or when the credential it
    /// was let in with is withdrawn.
    /// </summary>
    public void CloseIfDue(EventTime now)
    {
        lock (_gate)
        {
            if (Machine.State == ConnectionState.AwaitingConnect && now - _openedAt > _server.Options.ConnectTimeout)
            {
                CloseUnderGate(ReasonCode.KeepAliveTimeout);
            }
            else if (Machine.State == ConnectionState.Connected && !_heldBack && Machine.Settings!.SilenceLimit is var limit && limit > TimeSpan.Zero && now - _lastHeard > limit)
            {
                CloseUnderGate(ReasonCode.KeepAliveTimeout);
            }
            else if (Machine.State == ConnectionState.Connected && Principal!.Credential is { IsWithdrawn: true })
            {
                CloseUnderGate(ReasonCode.AdministrativeAction);
            }
        }
    }

    /// <inheritdoc />
    public override void OnCommitted(int count, bool durable)
    {
        lock (_gate)
        {
            using ConnectionOutput.Scope scope = Output.Begin();
            if (!_intake.Acknowledge(count, durable, scope.Writer))
            {
                CloseUnderGate(ReasonCode.QuotaExceeded);
            }

        }

        PumpRetainedApart();
    }

    /// <summary>Publishes a Will in the client's name, which is then over.</summary>
    public async Task PublishWillAsync(Will will)
    {
        await _intake.PublishWillAsync(will).ConfigureAwait(false);
        ReturnWill();
    }

    /// <summary>There is no Will any more that would have to be kept.</summary>
    public void ReturnWill() => _server.Budgets.Sessions.Return(Interlocked.Exchange(ref _willBytes, 0));

    private ValueTask PumpRetainedAsync() =>
        Session is { Retained.WaitingCount: > 0 } session ? session.Retained.PumpAsync(_server.Retained, _server.Clock) : ValueTask.CompletedTask;

    /// <summary>As <see cref="PumpRetainedAsync"/>, from a thread that has something else to do.</summary>
    private void PumpRetainedApart()
    {
        if (Session is { Retained.WaitingCount: > 0 })
        {
            ThreadPool.UnsafeQueueUserWorkItem(static connection => _ = connection.PumpRetainedAsync().AsTask(), this, preferLocal: false);
        }
    }

    private SequencePosition Process(in ReadOnlySequence<byte> buffer)
    {
        lock (_gate)
        {
            using ConnectionOutput.Scope scope = Output.Begin();
            return Machine.State == ConnectionState.AwaitingConnect ? _packets.TakeConnect(buffer, scope.Writer) : _packets.Take(buffer, scope.Writer);
        }
    }

    /// <summary>Lets the client in or not; without any gate, for it may wait for a password to be checked and takes the gates of others.</summary>
    private async ValueTask AdmitAsync(ConnectPacket packet)
    {
        string clientId = packet.ClientId.Length > 0 ? packet.ClientId : NewClientId();
        AdmissionVerdict verdict = await _server.AdmitAsync(packet, clientId, ClientOrigin.Of(_transport)).ConfigureAwait(false);
        if (verdict.Principal is null)
        {
            Refuse(verdict.Reason, verdict.ReasonText);
            return;
        }

        if (packet.Will is { } kept && !TryKeep(kept))
        {
            Refuse(ReasonCode.QuotaExceeded, "the sessions and wills of all clients are as large as they may be: Gateway:Mqtt:SessionLimitBytes");
            return;
        }

        Principal = verdict.Principal;
        _intake.ClientId = Encoding.UTF8.GetBytes(clientId);
        Attachment attachment;
        while ((attachment = Attach(clientId, packet)).Former is { } former)
        {
            AwaitedEnd = former.Written;
            bool isWritten = await former.Written.ConfigureAwait(false);
            _server.Sessions.Finish(former.Session, former.Written);
            if (!isWritten)
            {
                Refuse(ReasonCode.ServerUnavailable, "the end of the former session could not be stored, try again");
                return;
            }
        }

        if (attachment.Will is { } will)
        {
            await will.Connection.PublishWillAsync(will.Will).ConfigureAwait(false);
        }
    }

    /// <summary>For a client that came without one [MQTT-3.1.3-6].</summary>
    private static string NewClientId() => "auto-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(10));

    private Attachment Attach(string clientId, ConnectPacket packet) => _server.Sessions.Attach(this, clientId, packet.CleanStart, (machine, present) => new ConnectAcceptance
    {
        Session = machine,
        SessionPresent = present,
        AssignedClientId = packet.ClientId.Length == 0 ? clientId : null,
        UserProperties = _server.ClockProperties(),
    });

    private bool TryKeep(Will will)
    {
        int bytes = WillOverheadBytes + (2 * will.Topic.Length) + will.Payload.Length + will.Properties.ToBytes().Length;
        bool isKept = _server.Budgets.Sessions.TryTake(bytes);
        _willBytes = isKept ? bytes : 0;
        return isKept;
    }

    private void CloseUnderGate(ReasonCode reason)
    {
        using (ConnectionOutput.Scope scope = Output.Begin())
        {
            Machine.Close(reason, null, _server.Clock.Steady, scope.Writer);
        }

        // Not from here: it may run the reader's loop at once, on this thread and under this gate, and the loop wants the registry.
        ThreadPool.UnsafeQueueUserWorkItem(static input => input.CancelPendingRead(), _transport.Transport.Input, preferLocal: false);
        Output.Wake();
    }

    private void FlushSession()
    {
        lock (_gate)
        {
            if (Machine.State == ConnectionState.Connected && Session is { } session)
            {
                using ConnectionOutput.Scope scope = Output.Begin();
                session.Machine.Flush(_server.Clock.Steady, scope.Writer);
            }
        }

        PumpRetainedApart();
    }
}
