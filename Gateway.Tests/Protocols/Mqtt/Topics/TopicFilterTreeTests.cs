using System.Text;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Mqtt.Topics;

namespace Gateway.Tests.Protocols.Mqtt.Topics;

public sealed class TopicFilterTreeTests
{
    private readonly TopicFilterTree<string> _tree = new();
    private readonly TopicMatches<string> _matches = new();

    public static TheoryData<string, string, bool> Cases => TopicMatchCases.All;

    [Theory, MemberData(nameof(Cases))]
    public void Tree_matches_as_the_specification_says(string filter, string topic, bool matches)
    {
        Add(filter, "client");
        Match(topic);
        Assert.Equal(matches, _matches.Subscribers.Count + _matches.Groups.Count == 1);
    }

    [Fact]
    public void Tree_agrees_with_single_filters_on_random_topics()
    {
        Random random = new(7);
        string[] levels = ["a", "b", "", "$x", "+"];
        List<TopicFilter> filters = [];
        for (int i = 0; i < 400; i++)
        {
            string text = string.Join('/', Enumerable.Range(0, random.Next(1, 6)).Select(_ => levels[random.Next(levels.Length)]));
            if (TopicFilter.TryParse(random.Next(3) == 0 ? text + "/#" : text, out TopicFilter filter))
            {
                filters.Add(filter);
                _tree.Add(filter, filter.Text, default);
            }
        }

        for (int i = 0; i < 2000; i++)
        {
            string topic = string.Join('/', Enumerable.Range(0, random.Next(1, 6)).Select(_ => levels[random.Next(levels.Length - 1)]));
            byte[] name = Encoding.UTF8.GetBytes(topic);
            Match(topic);
            string[] expected = [.. filters.Where(f => f.Matches(name)).Select(f => f.Text).Distinct().Order(StringComparer.Ordinal)];
            Assert.Equal(expected, _matches.Subscribers.Select(m => m.Subscriber).Order(StringComparer.Ordinal));
            Assert.InRange(_matches.VisitedNodes, 1, _tree.NodeCount);
        }

        foreach (TopicFilter filter in filters)
        {
            _tree.Remove(filter, filter.Text);
        }

        Assert.Equal((0, 1), (_tree.SubscriptionCount, _tree.NodeCount));
    }

    [Fact]
    public void Overlapping_subscriptions_give_one_copy_with_the_highest_qos_and_all_identifiers()
    {
        // [MQTT-3.3.4-2] [MQTT-3.3.4-4]
        Add("a/#", "client", new SubscriptionOptions(Qos.AtMostOnce), 1);
        Add("a/+", "client", new SubscriptionOptions(Qos.ExactlyOnce, RetainAsPublished: true), 2);
        Add("a/b", "client", new SubscriptionOptions(Qos.AtLeastOnce));
        Match("a/b");
        TopicMatch<string> match = Assert.Single(_matches.Subscribers);
        Assert.Equal(Qos.ExactlyOnce, match.MaximumQos);
        Assert.True(match.RetainAsPublished);
        Assert.Equal([1u, 2u], match.SubscriptionIdentifiers.Order());
    }

    [Fact]
    public void No_local_keeps_only_the_publishers_own_copy_away()
    {
        // [MQTT-3.8.3-3]
        Add("a", "publisher", new SubscriptionOptions(Qos.AtLeastOnce, NoLocal: true));
        Add("a", "other", new SubscriptionOptions(Qos.AtLeastOnce, NoLocal: true));
        _tree.Match("a"u8, _matches, "publisher");
        Assert.Equal("other", Assert.Single(_matches.Subscribers).Subscriber);
    }

    [Fact]
    public void Subscription_made_again_replaces_the_first()
    {
        // [MQTT-3.8.4-3]
        Assert.True(Add("a", "client", new SubscriptionOptions(Qos.AtMostOnce), 1));
        Assert.False(Add("a", "client", new SubscriptionOptions(Qos.ExactlyOnce), 2));
        Match("a");
        TopicMatch<string> match = Assert.Single(_matches.Subscribers);
        Assert.Equal((Qos.ExactlyOnce, 2u, 1), (match.MaximumQos, match.SubscriptionIdentifiers[0], _tree.SubscriptionCount));
    }

