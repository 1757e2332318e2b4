using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Conformance.Wire;
using Gateway.Tests.Support;

namespace Gateway.Tests.Conformance;

/// <summary>Section 3.3.2.3: what of a message's properties reaches its subscribers, and how long a message lives.</summary>
public sealed class PassOnTests(ConformanceGateway gateway) : ConformanceTests(gateway.Port)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [Statement("5.0", "MQTT-3.3.2-4", "MQTT-3.3.2-15", "MQTT-3.3.2-16", "MQTT-3.3.2-17", "MQTT-3.3.2-18", "MQTT-3.3.2-20")]
    public async Task Properties_of_a_message_are_passed_on_unaltered_and_in_order(int qos)
    {
        Peer subscriber = await ConnectAsync(V5, "sub");
        await subscriber.SubscribeAsync((Topic("t"), 2));
        Peer publisher = await ConnectAsync(V5, "pub");
        byte[] correlation = [0, 1, 0xFF, 0xC3, 0x28];
        await publisher.PublishAsync(Topic("t"), "m", qos, false, Property.User("b", "1"), Property.User("a", ""), Property.User("", "2"), Property.User("b", "1"),
            Property.Byte(PropertyId.PayloadFormatIndicator, 0), Property.Text(PropertyId.ContentType, "\uFEFFx/y"), Property.Text(PropertyId.ResponseTopic, "an/swer"),
            Property.Binary(PropertyId.CorrelationData, correlation));
        Received message = await subscriber.ReceivePublishAsync("m");
        Assert.Equal(["b=1", "a=", "=2", "b=1"], message.UserProperties);
        Assert.Equal((0, "\uFEFFx/y", "an/swer"), (message.Number(PropertyId.PayloadFormatIndicator), message.Text(PropertyId.ContentType), message.Text(PropertyId.ResponseTopic)));
        Assert.Equal(correlation, message.Properties.Single(p => p.Id == PropertyId.CorrelationData).Bytes);
        Assert.Equal(8, message.Properties.Count);
    }

    [Theory]
    [InlineData(V5, V311)]
    [InlineData(V311, V5)]
    [Statement("5.0", "MQTT-2.2.2-1")]
    public async Task Messages_pass_from_one_version_to_the_other(MqttProtocolVersion from, MqttProtocolVersion to)
    {
        Peer subscriber = await ConnectAsync(to, "sub");
        await subscriber.SubscribeAsync((Topic("t"), 1));
        Peer publisher = await ConnectAsync(from, "pub");
        await publisher.PublishAsync(Topic("t"), "m", 1, false, from == V5 ? [Property.User("n", "v"), Property.MessageExpiry(60)] : []);
        Received message = await subscriber.ReceivePublishAsync("m");
        Assert.Empty(message.Properties);
        Assert.Equal((1, Topic("t")), (message.Qos, message.Topic));
    }

    [Fact]
    [Statement("5.0", "MQTT-3.3.2-5")]
    public async Task Message_whose_lifetime_is_over_is_not_delivered()
    {
        Peer first = await ConnectAsync(V5, Lasting(V5, "sub"));
        await first.SubscribeAsync((Topic("#"), 0x21));
        await first.LeaveAsync();
        Peer publisher = await ConnectAsync(V5, "pub");
        await publisher.PublishAsync(Topic("t"), "brief", 1, true, Property.MessageExpiry(1));
        await publisher.PublishAsync(Topic("other"), "lasting", 1);

        // The same message is retained: when it is gone there, its lifetime is over for the queue too.
        await Eventually.BecomesAsync(() => RetainedAsync(publisher), m => m is null, "the retained message expires");
        Peer back = await ConnectAsync(V5, Lasting(V5, "sub"));
        Assert.False((await back.ReceivePublishAsync("lasting")).Has(PropertyId.MessageExpiryInterval));
        await back.ReceiveNothingAsync();
    }

    [Fact]
    [Statement("5.0", "MQTT-3.3.2-6")]
    public async Task Lifetime_that_is_passed_on_is_what_is_left()
    {
        Peer first = await ConnectAsync(V5, Lasting(V5, "sub"));
        await first.SubscribeAsync((Topic("#"), 0x21));
        Peer publisher = await ConnectAsync(V5, "pub");
        await publisher.PublishAsync(Topic("t"), "m", 1, true, Property.MessageExpiry(1000));
        Assert.InRange((await first.ReceivePublishAsync("m")).Number(PropertyId.MessageExpiryInterval)!.Value, 990, 1000);
        await first.BreakAsync();

        await Eventually.BecomesAsync(() => RetainedAsync(publisher), m => m!.Number(PropertyId.MessageExpiryInterval) < 1000, "the lifetime of the retained message runs");
        Peer back = await ConnectAsync(V5, Lasting(V5, "sub"));
        Received again = await back.ReceivePublishAsync("m");
        Assert.True(again.Dup);
        Assert.InRange(again.Number(PropertyId.MessageExpiryInterval)!.Value, 1, 999);
    }

    [Fact]
    [Statement("5.0", "MQTT-4.3.3-7", "MQTT-4.3.3-13")]
    public async Task Exchange_that_began_goes_on_although_the_message_expired()
    {
        Peer first = await ConnectAsync(V5, Lasting(V5, "sub"));
        await first.SubscribeAsync((Topic("t"), 0x22));
        Peer publisher = await ConnectAsync(V5, "pub");
        await publisher.SendAsync(Packets.Publish(V5, Topic("t"), "brief", 2, 5, true, properties: [Property.MessageExpiry(1)]));
        await publisher.ReceiveAckAsync(PacketType.PubRec, 5);
        int id = (await first.ReceivePublishAsync("brief")).PacketIdentifier;
        await first.BreakAsync();
        await Eventually.BecomesAsync(() => RetainedAsync(publisher), m => m is null, "the retained message expires");

        // Towards the subscriber it is sent again although its lifetime is over; the publisher's exchange is completed too.
        Peer back = await ConnectAsync(V5, Lasting(V5, "sub"));
        Received again = await back.ReceivePublishAsync("brief");
        Assert.Equal((id, true), (again.PacketIdentifier, again.Dup));
        await back.SendAsync(Packets.Ack(PacketType.PubRec, id));
        await back.ReceiveAckAsync(PacketType.PubRel, id);
        await publisher.SendAsync(Packets.Ack(PacketType.PubRel, 5));
        await publisher.ReceiveAckAsync(PacketType.PubComp, 5);
    }

    /// <summary>The retained message of topic t, or null.</summary>
    private async Task<Received?> RetainedAsync(Peer peer)
    {
        await peer.SubscribeAsync((Topic("t"), 0));
        await peer.SendAsync(Packets.PingReq);
        Received next = await peer.ReceiveAsync();
        if (next.Type == PacketType.PingResp)
        {
            return null;
        }

        await peer.ReceiveAsync(PacketType.PingResp);
        return next;
    }
}
