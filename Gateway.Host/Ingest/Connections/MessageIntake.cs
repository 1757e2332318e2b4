using System.Buffers;
using Gateway.Host.Access.Limits;
using Gateway.Host.IngestLog;
using Gateway.Host.Pipeline;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Mqtt.Sessions;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Ingest.Connections;

/// <summary>
/// Messages of one connection on their way in: protocol, door, acknowledgements in the order of the messages. Everything but
/// <see cref="RouteAsync"/> and <see cref="PublishWillAsync"/> happens under the session's gate.
/// </summary>
internal sealed class MessageIntake(MqttServer server, MqttConnection connection)
{
    /// <summary>Messages offered to subscribers in one go.</summary>
    private const int OffersAtOnce = 500;

    /// <summary>However much a fast client owes, so often it is looked whether it is still there.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly Queue<PendingReply> _pendingReplies = new();
    private readonly List<MqttMessage> _toRoute = [];
    private TopicDecision? _decision;
    private readonly PublishRate? _rate = PublishRate.Of(server.Options, server.Clock.Steady);
    private TaskCompletionSource? _window;
    private volatile bool _isRouting;
    private long _routed;
    private int _packetReplies;

    /// <summary>What a client is told when the log has what it is about: an acknowledgement, or whole packets.</summary>
    private readonly record struct PendingReply(PendingAck Ack, byte[]? Packets = null);

    /// <summary>Whether messages that are in the log may still be on their way to their subscribers.</summary>
    public bool IsRouting => _isRouting;

    /// <summary>How often such messages have reached their subscribers.</summary>
    public long Routed => Interlocked.Read(ref _routed);

    /// <summary>UTF-8 client id, once it is known.</summary>
    public byte[] ClientId { get; set; } = [];

    /// <summary>What the reader must wait for before it goes on, because the next commit is full; null for nothing.</summary>
    public Task? Space { get; private set; }

    /// <summary>One PUBLISH. False when it must come again: the log has no space at the moment.</summary>
    public bool Take(in FixedHeader header, ReadOnlySpan<byte> body, EventTime now, EventTime steady, IBufferWriter<byte> output)
    {
        Space = server.Log.WaitForSpace() ?? WaitForWindow() ?? WaitForRate(steady);
        if (Space is not null)
        {
            return false; // before the protocol counts the message: it comes again as if it had not been seen
        }

        InboundVerdict verdict = connection.Machine.ReceivePublish(header, body, steady, output, out PublishPacket packet);
        if (verdict == InboundVerdict.DuplicateAwaitingCommit)
        {
            _pendingReplies.Enqueue(new PendingReply(new PendingAck(packet.PacketIdentifier, packet.Qos)));
            server.Log.AppendNotice(connection);
        }

        if (verdict != InboundVerdict.Store)
        {
            if (verdict == InboundVerdict.Refused)
            {
                server.Door.Ledger.Reject(connection.Machine.CloseReason == ReasonCode.ReceiveMaximumExceeded ? Rejection.ReceiveMaximumExceeded : Rejection.Malformed);
            }

            return true;
        }

        if (_rate is not null && !_rate.TryTake(header.TotalLengthBytes, steady))
        {
            server.Door.Ledger.Reject(Rejection.RateExceeded);
            Answer(packet, DoorResult.QuotaExceeded, ReasonCode.QuotaExceeded, output);
            return true;
        }

        TopicDecision decision = DecisionFor(packet.Topic);
        _isRouting = true;
        CommitListener? listener = packet.Qos == Qos.AtMostOnce ? null : connection;
        packet = packet with { Properties = server.Door.PropertiesOf(decision, packet.Properties) };
        DoorResult result = server.Door.Take(decision, packet, connection.Machine.Settings!.Version == MqttProtocolVersion.V5, ClientId, now, listener, out ReadOnlySpan<byte> payload);
        ReasonCode reason = result switch
        {
            DoorResult.Appended or DoorResult.RoutedOnly => ReasonCode.Success,
            DoorResult.NotAuthorized => ReasonCode.NotAuthorized,
            DoorResult.QuotaExceeded => ReasonCode.QuotaExceeded,
            DoorResult.PayloadFormatInvalid => ReasonCode.PayloadFormatInvalid,
            _ => ReasonCode.ServerShuttingDown,
        };
        if (reason == ReasonCode.Success && decision.ReplyFrom is { } device)
        {
            server.Commands.Reply(device, packet.Properties, packet.Payload, payload);
        }

        if (reason == ReasonCode.Success && (packet.Retain || server.Router.HasSubscriptions))
        {
            MqttMessage message = Copy(packet, payload);
            server.Door.Retain(decision, message);
            _toRoute.Add(message);
        }

        Answer(packet, result, reason, output);
        return true;
    }

