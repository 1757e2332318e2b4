using System.Buffers;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Readings;

namespace Gateway.Protocols.Mqtt.Sessions;

/// <summary>
/// Messages from the server to one client: what is in flight, in order, and what waits behind it (v5 sections 4.3, 4.4, 4.6, 4.9).
/// Invariants: an identifier stands for exactly one delivery in flight; everything before <c>_resend</c> was sent on this connection;
/// the queue is sent from only when nothing is left to resend.
/// </summary>
internal sealed class OutboundFlow(MqttLimits limits, ByteBudget budget)
{
    private readonly Dictionary<ushort, OutboundDelivery> _inFlight = [];
    private readonly OutboundQueue _queue = new(budget);
    private DeliveryList _published;
    private DeliveryList _released;
    private OutboundDelivery? _resend;
    private OutboundTopicAliases? _aliases;
    private ConnectionSettings? _client;
    private int _window;
    private int _quota;
    private long _inFlightBytes;
    private ushort _lastIdentifier;

    // What a client may always have unacknowledged, however much all others have: those who read are served while others do not.
    private const int ShareBytes = 16 * 1024;

    private int IdentifierLimit => limits.OutboundReceiveMaximum == 0 ? ushort.MaxValue : Math.Min(ushort.MaxValue, 2 * limits.OutboundReceiveMaximum);

    public int InFlightCount => _inFlight.Count;

    public int QueuedCount => _queue.Count;

    public long QueuedBytes => _queue.Bytes;

    public SessionDropCounts Drops { get; private set; }

    // Released identifiers of earlier connections do not count against the quota, but they do occupy identifiers: a client that never says
    // PUBCOMP gets nothing new once there are too many, since each would cost memory and a longer search for a free one.
    // Large messages fill the window by their bytes; one is always let through.
    private bool HasRoom => _quota > 0 && _inFlight.Count < IdentifierLimit && (_inFlightBytes < limits.QueueBytes || _inFlight.Count == 0);

    /// <summary>A connection begins: a full window, and everything unacknowledged is owed again [MQTT-4.4.0-1].</summary>
    public void Attach(ConnectionSettings client, EventTime now, IBufferWriter<byte> output)
    {
        _client = client;
        _window = client.OutboundReceiveMaximum;
        _quota = _window;
        _resend = _published.First;
        _aliases = client.OutboundTopicAliasMaximum > 0 ? new OutboundTopicAliases(client.OutboundTopicAliasMaximum) : null;
        for (OutboundDelivery? released = _released.First; released is not null; released = released.Next)
        {
            MqttPacketWriter.WriteAck(output, PacketType.PubRel, released.PacketIdentifier);
        }

        Pump(now, output);
    }

    /// <summary>The connection is gone. QoS 0 messages that waited for it go with it.</summary>
    public void Detach()
    {
        _client = null;
        _aliases = null;
        _resend = null;
        _queue.DropAtMostOnce();
    }

    /// <summary>Everything owed, in order: PUBRELs, messages sent and not acknowledged, messages that wait. QoS 0 is nothing to owe.</summary>
    public List<OwedMessage> Save()
    {
        List<OwedMessage> owed = new(_inFlight.Count + _queue.Count);
        for (OutboundDelivery? d = _released.First; d is not null; d = d.Next)
        {
            owed.Add(Owed(d));
        }

        for (OutboundDelivery? d = _published.First; d is not null; d = d.Next)
        {
            owed.Add(Owed(d));
        }

        owed.AddRange(_queue.Waiting.Where(d => d.Qos != Qos.AtMostOnce).Select(Owed));
        return owed;

        static OwedMessage Owed(OutboundDelivery d) => new(d.Message, d.Qos, d.Retain, d.SubscriptionIdentifiers, d.PacketIdentifier);
    }

