using System.Buffers;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Readings;

namespace Gateway.Protocols.Mqtt.Sessions;

/// <summary>
/// One network connection seen from the server: packets in, packets out, decisions left to the host. No I/O, no clock.
/// <list type="bullet">
/// <item>AwaitingConnect, TryReceiveConnect: to AwaitingDecision, or refused to Closed;</item>
/// <item>AwaitingDecision, Accept: to Connected; Refuse: to Closed;</item>
/// <item>Connected, DISCONNECT or an error or Close or ConnectionLost: to Closed.</item>
/// </list>
/// What it writes goes to the output given with each call; after <see cref="ConnectionState.Closed"/> the host flushes and closes the
/// socket. Not thread-safe: the host locks a connection and its session together.
/// </summary>
public sealed class MqttServerConnection
{
    private readonly MqttLimits _limits;
    private ConnectPacket? _connect;
    private InboundFlow? _inbound;
    private ParseContext _context;
    private byte _level;

    /// <summary>Creates the machine of a fresh network connection.</summary>
    public MqttServerConnection(MqttLimits limits)
    {
        _limits = limits;
        _context = new ParseContext(MqttProtocolVersion.V5, PacketSender.Client, limits.UserProperties, limits.FiltersPerPacket);
    }

    /// <summary>Where it stands.</summary>
    public ConnectionState State { get; private set; }

    /// <summary>What was agreed; null before a valid CONNECT.</summary>
    public ConnectionSettings? Settings { get; private set; }

    /// <summary>The session; null before Accept.</summary>
    public MqttSession? Session { get; private set; }

    /// <summary>
    /// The Will to publish now that, or if, the connection ends: null when there is none or the client took its leave properly
    /// [MQTT-3.14.4-3]. Its delay is cut short by the end of the session (v5 section 3.1.3.2.2).
    /// </summary>
    public Will? Will { get; private set; }

    /// <summary>Why it was closed, when it was for an error of the client; for the log and the metrics.</summary>
    public ParseError Error { get; private set; }

    /// <summary>What the client or the server gave as the reason for closing; Success while open.</summary>
    public ReasonCode CloseReason { get; private set; }

    /// <summary>Messages received and not yet acknowledged.</summary>
    public int InboundInFlight => _inbound?.InFlightCount ?? 0;

    /// <summary>
    /// Takes the first packet. True: the host authenticates <paramref name="packet"/>, finds or makes the session (an empty client id
    /// wants one from the host), and calls <see cref="Accept"/> or <see cref="Refuse"/>. False: refused and closed.
    /// </summary>
    public bool TryReceiveConnect(in FixedHeader header, ReadOnlySpan<byte> body, IBufferWriter<byte> output, out ConnectPacket? packet)
    {
        Require(ConnectionState.AwaitingConnect);
        ParseError error = ConnectHandshake.Read(header, body, _limits, out packet, out _level);
        if (error.IsError)
        {
            uint? limit = packet?.Properties.MaximumPacketSizeBytes;
            packet = null;
            Error = error;
            End(error.Reason);
            ConnectHandshake.WriteRefusal(output, _level, error.Reason, error.ToString(), limit);
            return false;
        }

        _connect = packet;
        _context = _context with { Version = packet!.Version };
        Settings = ConnectionSettings.From(packet, _limits);
        State = ConnectionState.AwaitingDecision;
        return true;
    }

    /// <summary>
    /// Accepts the CONNECT: writes CONNACK, then what the session still owes the client. A client that cannot take even the CONNACK is
    /// refused instead, and the session is left as it was.
    /// </summary>
    /// <exception cref="InvalidOperationException">No decision is awaited, or the session has another connection.</exception>
    public void Accept(ConnectAcceptance acceptance, EventTime now, IBufferWriter<byte> output)
    {
        Require(ConnectionState.AwaitingDecision);
        ConnectPacket connect = _connect!;
        if (!ConnectHandshake.TryWriteAcceptance(output, connect, Settings!, acceptance, _limits))
        {
            Refuse(ReasonCode.PacketTooLarge, null, output);
            return;
        }

        acceptance.Session.Attach(this, Settings!);
        Session = acceptance.Session;
        _inbound = new InboundFlow(_limits, Settings!, Session);
        Will = connect.Will;
        State = ConnectionState.Connected;
        _connect = null;
        Session.Resume(Settings!, now, output);
    }