    /// <summary>Queues or writes the acknowledgement, so that acknowledgements leave in the order of the messages [MQTT-4.6.0-2].</summary>
    private void Answer(in PublishPacket packet, DoorResult result, ReasonCode reason, IBufferWriter<byte> output)
    {
        if (packet.Qos == Qos.AtMostOnce)
        {
            if (reason is ReasonCode.NotAuthorized or ReasonCode.PayloadFormatInvalid && connection.Machine.Settings!.Version == MqttProtocolVersion.V5)
            {
                string why = reason == ReasonCode.NotAuthorized ? "not allowed on this topic" : "the payload is not the UTF-8 it says it is";
                connection.Machine.Close(reason, why, server.Clock.Steady, output);
            }

            return;
        }

        PendingAck ack = new(packet.PacketIdentifier, packet.Qos, reason);
        if (result == DoorResult.Appended)
        {
            _pendingReplies.Enqueue(new PendingReply(ack));
        }
        else if (_pendingReplies.Count > 0)
        {
            _pendingReplies.Enqueue(new PendingReply(ack));
            server.Log.AppendNotice(connection);
        }
        else if (!connection.Machine.Acknowledge(ack, output))
        {
            connection.Machine.Close(reason, null, server.Clock.Steady, output);
        }
    }

    /// <summary>Whether a SUBACK may still wait for the disk: retained messages come after it.</summary>
    public bool AwaitsReply => _packetReplies > 0;

    /// <summary>Sends packets when everything the log was given before is durable.</summary>
    public void ReplyDurably(byte[] packets)
    {
        _packetReplies++;
        _pendingReplies.Enqueue(new PendingReply(default, packets));
        server.Log.AppendNotice(connection);
    }

    /// <summary>
    /// Whether a packet that changes a kept session may come now: what it changes goes into the log, and its answer waits for that, so
    /// neither may gather without end.
    /// </summary>
    public bool HasRoomForReply()
    {
        Space = server.Log.WaitForSpace() ?? WaitForReplies();
        return Space is null;
    }

    private TopicDecision DecisionFor(ReadOnlySpan<byte> topic)
    {
        if (_decision is { } last && ReferenceEquals(last.Snapshot, server.Door.Snapshot) && topic.SequenceEqual(last.Topic))
        {
            return last;
        }

        return _decision = server.Door.Decide(connection.Principal!, topic);
    }

    /// <summary>The commit of the oldest messages is done; writes their acknowledgements. False when the client must be told no and 3.1.1 cannot.</summary>
    public bool Acknowledge(int count, bool durable, IBufferWriter<byte> output)
    {
        bool told = true;
        for (int i = 0; i < count; i++)
        {
            PendingReply reply = _pendingReplies.Dequeue();
            if (reply.Packets is { } packets)
            {
                _packetReplies--;
                output.Write(durable ? packets : []);
                told &= durable; // nothing in these packets can say no: the client comes again and finds what the log has
                continue;
            }

            PendingAck ack = reply.Ack;
            ack = durable || ack.ReasonCode.IsFailure() ? ack : ack with { ReasonCode = ReasonCode.QuotaExceeded };
            told &= connection.Machine.Acknowledge(ack, output);
        }

        _window?.SetResult();
        _window = null;
        return told;
    }

