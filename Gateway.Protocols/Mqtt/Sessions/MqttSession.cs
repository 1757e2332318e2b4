using System.Buffers;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Mqtt.Topics;
using Gateway.Protocols.Readings;

namespace Gateway.Protocols.Mqtt.Sessions;

/// <summary>
/// What outlives a network connection (v5 section 4.1): subscriptions, QoS 2 identifiers received, messages in flight and waiting. Not
/// thread-safe: the host locks a session and its connection together. Every time is of the host's steady clock: log time at the
/// start of the process and monotonic from there, so that a jump of the wall clock expires nothing.
/// </summary>
public sealed class MqttSession
{
    // What a subscription and a held identifier take beside their bytes, here and in the host's tree.
    private const int SubscriptionOverheadBytes = 256;
    private const int HeldBytes = 32;

    private readonly MqttLimits _limits;
    private readonly ByteBudget _state;
    private readonly Dictionary<string, Subscription> _subscriptions = new(StringComparer.Ordinal);
    private readonly OutboundFlow _outbound;
    private Dictionary<ushort, HeldMessage>? _held;
    private int _connections;

    /// <summary>Creates an empty session.</summary>
    /// <param name="clientId">The client id it belongs to.</param>
    /// <param name="limits">What one client may cost.</param>
    /// <param name="queues">What the messages that wait for all clients may take; null for a session that stands alone.</param>
    /// <param name="state">What the subscriptions and held identifiers of all sessions may take; null for a session that stands alone.</param>
    public MqttSession(string clientId, MqttLimits limits, ByteBudget? queues = null, ByteBudget? state = null)
    {
        ClientId = clientId;
        _limits = limits;
        _outbound = new OutboundFlow(limits, queues ?? new ByteBudget(long.MaxValue));
        _state = state ?? new ByteBudget(long.MaxValue);
    }

    private enum HoldState : byte
    {
        Storing,
        Stored,
    }

    /// <summary>The client id it belongs to.</summary>
    public string ClientId { get; }

    /// <summary>The connection in use, or null while the client is away.</summary>
    public MqttServerConnection? Connection { get; private set; }

    /// <summary>How long it outlives the connection; zero: it ends with it.</summary>
    public TimeSpan Expiry { get; internal set; }

    /// <summary>When it is to be discarded if the client stays away; null while connected.</summary>
    public EventTime? ExpiresAt { get; private set; }

    /// <summary>Subscriptions by filter as written.</summary>
    public IReadOnlyDictionary<string, Subscription> Subscriptions => _subscriptions;

    /// <summary>Messages sent and not yet acknowledged.</summary>
    public int InFlightCount => _outbound.InFlightCount;

    /// <summary>Messages waiting.</summary>
    public int QueuedCount => _outbound.QueuedCount;

    /// <summary>Bytes of the messages waiting.</summary>
    public long QueuedBytes => _outbound.QueuedBytes;

    /// <summary>Messages lost so far.</summary>
    public SessionDropCounts Drops => _outbound.Drops;

    /// <summary>QoS 2 messages received and not yet released by the client.</summary>
    public int HeldCount => _held?.Count ?? 0;

    /// <summary>
    /// Sends a message to the client or queues it.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="qos">QoS to deliver with, see <see cref="TopicMatch{TSubscriber}.Effective"/>.</param>
    /// <param name="retain">RETAIN flag to set: for a retained message sent on subscribing, or Retain As Published.</param>
    /// <param name="subscriptionIdentifiers">Identifiers of the matching subscriptions; kept, not copied.</param>
    /// <param name="now">Steady time.</param>
    /// <param name="output">The connection's output; null while it is away or its output is backed up, which makes the message wait
    /// until <see cref="Flush"/>.</param>
    public DeliveryOutcome Deliver(MqttMessage message, Qos qos, bool retain, uint[] subscriptionIdentifiers, EventTime now, IBufferWriter<byte>? output)
    {
        OutboundDelivery delivery = new() { Message = message, Qos = qos, Retain = retain, SubscriptionIdentifiers = subscriptionIdentifiers };
        return _outbound.Deliver(delivery, now, output);
    }