    /// <summary>Refuses the CONNECT and closes; 3.1.1 gets a return code where it has one that fits.</summary>
    /// <exception cref="InvalidOperationException">No decision is awaited.</exception>
    public void Refuse(ReasonCode reason, string? reasonString, IBufferWriter<byte> output)
    {
        Require(ConnectionState.AwaitingDecision);
        ConnectHandshake.WriteRefusal(output, _level, reason, reasonString, _connect!.Properties.MaximumPacketSizeBytes);
        End(reason);
    }

    /// <summary>
    /// Takes a PUBLISH: the hot path, without allocation but for a first alias or QoS 2 identifier. <paramref name="packet"/> has its
    /// topic resolved and points into <paramref name="body"/> (or the alias table: use it before the next call).
    /// </summary>
    public InboundVerdict ReceivePublish(in FixedHeader header, ReadOnlySpan<byte> body, EventTime now, IBufferWriter<byte> output, out PublishPacket packet)
    {
        Require(ConnectionState.Connected);
        InboundVerdict verdict = InboundVerdict.Refused;
        if (PublishPacket.TryParse(header, body, _context, out packet, out ParseError error))
        {
            error = _inbound!.Receive(header, ref packet, output, out verdict);
        }

        if (error.IsError)
        {
            Fail(error, now, output);
        }

        return verdict;
    }

    /// <summary>Takes any packet after CONNECT but PUBLISH, which is for <see cref="ReceivePublish"/>.</summary>
    public ReceiveResult Receive(in FixedHeader header, ReadOnlySpan<byte> body, EventTime now, IBufferWriter<byte> output)
    {
        Require(ConnectionState.Connected);
        ParseError error = _context.IsV5 && !header.IsMinimal ? ParseErrors.LengthNotMinimal : default;
        ReceiveResult result = default;
        if (!error.IsError)
        {
            error = header.Type switch
            {
                PacketType.PubAck or PacketType.PubRec or PacketType.PubComp or PacketType.PubRel => OnAck(header, body, now, output, out result),
                PacketType.Subscribe => OnSubscribe(body, out result),
                PacketType.Unsubscribe => OnUnsubscribe(body, output, out result),
                PacketType.PingReq => OnPing(body, output),
                PacketType.Disconnect => OnDisconnect(body, now, out result),
                PacketType.Connect => SessionErrors.ConnectTwice,
                PacketType.Auth => _context.IsV5 ? SessionErrors.AuthNotAgreed : ParseErrors.UnexpectedPacket,
                _ => ParseErrors.UnexpectedPacket,
            };
        }

        if (error.IsError)
        {
            Fail(error, now, output);
            return new ReceiveResult(ReceiveAction.Closed);
        }

        return result;
    }

    /// <summary>
    /// Acknowledges one received message. On a closed connection only the session learns of it. False: the failure cannot be told in
    /// 3.1.1 and the host closes instead [3.1.1: MQTT-3.3.5-2].
    /// </summary>
    /// <remarks>
    /// Acknowledgements leave in the order of these calls, and MQTT wants the order of the messages [MQTT-4.6.0-2]: a host that refuses a
    /// message passes the refusal through the same queue as those that wait for the disk.
    /// </remarks>
    public bool Acknowledge(in PendingAck ack, IBufferWriter<byte> output) =>
        _inbound!.Acknowledge(ack, State == ConnectionState.Connected, output);

