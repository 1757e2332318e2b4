using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Gateway.Host.Access;
using Gateway.Host.IngestLog;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Mqtt.Sessions;
using Gateway.Protocols.Readings;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Host.Ingest;

/// <summary>
/// One network connection: reads packets, hands messages to the door and everything else to the protocol's state machine, writes
/// acknowledgements when the log says they are due. The reader loop is its only caller but for the committer, the sweep and a takeover,
/// which come in under the session's gate.
/// </summary>
internal sealed class MqttConnection : CommitListener
{
    private readonly ConnectionContext _transport;
    private readonly MqttServer _server;
    private readonly MessageIntake _intake;
    private readonly ControlIntake _control;
    private object _gate = new();
    private byte[] _scratch = [];
    private readonly EventTime _openedAt;
    private EventTime _lastHeard;
    private volatile bool _heldBack;
    private ConnectPacket? _pendingConnect;

    /// <summary>Takes a fresh network connection.</summary>
    public MqttConnection(ConnectionContext transport, MqttServer server)
    {
        _transport = transport;
        _server = server;
        Machine = new MqttServerConnection(server.Options.Limits);
        Output = new ConnectionOutput(ByteSinks.Of(transport), FlushSession);
        _intake = new MessageIntake(server, this);
        _control = new ControlIntake(server, this, _intake);
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

    /// <inheritdoc cref="MessageIntake.IsRouting" />
    public bool IsRouting => _intake.IsRouting;

    /// <inheritdoc cref="MessageIntake.Routed" />
    public long Routed => _intake.Routed;

    /// <summary>Reads until the connection ends.</summary>
    public async Task RunAsync()
    {
        PipeReader input = _transport.Transport.Input;
        while (true)
        {
            ReadResult read = await input.ReadAsync().ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = read.Buffer;
            SequencePosition consumed = Process(buffer);
            bool moreToDo = _intake.Space is not null || _pendingConnect is not null;
            input.AdvanceTo(consumed, moreToDo ? consumed : buffer.End);
            if (_pendingConnect is { } connect)
            {
                _pendingConnect = null;
                await AdmitAsync(connect).ConfigureAwait(false);
            }

            RouteGathered();
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
        }
    }

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

            if (Session is { Retained.WaitingCount: > 0 })
            {
                ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.PumpRetained(), this, preferLocal: false);
            }
        }
    }

    private void PumpRetained()
    {
        if (Session is { } session && !_intake.AwaitsReply)
        {
            session.Retained.Pump(_server.Retained, _server.Clock);
        }
    }

    /// <summary>Publishes a Will in the client's name.</summary>
    public void PublishWill(Will will) => _intake.PublishWill(will);

    private SequencePosition Process(in ReadOnlySequence<byte> buffer)
    {
        lock (_gate)
        {
            if (Machine.State == ConnectionState.AwaitingConnect)
            {
                return ProcessConnect(buffer);
            }

            using ConnectionOutput.Scope scope = Output.Begin();
            return ProcessPackets(buffer, scope.Writer);
        }
    }

    private SequencePosition ProcessPackets(in ReadOnlySequence<byte> buffer, IBufferWriter<byte> output)
    {
        ReadOnlySequence<byte> rest = buffer;
        EventTime now = _server.Clock.Now;
        EventTime steady = _server.Clock.Steady;
        int limit = _server.Options.Limits.EffectivePacketSizeBytes;
        if (!rest.IsEmpty)
        {
            _lastHeard = steady;
        }

        while (Machine.State == ConnectionState.Connected && !rest.IsEmpty)
        {
            ReadOnlySpan<byte> first = rest.FirstSpan;
            int at = 0;
            while (Machine.State == ConnectionState.Connected
                && FixedHeader.TryRead(first[at..], limit, out FixedHeader header) == FrameStatus.Ok
                && header.TotalLengthBytes <= first.Length - at)
            {
                if (!Take(header, first.Slice(at + header.HeaderLengthBytes, header.BodyLengthBytes), now, steady, output))
                {
                    return rest.GetPosition(at);
                }

                at += header.TotalLengthBytes;
            }

            rest = rest.Slice(at);
            if (Machine.State != ConnectionState.Connected || rest.IsEmpty || !TakeSplit(ref rest, limit, now, steady, output))
            {
                break;
            }
        }

        return rest.Start;
    }

    /// <summary>One packet that does not lie in one piece, or is not whole yet, or never will be. False when nothing more can be done now.</summary>
    private bool TakeSplit(ref ReadOnlySequence<byte> rest, int limit, EventTime now, EventTime steady, IBufferWriter<byte> output)
    {
        FrameStatus status = FixedHeader.TryRead(rest, limit, out FixedHeader header);
        if (status is FrameStatus.Malformed or FrameStatus.TooLarge)
        {
            if (status == FrameStatus.TooLarge)
            {
                _server.Door.Ledger.Reject(Pipeline.Rejection.PacketTooLarge);
            }

            Machine.Fail(FixedHeader.ErrorOf(status), steady, output);
            rest = rest.Slice(rest.End);
            return false;
        }

        if (status == FrameStatus.NeedMore || header.TotalLengthBytes > rest.Length)
        {
            return false;
        }

        ReadOnlySequence<byte> body = rest.Slice(header.HeaderLengthBytes, header.BodyLengthBytes);
        if (!Take(header, Contiguous(body), now, steady, output))
        {
            return false;
        }

        rest = rest.Slice(header.TotalLengthBytes);
        return true;
    }

    private ReadOnlySpan<byte> Contiguous(in ReadOnlySequence<byte> body)
    {
        if (body.IsSingleSegment)
        {
            return body.FirstSpan;
        }

        int length = (int)body.Length;
        if (_scratch.Length < length)
        {
            _scratch = new byte[length];
        }

        body.CopyTo(_scratch);
        return _scratch.AsSpan(0, length);
    }

    /// <summary>One whole packet. False when it must come again: the log has no space at the moment.</summary>
    private bool Take(in FixedHeader header, ReadOnlySpan<byte> body, EventTime now, EventTime steady, IBufferWriter<byte> output)
    {
        if (header.Type == PacketType.Publish)
        {
            return _intake.Take(header, body, now, steady, output);
        }

        _control.Take(header, body, steady, output);
        return true;
    }

    private SequencePosition ProcessConnect(in ReadOnlySequence<byte> buffer)
    {
        using ConnectionOutput.Scope scope = Output.Begin();
        FrameStatus status = FixedHeader.TryRead(buffer, Math.Min(_server.Options.Limits.EffectivePacketSizeBytes, MqttServer.ConnectSizeLimitBytes), out FixedHeader header);
        if (status is FrameStatus.Malformed or FrameStatus.TooLarge)
        {
            Machine.Fail(FixedHeader.ErrorOf(status), _server.Clock.Steady, scope.Writer);
            return buffer.End;
        }

        if (status == FrameStatus.NeedMore || header.TotalLengthBytes > buffer.Length)
        {
            return buffer.Start;
        }

        _lastHeard = _server.Clock.Steady;
        ReadOnlySpan<byte> body = Contiguous(buffer.Slice(header.HeaderLengthBytes, header.BodyLengthBytes));
        if (Machine.TryReceiveConnect(header, body, scope.Writer, out ConnectPacket? packet))
        {
            _pendingConnect = packet;
        }

        return buffer.GetPosition(header.TotalLengthBytes);
    }

    /// <summary>Lets the client in or not; without any gate, for it may wait for a password to be checked and takes the gates of others.</summary>
    private async ValueTask AdmitAsync(ConnectPacket packet)
    {
        string clientId = packet.ClientId.Length > 0 ? packet.ClientId : SessionRegistry.NewClientId();
        AdmissionVerdict verdict = await _server.AdmitAsync(packet, clientId, ClientOrigin.Of(_transport)).ConfigureAwait(false);
        if (verdict.Principal is null)
        {
            Refuse(verdict.Reason, verdict.ReasonText);
            return;
        }

        Principal = verdict.Principal;
        _intake.ClientId = Encoding.UTF8.GetBytes(clientId);
        _server.Sessions.Attach(this, clientId, packet.CleanStart, (machine, present) => new ConnectAcceptance
        {
            Session = machine,
            SessionPresent = present,
            AssignedClientId = packet.ClientId.Length == 0 ? clientId : null,
            UserProperties = _server.ClockProperties(),
        });
    }

    /// <summary>Delivers what the last packets brought: it needs the gates of others.</summary>
    private void RouteGathered()
    {
        _intake.Route();
        PumpRetained();
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

        PumpRetained();
    }
}
