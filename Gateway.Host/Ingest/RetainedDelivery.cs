using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Mqtt.Sessions;
using Gateway.Protocols.Mqtt.Topics;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Ingest;

/// <summary>
/// The retained messages a session is still owed for its new subscriptions. They leave as the client reads and acknowledges, so that one
/// SUBSCRIBE to everything costs a list of topics and not a copy of every message in an output buffer. Under the session's gate, but for
/// <see cref="Pump"/>, which takes it.
/// </summary>
internal sealed class RetainedDelivery(ClientSession session)
{
    /// <summary>Messages delivered under one holding of the gate; the log's committer wants it too.</summary>
    private const int ChunkMessages = 64;

    private readonly List<Subscription> _waiting = [];
    private IReadOnlyList<string>? _topics;
    private int _next;

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

    /// <summary>Delivers as much as the client takes now; called again when it has read or acknowledged something.</summary>
    public void Pump(RetainedMessages retained, GatewayClock clock)
    {
        while (true)
        {
            Subscription wanted;
            lock (session.Gate)
            {
                if (_waiting.Count == 0)
                {
                    return;
                }

                if (_topics is not null)
                {
                    if (!DeliverChunk(retained, clock.Steady))
                    {
                        return;
                    }

                    continue;
                }

                wanted = _waiting[0];
            }

            // Outside the gate: it looks at every retained topic.
            IReadOnlyList<string> topics = retained.TopicsOf(wanted.Filter);
            lock (session.Gate)
            {
                if (_topics is null && _waiting.Count > 0 && _waiting[0] == wanted)
                {
                    (_topics, _next) = (topics, 0);
                }
            }
        }
    }

    /// <summary>False when the client takes nothing more for now.</summary>
    private bool DeliverChunk(RetainedMessages retained, EventTime now)
    {
        if (session.Connection is not { } connection || connection.Output.IsCongested)
        {
            return false;
        }

        Subscription subscription = _waiting[0];
        uint[] identifiers = subscription.SubscriptionIdentifier == 0 ? [] : [subscription.SubscriptionIdentifier];
        using ConnectionOutput.Scope scope = connection.Output.Begin();
        for (int i = 0; i < ChunkMessages && _next < _topics!.Count; i++, _next++)
        {
            if (session.Machine.QueuedCount > 0)
            {
                return false; // its window is full: an acknowledgement goes on from here
            }

            // Looked up now and not when the list was made: what was retained since then is what the subscriber is to see.
            if (retained.Find(_topics[_next], now) is { } message)
            {
                Qos qos = message.Qos < subscription.Options.MaximumQos ? message.Qos : subscription.Options.MaximumQos;
                session.Machine.Deliver(message, qos, retain: true, identifiers, now, scope.Writer);
            }
        }

        if (_next == _topics!.Count)
        {
            _waiting.RemoveAt(0);
            _topics = null;
        }

        return true;
    }
}