    /// <summary>Delivers what the filter tree matched, with the QoS and RETAIN flag of the match.</summary>
    public DeliveryOutcome Deliver(MqttMessage message, in TopicMatch<MqttSession> match, EventTime now, IBufferWriter<byte>? output) =>
        Deliver(message, match.Effective(message.Qos), match.RetainAsPublished && message.Retain, match.SubscriptionIdentifiers, now, output);

    /// <summary>Sends what waits, as far as the client's window allows; for when the output has room again.</summary>
    public void Flush(EventTime now, IBufferWriter<byte> output) => _outbound.Pump(now, output);

    /// <summary>Makes the session that <see cref="Save"/> described, without a connection.</summary>
    /// <param name="state">The state.</param>
    /// <param name="limits">What one client may cost.</param>
    /// <param name="queues">What the messages that wait for all clients may take.</param>
    /// <param name="kept">What the subscriptions and held identifiers of all sessions may take; those of the state are in any case.</param>
    /// <param name="now">Steady time: from here its expiry counts when the client was connected.</param>
    public static MqttSession Restore(SessionState state, MqttLimits limits, ByteBudget queues, ByteBudget kept, EventTime now)
    {
        MqttSession session = new(state.ClientId, limits, queues, kept)
        {
            Expiry = state.Expiry,
            ExpiresAt = (state.DetachedAt ?? now) + state.Expiry,
        };
        foreach (Subscription subscription in state.Subscriptions)
        {
            session.RestoreSubscription(subscription);
        }

        foreach (ushort identifier in state.Held)
        {
            session.RestoreHold(identifier);
        }

        session._outbound.Restore(state.Owed);
        return session;
    }

    /// <summary>What of it is to outlive the process. Messages still on their way to the disk are not held yet.</summary>
    public SessionState Save() => new()
    {
        ClientId = ClientId,
        Expiry = Expiry,
        DetachedAt = ExpiresAt is { } end ? end - Expiry : null,
        Subscriptions = [.. _subscriptions.Values],
        Held = _held is null ? [] : [.. _held.Where(h => h.Value.State == HoldState.Stored).Select(h => h.Key)],
        Owed = _outbound.Save(),
    };

    /// <summary>Notes, without a connection, a QoS 2 message that the log has.</summary>
    public void RestoreHold(ushort packetIdentifier)
    {
        if ((_held ??= []).TryAdd(packetIdentifier, new HeldMessage(HoldState.Stored, 0)))
        {
            _state.Take(HeldBytes);
        }
    }

    /// <summary>Forgets, without a connection, a QoS 2 message that the client released.</summary>
    public void RestoreRelease(ushort packetIdentifier) => Release(packetIdentifier);

    /// <summary>Puts back, without a connection, a subscription.</summary>
    public void RestoreSubscription(in Subscription subscription)
    {
        if (!_subscriptions.ContainsKey(subscription.Filter.Text))
        {
            _state.Take(CostBytes(subscription.Filter));
        }

        _subscriptions[subscription.Filter.Text] = subscription;
    }

    /// <summary>Takes back, without a connection, a subscription.</summary>
    public void RestoreUnsubscription(TopicFilter filter) => Unsubscribe(filter);

    /// <summary>Puts back, without a connection, its expiry and when the client went; null when it did not.</summary>
    public void RestoreExpiry(TimeSpan expiry, EventTime? detachedAt, EventTime now)
    {
        Expiry = expiry;
        ExpiresAt = (detachedAt ?? now) + expiry;
    }

    /// <summary>Ends it: what it kept for the client is let go. Its connection is closed before.</summary>
    public void End()
    {
        _outbound.Clear();
        _state.Return((HeldCount * HeldBytes) + _subscriptions.Values.Sum(s => CostBytes(s.Filter)));
        _held = null;
        _subscriptions.Clear();
    }

