using System.Text;
using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Protocols.Mqtt.Topics;

/// <summary>
/// All subscriptions by topic filter, one node a level. A node stands for one prefix of filters, so a match looks at each node at most
/// once: its cost is bounded by the nodes there are, whatever the topic. Nothing recurses, so neither 65,000 levels nor 10,000
/// overlapping wildcards harm the stack. Not thread-safe: the owner locks; concurrent matches are allowed while nobody adds or removes.
/// </summary>
/// <typeparam name="TSubscriber">What stands for a subscriber; compared with Equals.</typeparam>
public sealed class TopicFilterTree<TSubscriber>
    where TSubscriber : class
{
    private readonly Node _root = new(null, []);

    /// <summary>Subscriptions in the tree.</summary>
    public int SubscriptionCount { get; private set; }

    /// <summary>Nodes in the tree, the root included.</summary>
    public int NodeCount { get; private set; } = 1;

    /// <summary>Adds a subscription, or replaces the one of the same subscriber and filter [MQTT-3.8.4-3]. True when it is new.</summary>
    public bool Add(TopicFilter filter, TSubscriber subscriber, SubscriptionOptions options, uint subscriptionIdentifier = 0)
    {
        Node node = _root;
        ReadOnlySpan<char> rest = filter.Matched;
        for (bool last = false; !last;)
        {
            node = GetOrAddChild(node, NextLevel(ref rest, out last));
        }

        TopicMatch<TSubscriber> match = new(
            subscriber, options.MaximumQos, options.RetainAsPublished, subscriptionIdentifier == 0 ? [] : [subscriptionIdentifier]);
        bool isNew;
        if (filter.IsShared)
        {
            isNew = GetOrAddGroup(node, filter.ShareName).Set(match);
        }
        else
        {
            node.Subscribers ??= [];
            isNew = !node.Subscribers.ContainsKey(subscriber);
            node.Subscribers[subscriber] = (match, options.NoLocal);
        }

        SubscriptionCount += isNew ? 1 : 0;
        return isNew;
    }

    /// <summary>Removes a subscription and the nodes only it needed. False when there was none.</summary>
    public bool Remove(TopicFilter filter, TSubscriber subscriber)
    {
        Node? node = Find(filter.Matched);
        if (node is null || !(filter.IsShared ? RemoveShared(node, filter.ShareName, subscriber) : node.Subscribers?.Remove(subscriber) == true))
        {
            return false;
        }

        SubscriptionCount--;
        while (node.Parent is Node parent && node.IsUnused)
        {
            parent.RemoveChild(node);
            NodeCount--;
            node = parent;
        }

        return true;
    }

    /// <summary>
    /// Finds everyone a message on <paramref name="topicName"/> goes to. A leading wildcard does not match a name that starts with
    /// <c>$</c> [MQTT-4.7.2-1].
    /// </summary>
    /// <param name="topicName">Topic name, UTF-8.</param>
    /// <param name="matches">Takes the result; what it held before is gone.</param>
    /// <param name="publisher">Who published, for No Local [MQTT-3.8.3-3]; null when no subscriber did.</param>
    public void Match(ReadOnlySpan<byte> topicName, TopicMatches<TSubscriber> matches, TSubscriber? publisher = null)
    {
        matches.Reset(publisher);
        bool reserved = TopicName.IsReserved(topicName);
        matches.Pending.Push((_root, 0));
        while (matches.Pending.TryPop(out (Node Node, int Start) step))
        {
            matches.VisitedNodes++;
            Node node = step.Node;
            bool wildcards = !reserved || step.Start > 0;
            if (node.Rest is Node rest && wildcards)
            {
                matches.VisitedNodes++;
                Collect(rest, matches);
            }

            if (step.Start > topicName.Length)
            {
                Collect(node, matches);
                continue;
            }

            ReadOnlySpan<byte> remaining = topicName[step.Start..];
            int slash = remaining.IndexOf((byte)'/');
            ReadOnlySpan<byte> level = slash < 0 ? remaining : remaining[..slash];
            int next = step.Start + level.Length + 1;
            if (node.Any is Node any && wildcards)
            {
                matches.Pending.Push((any, next));
            }

            if (node.TryGetChild(level, out Node? child))
            {
                matches.Pending.Push((child!, next));
            }
        }
    }

    private static void Collect(Node node, TopicMatches<TSubscriber> matches)
    {
        if (node.Subscribers is not null)
        {
            foreach ((TopicMatch<TSubscriber> match, bool noLocal) in node.Subscribers.Values)
            {
                matches.Add(match, noLocal);
            }
        }

        if (node.Groups is not null)
        {
            foreach (SharedGroup<TSubscriber> group in node.Groups.Values)
            {
                matches.Add(group);
            }
        }
    }

    private static ReadOnlySpan<char> NextLevel(ref ReadOnlySpan<char> rest, out bool last)
    {
        int slash = rest.IndexOf('/');
        last = slash < 0;
        ReadOnlySpan<char> level = last ? rest : rest[..slash];
        rest = last ? default : rest[(slash + 1)..];
        return level;
    }

    private static SharedGroup<TSubscriber> GetOrAddGroup(Node node, ReadOnlySpan<char> shareName)
    {
        string name = shareName.ToString();
        node.Groups ??= new Dictionary<string, SharedGroup<TSubscriber>>(StringComparer.Ordinal);
        if (!node.Groups.TryGetValue(name, out SharedGroup<TSubscriber>? group))
        {
            group = new SharedGroup<TSubscriber>(name);
            node.Groups.Add(name, group);
        }

        return group;
    }

    private static bool RemoveShared(Node node, ReadOnlySpan<char> shareName, TSubscriber subscriber)
    {
        string name = shareName.ToString();
        if (node.Groups is null || !node.Groups.TryGetValue(name, out SharedGroup<TSubscriber>? group) || !group.Remove(subscriber))
        {
            return false;
        }

        if (group.Members.Count == 0)
        {
            node.Groups.Remove(name);
        }

        return true;
    }

    private Node? Find(ReadOnlySpan<char> filter)
    {
        Node? node = _root;
        for (bool last = false; !last && node is not null;)
        {
            ReadOnlySpan<char> level = NextLevel(ref filter, out last);
            node = level switch
            {
                "+" => node.Any,
                "#" => node.Rest,
                _ => node.TryGetChild(Encode(level), out Node? child) ? child : null,
            };
        }

        return node;
    }

    private Node GetOrAddChild(Node node, ReadOnlySpan<char> level)
    {
        Node? child;
        switch (level)
        {
            case "+":
                child = node.Any ??= Grow(node, Node.AnyLevel);
                break;
            case "#":
                child = node.Rest ??= Grow(node, Node.RestLevel);
                break;
            default:
                byte[] key = Encode(level);
                if (!node.TryGetChild(key, out child))
                {
                    child = Grow(node, key);
                    node.AddChild(child);
                }

                break;
        }

        return child!;
    }

    private Node Grow(Node parent, byte[] level)
    {
        NodeCount++;
        return new Node(parent, level);
    }

    private static byte[] Encode(ReadOnlySpan<char> level)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(level)];
        Encoding.UTF8.GetBytes(level, bytes);
        return bytes;
    }

    /// <summary>One level of one or more filters.</summary>
    internal sealed class Node(Node? parent, byte[] level)
    {
        public static readonly byte[] AnyLevel = "+"u8.ToArray();
        public static readonly byte[] RestLevel = "#"u8.ToArray();

        private Dictionary<byte[], Node>? _children;

        public Node? Parent { get; } = parent;

        public Node? Any { get; set; }

        public Node? Rest { get; set; }

        public Dictionary<TSubscriber, (TopicMatch<TSubscriber> Match, bool NoLocal)>? Subscribers { get; set; }

        public Dictionary<string, SharedGroup<TSubscriber>>? Groups { get; set; }

        public bool IsUnused => Any is null && Rest is null
            && (_children?.Count ?? 0) == 0 && (Subscribers?.Count ?? 0) == 0 && (Groups?.Count ?? 0) == 0;

        private byte[] Level { get; } = level;

        public bool TryGetChild(ReadOnlySpan<byte> level, out Node? child)
        {
            child = null;
            return _children is not null && _children.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(level, out child);
        }

        public void AddChild(Node child) =>
            (_children ??= new Dictionary<byte[], Node>(TopicLevelComparer.Instance)).Add(child.Level, child);

        public void RemoveChild(Node child)
        {
            if (ReferenceEquals(child, Any))
            {
                Any = null;
            }
            else if (ReferenceEquals(child, Rest))
            {
                Rest = null;
            }
            else
            {
                _children!.Remove(child.Level);
            }
        }
    }
}