    /// <summary>Takes over what <see cref="Save"/> gave, before anything else is delivered.</summary>
    public void Restore(IEnumerable<OwedMessage> owed)
    {
        foreach (OwedMessage one in owed)
        {
            OutboundDelivery delivery = new()
            {
                Message = one.Message,
                Qos = one.Qos,
                Retain = one.Retain,
                SubscriptionIdentifiers = one.SubscriptionIdentifiers,
                PacketIdentifier = one.PacketIdentifier,
            };
            if (one.PacketIdentifier == 0)
            {
                _queue.Enqueue(delivery);
                continue;
            }

            _inFlight.Add(one.PacketIdentifier, delivery);
            _lastIdentifier = one.PacketIdentifier;
            if (one.Message is { } message)
            {
                _published.Append(delivery);
                _inFlightBytes += message.SizeBytes;
                budget.Take(delivery.CostBytes);
            }
            else
            {
                _released.Append(delivery);
            }
        }
    }

    /// <summary>The session is over: nothing is owed any more.</summary>
    public void Clear()
    {
        Detach();
        _queue.Clear();

        foreach (OutboundDelivery delivery in _inFlight.Values)
        {
            Forget(delivery);
        }

        _inFlight.Clear();
        _published = default;
        _released = default;
    }

    public DeliveryOutcome Deliver(OutboundDelivery delivery, EventTime now, IBufferWriter<byte>? output)
    {
        if (_client is null && delivery.Qos == Qos.AtMostOnce)
        {
            return DeliveryOutcome.NotConnected;
        }

        if (_client is not null && output is not null)
        {
            bool direct = delivery.Qos == Qos.AtMostOnce
                ? _queue.AtMostOnceCount == 0
                : _queue.Count == 0 && _resend is null && HasRoom && (_inFlightBytes < ShareBytes || budget.HasRoomFor(delivery.CostBytes));
            if (direct)
            {
                return Send(delivery, now, output);
            }
        }

        int size = delivery.Message!.SizeBytes;
        if (_queue.Count >= limits.QueueMessages || QueuedBytes + size > limits.QueueBytes || !budget.HasRoomFor(delivery.CostBytes))
        {
            Drops = Drops with { QueueFull = Drops.QueueFull + 1 };
            return DeliveryOutcome.QueueFull;
        }

        _queue.Enqueue(delivery);
        return DeliveryOutcome.Queued;
    }

    /// <summary>Sends what the window allows: first what is owed from an earlier connection, then the queue.</summary>
    public void Pump(EventTime now, IBufferWriter<byte> output)
    {
        if (_client is null)
        {
            return;
        }

        while (_resend is not null && _quota > 0)
        {
            OutboundDelivery delivery = _resend;
            _resend = delivery.Next;
            if (Write(delivery, dup: true, now, output))
            {
                _quota--;
            }
            else
            {
                Complete(delivery);
            }
        }

        while (_resend is null && _queue.TryPeek(out OutboundDelivery? next) && (next.Qos == Qos.AtMostOnce || HasRoom))
        {
            _queue.Dequeue();
            Send(next, now, output);
        }
    }

    /// <summary>PUBACK, PUBREC or PUBCOMP from the client. An identifier nobody knows is answered or ignored, never an error.</summary>
    public ParseError Acknowledge(in AckPacket ack, EventTime now, IBufferWriter<byte> output)
    {
        bool known = _inFlight.TryGetValue(ack.PacketIdentifier, out OutboundDelivery? delivery);
        if (ack.Type == PacketType.PubRec)
        {
            return Receive(ack, delivery, now, output);
        }

        if (!known)
        {
            return default;
        }

        bool fits = ack.Type == PacketType.PubAck ? delivery!.Qos == Qos.AtLeastOnce : delivery!.IsReleased;
        if (!fits)
        {
            return SessionErrors.AckOutOfOrder;
        }

        Complete(delivery);
        ReturnQuota();
        Pump(now, output);
        return default;
    }

    private ParseError Receive(in AckPacket ack, OutboundDelivery? delivery, EventTime now, IBufferWriter<byte> output)
    {
        if (delivery is null)
        {
            ReasonCode reason = _client!.Version == MqttProtocolVersion.V5 ? ReasonCode.PacketIdentifierNotFound : ReasonCode.Success;
            if (!ack.ReasonCode.IsFailure())
            {
                MqttPacketWriter.Write(output, new AckPacket(PacketType.PubRel, ack.PacketIdentifier, reason), _client.Version);
            }

            return default;
        }

        if (delivery.Qos != Qos.ExactlyOnce)
        {
            return SessionErrors.AckOutOfOrder;
        }

        if (ack.ReasonCode.IsFailure())
        {
            Complete(delivery);
            ReturnQuota();
            Pump(now, output);
            return default;
        }

        if (!delivery.IsReleased)
        {
            SkipResendOf(delivery);
            _published.Remove(delivery);
            Forget(delivery);
            _released.Append(delivery);
        }

        MqttPacketWriter.WriteAck(output, PacketType.PubRel, delivery.PacketIdentifier);
        return default;
    }