    [Fact]
    public void Shared_group_takes_turns_and_empties()
    {
        Add("$share/g/a/+", "one");
        Add("$share/g/a/+", "two");
        Add("$share/h/a/+", "three");
        Add("a/+", "one");
        Match("a/b");
        Assert.Equal(["one"], _matches.Subscribers.Select(m => m.Subscriber));
        Assert.Equal(["g", "h"], _matches.Groups.Select(g => g.ShareName).Order());
        SharedGroup<string> group = _matches.Groups.Single(g => g.ShareName == "g");
        Assert.Equal(["one", "two", "one"], Enumerable.Range(0, 3).Select(turn => group.At((uint)turn).Subscriber));

        Assert.True(Remove("$share/g/a/+", "one"));
        Assert.False(Remove("$share/g/a/+", "one"));
        Assert.True(Remove("$share/g/a/+", "two"));
        Match("a/b");
        Assert.Equal(["h"], _matches.Groups.Select(g => g.ShareName));
    }

    [Fact]
    public void Removing_what_is_not_there_changes_nothing()
    {
        Add("a/b", "client");
        Assert.False(Remove("a", "client"));
        Assert.False(Remove("a/b", "other"));
        Assert.False(Remove("a/b/c", "client"));
        Assert.False(Remove("$share/g/a/b", "client"));
        Assert.Equal((1, 3), (_tree.SubscriptionCount, _tree.NodeCount));
    }

    [Fact]
    public void Topic_of_65000_slashes_costs_no_more_than_the_tree_has_nodes()
    {
        string slashes = new('/', 65_000);
        Add("#", "all");
        Add(slashes, "deep");
        Add(string.Join('/', Enumerable.Repeat("+", 65_001)), "wild");
        Match(slashes);
        Assert.Equal(["all", "deep", "wild"], _matches.Subscribers.Select(m => m.Subscriber).Order());
        Assert.InRange(_matches.VisitedNodes, 1, _tree.NodeCount);
        Assert.True(Remove(slashes, "deep"));
        Assert.True(Remove(string.Join('/', Enumerable.Repeat("+", 65_001)), "wild"));
        Assert.Equal(2, _tree.NodeCount);
    }

    [Fact]
    public void Ten_thousand_wildcard_subscriptions_cost_no_more_than_their_nodes()
    {
        // The worst a subscriber can do: every mixture of a, + at 13 levels, each prefix of which a topic of a's matches.
        for (int i = 0; i < 10_000; i++)
        {
            Add(string.Join('/', Enumerable.Range(0, 14).Select(bit => (i >> bit & 1) == 0 ? "+" : "a")) + "/#", $"client {i % 10}");
        }

        Match(string.Join('/', Enumerable.Repeat("a", 30)));
        Assert.Equal(10, _matches.Subscribers.Count);
        Assert.InRange(_matches.VisitedNodes, 10_000, _tree.NodeCount);
        Match(string.Join('/', Enumerable.Repeat("b", 30)));
        Assert.InRange(_matches.VisitedNodes, 1, 32);
    }

    [Fact]
    public void Match_allocates_nothing_once_its_scratch_memory_has_grown()
    {
        Add("city/+/flood/#", "one", new SubscriptionOptions(Qos.AtLeastOnce), 5);
        Add("city/v1/#", "two");
        byte[] topic = "city/v1/flood/FLD-1/telemetry"u8.ToArray();
        long before = 0;
        for (int i = 0; i < 1000; i++)
        {
            before = i == 100 ? GC.GetAllocatedBytesForCurrentThread() : before;
            _tree.Match(topic, _matches);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(2, _matches.Subscribers.Count);
    }

    private bool Add(string filter, string subscriber, SubscriptionOptions options = default, uint identifier = 0) =>
        _tree.Add(Parse(filter), subscriber, options, identifier);

    private bool Remove(string filter, string subscriber) => _tree.Remove(Parse(filter), subscriber);

    private void Match(string topic) => _tree.Match(Encoding.UTF8.GetBytes(topic), _matches);

    private static TopicFilter Parse(string text) => TopicFilter.TryParse(text, out TopicFilter filter) ? filter : throw new ArgumentException(text);
}
