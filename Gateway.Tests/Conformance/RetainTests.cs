using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Conformance.Wire;

namespace Gateway.Tests.Conformance;

/// <summary>Sections 3.3.1.3 and 3.8.3.1: retained messages, Retain Handling, Retain As Published.</summary>
public sealed class RetainTests(ConformanceGateway gateway) : ConformanceTests(gateway.Port)
{
    private const int RetainAsPublished = 0x08, SendIfNew = 0x10, NeverSend = 0x20;

    [Theory]
    [InlineData(V311, 0)]
    [InlineData(V311, 1)]
    [InlineData(V311, 2)]
    [InlineData(V5, 0)]
    [InlineData(V5, 1)]
    [InlineData(V5, 2)]
    [Statement("3.1.1", "MQTT-3.3.1-5", "MQTT-3.3.1-6", "MQTT-3.3.1-7", "MQTT-3.3.1-8")]
    [Statement("5.0", "MQTT-3.3.1-5", "MQTT-3.3.1-9")]
    public async Task Last_retained_message_of_a_topic_comes_on_subscribing_with_its_qos(MqttProtocolVersion version, int qos)
    {
        Peer publisher = await ConnectAsync(version, "pub");
        await publisher.PublishAsync(Topic("t"), "first", 2, retain: true);
        await publisher.PublishAsync(Topic("t"), "last", qos, retain: true);
        await publisher.ReceiveNothingAsync();
        Peer subscriber = await ConnectAsync(version, "sub");
        await subscriber.SubscribeAsync((Topic("+"), 2));
        Received retained = await subscriber.ReceivePublishAsync("last");
        Assert.Equal((qos, true, false, Topic("t")), (retained.Qos, retained.Retain, retained.Dup, retained.Topic));
        await subscriber.ReceiveNothingAsync();
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-3.3.1-9", "MQTT-3.3.1-10", "MQTT-3.3.1-11")]
    [Statement("5.0", "MQTT-3.3.1-6", "MQTT-3.3.1-7", "MQTT-3.3.1-12")]
    public async Task Empty_retained_message_clears_the_topic_and_is_passed_on(MqttProtocolVersion version)
    {
        Peer watching = await ConnectAsync(version, "watching");
        await watching.SubscribeAsync((Topic("t"), 1));
        Peer publisher = await ConnectAsync(version, "pub");
        await publisher.PublishAsync(Topic("t"), "kept", 1, retain: true);
        await publisher.PublishAsync(Topic("t"), "", 1, retain: true);
        Assert.False((await watching.ReceivePublishAsync("kept")).Retain);
        Assert.False((await watching.ReceivePublishAsync("")).Retain);
        Peer later = await ConnectAsync(version, "later");
        await later.SubscribeAsync((Topic("t"), 1));
        await later.ReceiveNothingAsync();
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-3.3.1-12")]
    [Statement("5.0", "MQTT-3.3.1-8")]
    public async Task Message_without_retain_leaves_the_retained_one_alone(MqttProtocolVersion version)
    {
        Peer publisher = await ConnectAsync(version, "pub");
        await publisher.PublishAsync(Topic("t"), "kept", 1, retain: true);
        await publisher.PublishAsync(Topic("t"), "passing", 1);
        await publisher.PublishAsync(Topic("t"), "", 1);
        await publisher.PublishAsync(Topic("other"), "passing", 1);
        Peer subscriber = await ConnectAsync(version, "sub");
        await subscriber.SubscribeAsync((Topic("#"), 1));
        await subscriber.ReceivePublishAsync("kept");
        await subscriber.ReceiveNothingAsync();
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-3.8.4-3", "MQTT-3.3.1-6")]
    [Statement("5.0", "MQTT-3.8.4-4", "MQTT-3.3.1-9")]
    public async Task Retained_messages_come_again_with_each_subscribe(MqttProtocolVersion version)
    {
        Peer peer = await ConnectAsync(version, "a");
        await peer.PublishAsync(Topic("t"), "kept", 1, retain: true);
        for (int i = 0; i < 2; i++)
        {
            await peer.SubscribeAsync((Topic("t"), 0));
            Assert.True((await peer.ReceivePublishAsync("kept")).Retain);
        }
    }

    [Fact]
    [Statement("5.0", "MQTT-3.3.1-10")]
    public async Task Retain_handling_1_sends_for_a_new_subscription_only()
    {
        Peer peer = await ConnectAsync(V5, Lasting(V5, "a"));
        await peer.PublishAsync(Topic("t"), "kept", 1, retain: true);
        await peer.SubscribeAsync((Topic("t"), SendIfNew));
        await peer.ReceivePublishAsync("kept");
        await peer.SubscribeAsync((Topic("t"), SendIfNew | 1));
        await peer.ReceiveNothingAsync();
        await peer.LeaveAsync();

        Peer back = await ConnectAsync(V5, Lasting(V5, "a"));
        await back.SubscribeAsync((Topic("t"), SendIfNew));
        await back.ReceiveNothingAsync();
        await back.SendAsync(Packets.Unsubscribe(V5, 3, Topic("t")));
        await back.ReceiveAckAsync(PacketType.UnsubAck, 3);
        await back.SubscribeAsync((Topic("t"), SendIfNew));
        await back.ReceivePublishAsync("kept");
    }

    [Fact]
    [Statement("5.0", "MQTT-3.3.1-11")]
    public async Task Retain_handling_2_sends_nothing()
    {
        Peer peer = await ConnectAsync(V5, "a");
        await peer.PublishAsync(Topic("t"), "kept", 1, retain: true);
        await peer.SubscribeAsync((Topic("t"), NeverSend));
        await peer.ReceiveNothingAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Statement("5.0", "MQTT-3.3.1-12", "MQTT-3.3.1-13")]
    public async Task Retain_as_published_keeps_the_flag_and_otherwise_it_is_cleared(bool retain)
    {
        Peer keeping = await ConnectAsync(V5, "keeping");
        await keeping.SubscribeAsync((Topic("t"), RetainAsPublished | 1));
        Peer clearing = await ConnectAsync(V5, "clearing");
        await clearing.SubscribeAsync((Topic("t"), 1));
        Peer publisher = await ConnectAsync(V5, "pub");
        await publisher.PublishAsync(Topic("t"), "m", 1, retain);
        Assert.Equal(retain, (await keeping.ReceivePublishAsync("m")).Retain);
        Assert.False((await clearing.ReceivePublishAsync("m")).Retain);
    }

    [Fact]
    [Statement("5.0", "MQTT-3.3.1-13")]
    public async Task Retain_as_published_keeps_the_flag_of_a_queued_message()
    {
        Peer first = await ConnectAsync(V5, Lasting(V5, "sub"));
        await first.SubscribeAsync((Topic("t"), RetainAsPublished | 1));
        await first.LeaveAsync();
        Peer publisher = await ConnectAsync(V5, "pub");
        await publisher.PublishAsync(Topic("t"), "m", 1, retain: true);
        Peer back = await ConnectAsync(V5, Lasting(V5, "sub"));
        Assert.True((await back.ReceivePublishAsync("m")).Retain);
    }

    [Fact]
    [Statement("5.0", "MQTT-3.3.2-4", "MQTT-3.3.2-15", "MQTT-3.3.2-16", "MQTT-3.3.2-17", "MQTT-3.3.2-20")]
    public async Task Retained_message_keeps_its_properties()
    {
        Peer peer = await ConnectAsync(V5, "a");
        await peer.PublishAsync(Topic("t"), "m", 1, true, Property.Byte(PropertyId.PayloadFormatIndicator, 1), Property.Text(PropertyId.ContentType, "text/plain"),
            Property.Text(PropertyId.ResponseTopic, "answers"), Property.Binary(PropertyId.CorrelationData, [7]), Property.User("n", "v"));
        await peer.SubscribeAsync([Property.SubscriptionIdentifier(268_435_455)], (Topic("t"), 0));
        Received retained = await peer.ReceivePublishAsync("m");
        Assert.Equal((1, "text/plain", "answers", "\a", 268_435_455), (
            retained.Number(PropertyId.PayloadFormatIndicator), retained.Text(PropertyId.ContentType), retained.Text(PropertyId.ResponseTopic),
            retained.Text(PropertyId.CorrelationData), retained.Number(PropertyId.SubscriptionIdentifier)));
        Assert.Equal(["n=v"], retained.UserProperties);
    }
}