    private DeliveryOutcome Send(OutboundDelivery delivery, EventTime now, IBufferWriter<byte> output)
    {
        if (delivery.Message!.IsExpired(now))
        {
            Drops = Drops with { Expired = Drops.Expired + 1 };
            return DeliveryOutcome.Expired;
        }

        bool acknowledged = delivery.Qos != Qos.AtMostOnce;
        if (acknowledged)
        {
            delivery.PacketIdentifier = NextIdentifier();
        }

        if (!Write(delivery, dup: false, now, output))
        {
            return DeliveryOutcome.TooLarge;
        }

        if (acknowledged)
        {
            _inFlight.Add(delivery.PacketIdentifier, delivery);
            _published.Append(delivery);
            _inFlightBytes += delivery.Message.SizeBytes;
            budget.Take(delivery.CostBytes);
            _quota--;
        }

        return DeliveryOutcome.Sent;
    }

    private bool Write(OutboundDelivery delivery, bool dup, EventTime now, IBufferWriter<byte> output)
    {
        MqttMessage message = delivery.Message!;
        ushort alias = 0;
        bool aliasKnown = _aliases is not null && _aliases.TryGet(message.Topic.Span, out alias);
        if (!aliasKnown)
        {
            alias = _aliases?.NextFree ?? 0;
        }

        PublishPacket packet = new()
        {
            Topic = aliasKnown ? default : message.Topic.Span,
            Payload = message.Payload.Span,
            Properties = message.Properties.Span,
            PacketIdentifier = delivery.PacketIdentifier,
            Qos = delivery.Qos,
            Retain = delivery.Retain,
            Dup = dup && delivery.Qos != Qos.AtMostOnce,
        };
        PublishAdditions additions = new()
        {
            TopicAlias = alias,
            MessageExpiryIntervalSeconds = message.RemainingSeconds(now),
            SubscriptionIdentifiers = delivery.SubscriptionIdentifiers,
        };
        if (MqttPacketWriter.MeasurePublish(_client!.Version, packet, additions) > _client.ClientPacketSizeLimitBytes)
        {
            Drops = Drops with { TooLarge = Drops.TooLarge + 1 };
            return false;
        }

        MqttPacketWriter.WritePublish(output, _client.Version, packet, additions);
        if (!aliasKnown && alias != 0)
        {
            _aliases!.Set(message.Topic.Span, alias);
        }

        return true;
    }

    private void Complete(OutboundDelivery delivery)
    {
        SkipResendOf(delivery);
        _inFlight.Remove(delivery.PacketIdentifier);
        if (delivery.IsReleased)
        {
            _released.Remove(delivery);
        }
        else
        {
            _published.Remove(delivery);
            Forget(delivery);
        }
    }

    /// <summary>The message itself is not owed any more.</summary>
    private void Forget(OutboundDelivery delivery)
    {
        if (delivery.Message is { } message)
        {
            _inFlightBytes -= message.SizeBytes;
            budget.Return(delivery.CostBytes);
            delivery.Message = null;
        }
    }

    // An acknowledgement may come for a message of an earlier connection before it was sent again.
    private void SkipResendOf(OutboundDelivery delivery)
    {
        if (ReferenceEquals(_resend, delivery))
        {
            _resend = delivery.Next;
        }
    }

    // The quota never rises over the window, whatever is acknowledged from an earlier connection (section 4.9).
    private void ReturnQuota() => _quota = Math.Min(_quota + 1, _window);

    private ushort NextIdentifier()
    {
        // Ends: HasRoom saw to it that an identifier is free.
        do
        {
            _lastIdentifier = _lastIdentifier == ushort.MaxValue ? (ushort)1 : (ushort)(_lastIdentifier + 1);
        }
        while (_inFlight.ContainsKey(_lastIdentifier));
        return _lastIdentifier;
    }
}