    /// <summary>Acknowledges all messages of one commit, in order. False as for a single one; the rest is not written then.</summary>
    public bool Acknowledge(ReadOnlySpan<PendingAck> acks, IBufferWriter<byte> output)
    {
        foreach (PendingAck ack in acks)
        {
            if (!Acknowledge(ack, output))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Answers a SUBSCRIBE and notes the subscriptions. Returns those that are now in place, for the filter tree and the retained
    /// messages; the host sends them after this.
    /// </summary>
    /// <param name="packet">From <see cref="ReceiveResult.Subscribe"/>.</param>
    /// <param name="verdicts">One for each filter: a failure refuses it, anything else allows it.</param>
    /// <param name="output">Takes the SUBACK [MQTT-3.8.4-1].</param>
    public IReadOnlyList<SubscriptionChange> CompleteSubscribe(SubscribePacket packet, ReadOnlySpan<ReasonCode> verdicts, IBufferWriter<byte> output)
    {
        Require(ConnectionState.Connected);
        ReasonCode[] codes = new ReasonCode[packet.Requests.Count];
        List<SubscriptionChange> changes = new(codes.Length);
        for (int i = 0; i < codes.Length; i++)
        {
            SubscriptionRequest request = packet.Requests[i];
            bool tooDeep = _limits.TopicLevels > 0 && request.Filter.LevelCount > _limits.TopicLevels;
            codes[i] = verdicts[i].IsFailure() ? verdicts[i] : tooDeep ? ReasonCode.TopicFilterInvalid : ReasonCode.Success;
            if (codes[i].IsFailure())
            {
                continue;
            }

            Subscription subscription = new(request.Filter, request.Options, packet.SubscriptionIdentifier);
            codes[i] = Session!.Subscribe(subscription, out bool isNew);
            if (!codes[i].IsFailure())
            {
                changes.Add(new SubscriptionChange(subscription, isNew));
            }
        }

        MqttPacketWriter.Write(output, new SubAckPacket { PacketIdentifier = packet.PacketIdentifier, Codes = codes }, _context.Version);
        return changes;
    }

    /// <summary>Closes from the server's side: DISCONNECT in v5, nothing in 3.1.1 [MQTT-3.14.4-1]. The Will is published unless the reason is Success.</summary>
    /// <remarks>Before a decision on CONNECT use <see cref="Refuse"/>; before a CONNECT there is nothing to say.</remarks>
    public void Close(ReasonCode reason, string? reasonString, EventTime now, IBufferWriter<byte> output)
    {
        if (State == ConnectionState.Connected)
        {
            WriteDisconnect(reason, reasonString, output);
            Will = reason == ReasonCode.Success ? null : Will;
            Session!.Detach(this, now);
        }

        if (State != ConnectionState.Closed)
        {
            End(reason);
        }
    }

    /// <summary>Refuses what follows after a bad fixed header, with the error of <see cref="FixedHeader.ErrorOf"/>.</summary>
    public void Fail(ParseError error, EventTime now, IBufferWriter<byte> output)
    {
        if (State == ConnectionState.Closed)
        {
            return;
        }

        Error = error;
        Close(error.Reason, error.ToString(), now, output);
    }

    /// <summary>The network is gone without a word.</summary>
    public void ConnectionLost(EventTime now)
    {
        if (State == ConnectionState.Connected)
        {
            Session!.Detach(this, now);
        }

        if (State != ConnectionState.Closed)
        {
            End(ReasonCode.UnspecifiedError);
        }
    }

    private ParseError OnAck(in FixedHeader header, ReadOnlySpan<byte> body, EventTime now, IBufferWriter<byte> output, out ReceiveResult result)
    {
        result = default;
        if (!AckPacket.TryParse(header, body, _context, out AckPacket ack, out ParseError error))
        {
            return error;
        }

        if (ack.Type != PacketType.PubRel)
        {
            return Session!.Acknowledged(ack, now, output);
        }

        // Also when nobody holds it: the client asks again when the first answer was lost, or the host could not keep the release.
        _inbound!.Release(ack.PacketIdentifier, output);
        result = new ReceiveResult(ReceiveAction.Released) { PacketIdentifier = ack.PacketIdentifier };
        return default;
    }

    private ParseError OnSubscribe(ReadOnlySpan<byte> body, out ReceiveResult result)
    {
        result = default;
        if (!SubscribePacket.TryParse(body, _context, out SubscribePacket? packet, out ParseError error))
        {
            return error;
        }

        result = new ReceiveResult(ReceiveAction.Subscribe) { Subscribe = packet };
        return JudgeAnswer(new SubAckPacket { PacketIdentifier = packet!.PacketIdentifier, Codes = new ReasonCode[packet.Requests.Count] });
    }

    private ParseError OnUnsubscribe(ReadOnlySpan<byte> body, IBufferWriter<byte> output, out ReceiveResult result)
    {
        result = default;
        if (!UnsubscribePacket.TryParse(body, _context, out UnsubscribePacket? packet, out ParseError error))
        {
            return error;
        }

        ReasonCode[] codes = new ReasonCode[packet!.Filters.Count];
        UnsubAckPacket answer = new() { PacketIdentifier = packet.PacketIdentifier, Codes = codes };
        error = JudgeAnswer(answer);
        if (error.IsError)
        {
            return error;
        }

        for (int i = 0; i < codes.Length; i++)
        {
            codes[i] = Session!.Unsubscribe(packet.Filters[i]) ? ReasonCode.Success : ReasonCode.NoSubscriptionExisted;
        }

        MqttPacketWriter.Write(output, answer, _context.Version);
        result = new ReceiveResult(ReceiveAction.Unsubscribed) { Unsubscribe = packet };
        return default;
    }

    /// <summary>An answer that cannot be sent [MQTT-3.1.2-24] is found out before anything is done; its size hangs on the number of codes only.</summary>
    private ParseError JudgeAnswer<TAnswer>(TAnswer answer)
        where TAnswer : IWireBody =>
        MqttPacketWriter.Measure(answer, _context.Version) > Settings!.ClientPacketSizeLimitBytes ? SessionErrors.AnswerTooLarge : default;

    private static ParseError OnPing(ReadOnlySpan<byte> body, IBufferWriter<byte> output)
    {
        if (!body.IsEmpty)
        {
            return ParseErrors.TrailingBytes;
        }

        MqttPacketWriter.WritePingResp(output);
        return default;
    }

    private ParseError OnDisconnect(ReadOnlySpan<byte> body, EventTime now, out ReceiveResult result)
    {
        result = new ReceiveResult(ReceiveAction.Closed);
        if (!DisconnectPacket.TryParse(body, _context, out DisconnectPacket? packet, out ParseError error))
        {
            return error;
        }

        if (packet!.SessionExpiryIntervalSeconds is uint seconds)
        {
            if (seconds > 0 && Settings!.SessionExpiry == TimeSpan.Zero)
            {
                return ParseErrors.SessionExpiryFromZero;
            }

            TimeSpan asked = TimeSpan.FromSeconds(seconds);
            Session!.Expiry = asked < _limits.SessionExpiry ? asked : _limits.SessionExpiry;
        }

        Will = packet.ReasonCode == ReasonCode.Success ? null : Will;
        Session!.Detach(this, now);
        End(packet.ReasonCode);
        return default;
    }

    private void WriteDisconnect(ReasonCode reason, string? reasonString, IBufferWriter<byte> output)
    {
        if (!_context.IsV5)
        {
            return;
        }

        ReasonCode allowed = ReasonCodes.IsAllowed(reason, PacketType.Disconnect, PacketSender.Server) ? reason : ReasonCode.UnspecifiedError;
        DisconnectPacket packet = new(allowed) { ReasonString = reasonString };
        if (MqttPacketWriter.Measure(packet, _context.Version) > Settings!.ClientPacketSizeLimitBytes)
        {
            packet = new DisconnectPacket(allowed);
        }

        MqttPacketWriter.Write(output, packet, _context.Version);
    }

    private void End(ReasonCode reason)
    {
        State = ConnectionState.Closed;
        CloseReason = reason;
        _connect = null;
    }

    private void Require(ConnectionState state)
    {
        if (State != state)
        {
            throw new InvalidOperationException($"the connection is {State}, not {state}");
        }
    }
}
