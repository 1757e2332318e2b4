namespace Gateway.Protocols.Mqtt.Topics;

/// <summary>
/// Takes the result of one <see cref="TopicFilterTree{TSubscriber}.Match"/>, and the scratch memory for it; kept and reused by the caller,
/// one for each thread that matches. Each subscriber stands in it once, its overlapping subscriptions merged.
/// </summary>
/// <typeparam name="TSubscriber">What stands for a subscriber.</typeparam>
public sealed class TopicMatches<TSubscriber>
    where TSubscriber : class
{
    private readonly List<TopicMatch<TSubscriber>> _subscribers = [];
    private readonly List<SharedGroup<TSubscriber>> _groups = [];
    private readonly Dictionary<TSubscriber, int> _places = [];
    private TSubscriber? _publisher;

    /// <summary>Subscribers that each get the message.</summary>
    public IReadOnlyList<TopicMatch<TSubscriber>> Subscribers => _subscribers;

    /// <summary>Shared subscriptions of which one member each gets the message.</summary>
    public IReadOnlyList<SharedGroup<TSubscriber>> Groups => _groups;

    /// <summary>Nodes of the tree that were looked at: the cost of the match.</summary>
    public int VisitedNodes { get; internal set; }

    internal Stack<(TopicFilterTree<TSubscriber>.Node Node, int Start)> Pending { get; } = new();

    internal void Reset(TSubscriber? publisher)
    {
        _subscribers.Clear();
        _groups.Clear();
        _places.Clear();
        Pending.Clear();
        _publisher = publisher;
        VisitedNodes = 0;
    }

    internal void Add(in TopicMatch<TSubscriber> match, bool noLocal)
    {
        if (noLocal && match.Subscriber.Equals(_publisher))
        {
            return;
        }

        if (_places.TryAdd(match.Subscriber, _subscribers.Count))
        {
            _subscribers.Add(match);
            return;
        }

        int place = _places[match.Subscriber];
        _subscribers[place] = _subscribers[place].Merge(match);
    }

    internal void Add(SharedGroup<TSubscriber> group) => _groups.Add(group);
}