    internal void Attach(MqttServerConnection connection, ConnectionSettings settings)
    {
        if (Connection is not null)
        {
            throw new InvalidOperationException($"session {ClientId} is attached; close its connection first");
        }

        Connection = connection;
        Expiry = settings.SessionExpiry;
        ExpiresAt = null;
        _connections++;
    }

    internal void Resume(ConnectionSettings settings, EventTime now, IBufferWriter<byte> output) => _outbound.Attach(settings, now, output);

    internal void Detach(MqttServerConnection connection, EventTime now)
    {
        if (!ReferenceEquals(Connection, connection))
        {
            return;
        }

        Connection = null;
        ExpiresAt = now + Expiry;
        _outbound.Detach();
    }

    internal ParseError Acknowledged(in AckPacket ack, EventTime now, IBufferWriter<byte> output) => _outbound.Acknowledge(ack, now, output);

    /// <summary>A QoS 2 PUBLISH: new, or one of those held [MQTT-4.3.3-10]; refused when all sessions together hold too much.</summary>
    internal InboundVerdict Hold(ushort packetIdentifier, out bool alreadyStored)
    {
        _held ??= [];
        alreadyStored = false;
        if (_held.TryAdd(packetIdentifier, new HeldMessage(HoldState.Storing, _connections)))
        {
            if (_state.TryTake(HeldBytes))
            {
                return InboundVerdict.Store;
            }

            _held.Remove(packetIdentifier);
            return InboundVerdict.Refused;
        }

        HeldMessage held = _held[packetIdentifier];
        alreadyStored = held.State == HoldState.Stored;
        if (alreadyStored || held.Connection == _connections)
        {
            return InboundVerdict.Duplicate;
        }

        // Answered once on this connection, however often it comes again.
        _held[packetIdentifier] = held with { Connection = _connections };
        return InboundVerdict.DuplicateAwaitingCommit;
    }

    /// <summary>
    /// A copy of the held message is durable, or refused. True when the message is stored, by this copy or one before, and held; false when it
    /// is not, and forgotten (a failing PUBREC ends the exchange).
    /// </summary>
    internal bool SettleHold(ushort packetIdentifier, bool stored)
    {
        if (_held is null || !_held.TryGetValue(packetIdentifier, out HeldMessage held))
        {
            return false;
        }

        if (!stored && held.State != HoldState.Stored)
        {
            Release(packetIdentifier);
            return false;
        }

        _held[packetIdentifier] = held with { State = HoldState.Stored };
        return true;
    }

    /// <summary>PUBREL: forgets the identifier. False when it was not held.</summary>
    internal bool Release(ushort packetIdentifier)
    {
        bool isHeld = _held is not null && _held.Remove(packetIdentifier);
        _state.Return(isHeld ? HeldBytes : 0);
        return isHeld;
    }

    internal ReasonCode Subscribe(in Subscription subscription, out bool isNew)
    {
        string key = subscription.Filter.Text;
        isNew = !_subscriptions.ContainsKey(key);
        if (isNew && ((_limits.Subscriptions > 0 && _subscriptions.Count >= _limits.Subscriptions) || !_state.TryTake(CostBytes(subscription.Filter))))
        {
            return ReasonCode.QuotaExceeded;
        }

        _subscriptions[key] = subscription;
        return (ReasonCode)subscription.Options.MaximumQos;
    }

    internal bool Unsubscribe(TopicFilter filter)
    {
        bool isRemoved = _subscriptions.Remove(filter.Text);
        _state.Return(isRemoved ? CostBytes(filter) : 0);
        return isRemoved;
    }

    // The text here, its levels in the host's tree.
    private static int CostBytes(TopicFilter filter) => SubscriptionOverheadBytes + (4 * filter.Text.Length);

    private readonly record struct HeldMessage(HoldState State, int Connection);
}
