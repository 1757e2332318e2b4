using System.Text;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Mqtt.Topics;
using Gateway.Tests.Conformance.Wire;

namespace Gateway.Tests.Conformance;

/// <summary>Section 4.7: which filter matches which topic.</summary>
public sealed class TopicFilterMatchTests(ConformanceGateway gateway) : ConformanceTests(gateway.Port)
{
    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-3.3.2-3", "MQTT-4.7.1-2", "MQTT-4.7.1-3", "MQTT-4.7.3-4")]
    [Statement("5.0", "MQTT-3.3.2-3", "MQTT-4.7.1-1", "MQTT-4.7.1-2", "MQTT-4.7.3-4")]
    public async Task Filters_match_level_by_level(MqttProtocolVersion version)
    {
        string[] topics = ["a", "a/", "/a", "a/b", "a/b/c", "a//c", "A/b", "a/b/", "b"];
        (string Filter, string[] Matches)[] cases =
        [
            ("#", topics),
            ("a/#", ["a", "a/", "a/b", "a/b/c", "a//c", "a/b/"]),
            ("+", ["a", "b"]),
            ("+/+", ["a/", "/a", "a/b", "A/b"]),
            ("/+", ["/a"]),
            ("a/+", ["a/", "a/b"]),
            ("a/+/c", ["a/b/c", "a//c"]),
            ("+/b/#", ["a/b", "a/b/c", "A/b", "a/b/"]),
            ("a/b", ["a/b"]),
        ];
        Peer peer = await ConnectAsync(version, "a");
        foreach ((string filter, string[] matches) in cases)
        {
            await peer.SubscribeAsync((Topic(filter), 0));
            foreach (string topic in topics)
            {
                await peer.SendAsync(Packets.Publish(version, Topic(topic), topic));
            }

            foreach (string topic in matches)
            {
                Assert.Equal(Topic(topic), (await peer.ReceivePublishAsync(topic)).Topic);
            }

            await peer.ReceiveNothingAsync();
            await peer.SendAsync(Packets.Unsubscribe(version, 2, Topic(filter)));
            await peer.ReceiveAckAsync(PacketType.UnsubAck, 2);
        }
    }

    [Theory]
    [InlineData("#", "$SYS/x", false)]
    [InlineData("+/x", "$SYS/x", false)]
    [InlineData("+", "$SYS", false)]
    [InlineData("/#", "$SYS/x", false)]
    [InlineData("$SYS/#", "$SYS/x", true)]
    [InlineData("$SYS/+", "$SYS/x", true)]
    [InlineData("a/#", "a/$SYS", true)]
    [InlineData("+/+", "a/$SYS", true)]
    [Statement("3.1.1", "MQTT-4.7.2-1")]
    [Statement("5.0", "MQTT-4.7.2-1")]
    public void Leading_wildcard_matches_no_topic_of_the_server(string text, string topic, bool expected)
    {
        Assert.True(TopicFilter.TryParse(text, out TopicFilter filter));
        TopicFilterTree<object> tree = new();
        tree.Add(filter, new object(), default, 0);
        TopicMatches<object> matches = new();
        tree.Match(Encoding.UTF8.GetBytes(topic), matches, publisher: null);
        Assert.Equal(expected, matches.Subscribers.Count == 1);
        Assert.Equal(expected, filter.Matches(Encoding.UTF8.GetBytes(topic)));
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-4.7.2-1")]
    [Statement("5.0", "MQTT-4.7.2-1")]
    public async Task Topics_that_start_with_dollar_reach_no_leading_wildcard(MqttProtocolVersion version)
    {
        Peer subscriber = await ConnectAsync(version, "sub");
        string root = "$" + Client("root");
        await subscriber.SubscribeAsync(("#", 0));
        Peer direct = await ConnectAsync(version, "direct");
        await direct.SubscribeAsync(("+/x", 0), ($"{root}/#", 1));
        Peer publisher = await ConnectAsync(version, "pub");
        await publisher.PublishAsync($"{root}/x", "below dollar", 1);
        await publisher.PublishAsync(Topic("$x"), "dollar within", 1);
        Received message = await direct.ReceivePublishAsync("below dollar");
        Assert.Equal(1, message.Qos);
        await direct.ReceiveNothingAsync();

        // It gets what others publish as well, but of these two only the second.
        Received next = await subscriber.ReceiveAsync(PacketType.Publish);
        while (next.Topic != Topic("$x"))
        {
            Assert.NotEqual($"{root}/x", next.Topic);
            next = await subscriber.ReceiveAsync(PacketType.Publish);
        }
    }
}
