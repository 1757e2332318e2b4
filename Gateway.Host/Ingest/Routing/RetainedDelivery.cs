using Gateway.Host.Ingest.Connections;
using Gateway.Host.Ingest.Sessions;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Mqtt.Sessions;
using Gateway.Protocols.Mqtt.Topics;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Ingest.Routing;

/// <summary>
/// The retained messages a session is still owed for its new subscriptions. They leave as the client reads and acknowledges, so that one
/// SUBSCRIBE to everything costs a list of topics and not a copy of every message in an output buffer. Under the session's gate, but for
/// <see cref="PumpAsync"/>, which takes it.
/// </summary>
internal sealed class RetainedDelivery(ClientSession session)
{
    /// <summary>
    /// Bytes delivered under one holding of the gate, which the log's committer wants too, and before it is looked whether the client reads
    /// them.
    /// </summary>
    private const int ChunkBytes = 32 * 1024;

    private const int MessageOverheadBytes = 256;
    private const int ChunksAtOnce = 16;
    private const int TopicsAtOnce = 1000;

    private readonly List<Subscription> _waiting = [];
    private IReadOnlyList<string>? _topics;
    private int _next;
    private bool _isPumping;
    private bool _isCalledAgain;

    /// <summary>Subscriptions whose retained messages have not all gone out.</summary>
    public int WaitingCount => _waiting.Count;

    /// <summary>Owes the retained messages of a subscription; one to the same filter that still waits gives way.</summary>
    public void Add(Subscription subscription)
    {
        Remove(subscription.Filter);
        _waiting.Add(subscription);
    }

    /// <summary>Owes nothing more for a filter.</summary>
    public void Remove(TopicFilter filter)
    {
        int at = _waiting.FindIndex(s => s.Filter.Text == filter.Text);
        if (at >= 0)
        {
            _waiting.RemoveAt(at);
            _topics = at == 0 ? null : _topics;
        }
    }

    /// <summary>
    /// Delivers as much as the client takes now; called again when it has read or acknowledged something. Work that takes its time leaves
    /// the caller's thread, which may be a socket's and serve many clients. Whoever calls while another is at it leaves it to that one.
    /// </summary>
    public async ValueTask PumpAsync(RetainedMessages retained, GatewayClock clock)
    {
        if (!TryBegin())
        {
            return;
        }

        int chunks = 0;
        while (Deliver(retained, clock, out Subscription? wanted))
        {
            if (wanted is { } subscription)
            {
                // Outside the gate: it looks at every retained topic.
                bool isLong = subscription.Filter.HasWildcard && retained.Count > TopicsAtOnce;
                if (isLong)
                {
                    await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                }

                IReadOnlyList<string> topics = retained.TopicsOf(subscription.Filter);
                lock (session.Gate)
                {
                    if (_topics is null && _waiting.Count > 0 && _waiting[0] == subscription)
                    {
                        (_topics, _next) = (topics, 0);
                    }
                }
            }
            else if (++chunks % ChunksAtOnce == 0)
            {
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            }
        }
    }

    private bool TryBegin()
    {
        lock (session.Gate)
        {
            _isCalledAgain = _isPumping;
            if (_isPumping || _waiting.Count == 0)
            {
                return false;
            }

            return _isPumping = true;
        }
    }

    /// <summary>
    /// Delivers one chunk, or says which subscription's topics are needed first. False when there is nothing more to do for now.
    /// </summary>
    private bool Deliver(RetainedMessages retained, GatewayClock clock, out Subscription? wanted)
    {
        lock (session.Gate)
        {
            wanted = null;
            if (_waiting.Count > 0 && session.Connection is { AwaitsReply: false } connection)
            {
                if (_topics is null)
                {
                    wanted = _waiting[0];
                    return true;
                }

                if (DeliverChunk(connection, retained, clock.Steady) || _isCalledAgain)
                {
                    _isCalledAgain = false;
                    return true;
                }
            }

            return _isPumping = _isCalledAgain = false;
        }
    }

    /// <summary>False when the client takes nothing more for now.</summary>
    private bool DeliverChunk(MqttConnection connection, RetainedMessages retained, EventTime now)
    {
        if (connection.Output.IsCongested)
        {
            return false;
        }

        Subscription subscription = _waiting[0];
        uint[] identifiers = subscription.SubscriptionIdentifier == 0 ? [] : [subscription.SubscriptionIdentifier];
        using ConnectionOutput.Scope scope = connection.Output.Begin();
        for (int sizeBytes = 0; sizeBytes < ChunkBytes && _next < _topics!.Count; _next++)
        {
            if (session.Machine.QueuedCount > 0)
            {
                return false; // its window is full: an acknowledgement goes on from here
            }

            // Looked up now and not when the list was made: what was retained since then is what the subscriber is to see.
            if (retained.Find(_topics[_next], now) is { } message)
            {
                Qos qos = message.Qos < subscription.Options.MaximumQos ? message.Qos : subscription.Options.MaximumQos;
                if (session.Machine.Deliver(message, qos, retain: true, identifiers, now, scope.Writer) == DeliveryOutcome.QueueFull)
                {
                    return false; // all clients together have too much: it is tried again when this one has acknowledged what it has
                }

                sizeBytes += message.SizeBytes;
            }

            sizeBytes += MessageOverheadBytes;
        }

        if (_next == _topics!.Count)
        {
            _waiting.RemoveAt(0);
            _topics = null;
        }

        return true;
    }
}
