using Gateway.Host.Ingest.Sessions;
using Gateway.Protocols.Mqtt.Sessions;
using Gateway.Protocols.Mqtt.Topics;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Ingest.Routing;

/// <summary>Takes messages to their subscribers. Safe for threads; it holds no lock while it delivers.</summary>
internal sealed class MessageRouter(GatewayClock clock)
{
    private readonly Lock _gate = new();
    private readonly TopicFilterTree<ClientSession> _tree = new();
    private int _subscriptions;
    private uint _turn;
    private long _delivered;
    private long _dropped;

    [ThreadStatic]
    private static TopicMatches<ClientSession>? t_matches;

    /// <summary>Whether anyone subscribes to anything: the question the hot path asks.</summary>
    public bool HasSubscriptions => Volatile.Read(ref _subscriptions) > 0;

    /// <summary>Subscriptions of all sessions.</summary>
    public int SubscriptionCount => Volatile.Read(ref _subscriptions);

    /// <summary>Messages sent or queued for subscribers since start.</summary>
    public long Delivered => Interlocked.Read(ref _delivered);

    /// <summary>Messages subscribers did not get since start: full queues, expiry, size, QoS 0 while away.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Adds or replaces a subscription.</summary>
    public void Subscribe(ClientSession session, Subscription subscription)
    {
        lock (_gate)
        {
            _tree.Add(subscription.Filter, session, subscription.Options, subscription.SubscriptionIdentifier);
            Volatile.Write(ref _subscriptions, _tree.SubscriptionCount);
        }
    }

    /// <summary>Removes subscriptions.</summary>
    public void Unsubscribe(ClientSession session, IEnumerable<TopicFilter> filters)
    {
        lock (_gate)
        {
            foreach (TopicFilter filter in filters)
            {
                _tree.Remove(filter, session);
            }

            Volatile.Write(ref _subscriptions, _tree.SubscriptionCount);
        }
    }

    /// <summary>Delivers a message to everyone who subscribed to its topic; returns how many it was offered to.</summary>
    public int Publish(MqttMessage message, ClientSession? publisher)
    {
        TopicMatches<ClientSession> matches = t_matches ??= new TopicMatches<ClientSession>();
        List<TopicMatch<ClientSession>> targets = [];
        lock (_gate)
        {
            _tree.Match(message.Topic.Span, matches, publisher);
            targets.AddRange(matches.Subscribers);
            foreach (SharedGroup<ClientSession> group in matches.Groups)
            {
                targets.Add(Choose(group));
            }
        }

        EventTime now = clock.Steady;
        foreach (TopicMatch<ClientSession> target in targets)
        {
            DeliveryOutcome outcome = target.Subscriber.Deliver(message, target.Effective(message.Qos), target.RetainAsPublished && message.Retain, target.SubscriptionIdentifiers, now);
            Interlocked.Increment(ref outcome is DeliveryOutcome.Sent or DeliveryOutcome.Queued ? ref _delivered : ref _dropped);
        }

        return targets.Count;
    }

    /// <summary>The sessions that would get a message on a topic; of a shared subscription all members.</summary>
    public IReadOnlyList<ClientSession> SubscribersOf(ReadOnlySpan<byte> topic)
    {
        TopicMatches<ClientSession> matches = t_matches ??= new TopicMatches<ClientSession>();
        lock (_gate)
        {
            _tree.Match(topic, matches, publisher: null);
            return [.. matches.Subscribers.Select(s => s.Subscriber).Concat(matches.Groups.SelectMany(g => g.Members).Select(m => m.Subscriber)).Distinct()];
        }
    }

    /// <summary>The member whose turn it is, passing over those that are away while another is there, and those that are about to end.</summary>
    private TopicMatch<ClientSession> Choose(SharedGroup<ClientSession> group)
    {
        uint turn = _turn++;
        TopicMatch<ClientSession>? away = null;
        for (uint i = 0; i < group.Members.Count; i++)
        {
            TopicMatch<ClientSession> member = group.At(turn + i);
            if (member.Subscriber.Connection is not null)
            {
                return member;
            }

            away ??= member.Subscriber.Ending is null ? member : null;
        }

        return away ?? group.At(turn);
    }
}