    /// <summary>A 3.1.1 client knows no Receive Maximum: while too many of its messages wait for the disk it is read no further.</summary>
    private Task? WaitForWindow() => connection.Machine.Settings!.Version == MqttProtocolVersion.V5 ? null : WaitForReplies();

    private Task? WaitForReplies()
    {
        if (_pendingReplies.Count < connection.Machine.Settings!.InboundReceiveMaximum)
        {
            return null;
        }

        _window ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _window.Task;
    }

    /// <summary>A 3.1.1 client cannot be told that it is too fast: it is read no further until it is slow enough.</summary>
    private Task? WaitForRate(EventTime steady)
    {
        if (_rate is null || connection.Machine.Settings!.Version == MqttProtocolVersion.V5 || _rate.UntilOpen(steady) is not { Ticks: > 0 } wait)
        {
            return null;
        }

        server.Slowed();
        return Task.Delay(wait < LongestPause ? wait : LongestPause);
    }

    /// <summary>
    /// Delivers what the last packets brought; without any gate, for it takes those of the subscribers. A message to many subscribers, or
    /// many to some, is work that leaves the caller's thread: that is a socket's and serves other clients.
    /// </summary>
    public ValueTask RouteAsync()
    {
        int offered = 0;
        for (int i = 0; i < _toRoute.Count; i++)
        {
            if (offered >= OffersAtOnce)
            {
                return RouteApartAsync(i);
            }

            offered += server.Router.Publish(_toRoute[i], connection.Session);
        }

        EndRouting();
        return ValueTask.CompletedTask;
    }

    /// <summary>Publishes a Will in the client's name, when the log has space for it.</summary>
    public async Task PublishWillAsync(Will will)
    {
        while (server.Log.WaitForSpace() is { } space)
        {
            await space.ConfigureAwait(false);
        }

        PublishWill(will);
    }

    private async ValueTask RouteApartAsync(int next)
    {
        int offered = OffersAtOnce;
        for (int i = next; i < _toRoute.Count; i++)
        {
            if (offered >= OffersAtOnce)
            {
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                offered = 0;
            }

            offered += server.Router.Publish(_toRoute[i], connection.Session);
        }

        EndRouting();
    }

    private void EndRouting()
    {
        _toRoute.Clear();
        if (_isRouting)
        {
            _isRouting = false;
            Interlocked.Increment(ref _routed);
        }
    }

    private void PublishWill(Will will)
    {
        MqttMessage message = MqttMessage.From(will, server.Clock.Steady);
        PublishPacket packet = new()
        {
            Topic = message.Topic.Span,
            Payload = message.Payload.Span,
            Properties = will.Properties.ToBytes(),
            Qos = will.Qos,
            Retain = will.Retain,
            MessageExpiryIntervalSeconds = message.ExpiryIntervalSeconds,
        };
        bool isVersion5 = connection.Machine.Settings!.Version == MqttProtocolVersion.V5;
        TopicDecision decision = server.Door.Decide(connection.Principal!, packet.Topic);
        ReadOnlySpan<byte> properties = server.Door.PropertiesOf(decision, packet.Properties);
        bool isAsSent = properties == packet.Properties;
        packet = packet with { Properties = properties };
        DoorResult result = server.Door.Take(decision, packet, isVersion5, ClientId, server.Clock.Now, listener: null, out ReadOnlySpan<byte> payload);
        if (result is DoorResult.Appended or DoorResult.RoutedOnly)
        {
            MqttMessage visible = isAsSent && payload.SequenceEqual(message.Payload.Span) ? message : Copy(packet, payload);
            server.Door.Retain(decision, visible);
            server.Router.Publish(visible, publisher: null);
        }
    }

    private MqttMessage Copy(in PublishPacket packet, ReadOnlySpan<byte> payload) => new()
    {
        Topic = packet.Topic.ToArray(),
        Payload = payload.ToArray(),
        Properties = PublishProperties.Forwardable(packet.Properties),
        Qos = packet.Qos,
        Retain = packet.Retain,
        ReceivedAt = server.Clock.Steady,
        ExpiryIntervalSeconds = packet.MessageExpiryIntervalSeconds,
    };
}
