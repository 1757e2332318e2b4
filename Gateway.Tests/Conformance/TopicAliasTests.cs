using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Conformance.Wire;

namespace Gateway.Tests.Conformance;

/// <summary>Sections 3.1.2.11.5, 3.2.2.3.8 and 3.3.2.3.4: topic aliases both ways.</summary>
public sealed class TopicAliasTests(ConformanceGateway gateway) : ConformanceTests(gateway.Port)
{
    [Fact]
    [Statement("5.0", "MQTT-3.3.2-12", "MQTT-3.3.2-3")]
    public async Task Every_alias_up_to_the_maximum_is_taken()
    {
        Peer subscriber = await ConnectAsync(V5, "sub");
        await subscriber.SubscribeAsync((Topic("#"), 1));
        Peer publisher = await OpenAsync(V5);
        int maximum = (int)(await publisher.ConnectAsync(new ConnectOptions { ClientId = Client("pub") })).Number(PropertyId.TopicAliasMaximum)!.Value;
        Assert.InRange(maximum, 1, 65_535);
        for (int alias = 1; alias <= maximum; alias++)
        {
            await publisher.PublishAsync(Topic($"{alias}"), "set", 0, false, Property.TopicAlias(alias));
            Assert.Equal(Topic($"{alias}"), (await subscriber.ReceivePublishAsync("set")).Topic);
        }

        for (int alias = maximum; alias > 0; alias--)
        {
            await publisher.PublishAsync("", "used", 1, false, Property.TopicAlias(alias));
            Received message = await subscriber.ReceivePublishAsync("used");
            Assert.Equal(Topic($"{alias}"), message.Topic);
            Assert.False(message.Has(PropertyId.TopicAlias));
            await subscriber.SendAsync(Packets.Ack(PacketType.PubAck, message.PacketIdentifier));
        }
    }

    [Fact]
    [Statement("5.0", "MQTT-3.3.2-12")]
    public async Task Alias_that_is_set_again_means_the_new_topic()
    {
        Peer peer = await ConnectAsync(V5, "a");
        await peer.SubscribeAsync((Topic("#"), 0));
        await peer.PublishAsync(Topic("one"), "1", 0, false, Property.TopicAlias(1));
        await peer.PublishAsync(Topic("two"), "2", 0, false, Property.TopicAlias(1));
        await peer.PublishAsync("", "3", 0, false, Property.TopicAlias(1));
        Assert.Equal(Topic("one"), (await peer.ReceivePublishAsync("1")).Topic);
        Assert.Equal(Topic("two"), (await peer.ReceivePublishAsync("2")).Topic);
        Assert.Equal(Topic("two"), (await peer.ReceivePublishAsync("3")).Topic);
    }

    [Fact]
    [Statement("5.0", "MQTT-3.3.2-7")]
    public async Task Aliases_of_the_client_end_with_the_connection()
    {
        Peer first = await ConnectAsync(V5, Lasting(V5, "a"));
        await first.PublishAsync(Topic("t"), "1", 1, false, Property.TopicAlias(1));
        await first.BreakAsync();
        Peer back = await ConnectAsync(V5, Lasting(V5, "a"));
        await back.SendAsync(Packets.Publish(V5, "", "2", 1, 7, properties: [Property.TopicAlias(1)]));
        await back.ReceiveCloseAsync(0x82);
    }

    [Fact]
    [Statement("5.0", "MQTT-3.1.2-27", "MQTT-3.3.2-11")]
    public async Task Client_that_takes_no_aliases_gets_none()
    {
        Peer absent = await ConnectAsync(V5, "absent");
        Peer zero = await ConnectAsync(V5, "zero", Property.TopicAliasMaximum(0));
        foreach (Peer subscriber in new[] { absent, zero })
        {
            await subscriber.SubscribeAsync((Topic("t"), 0));
        }

        for (int i = 0; i < 3; i++)
        {
            await absent.PublishAsync(Topic("t"), "m");
            foreach (Peer subscriber in new[] { absent, zero })
            {
                Received message = await subscriber.ReceivePublishAsync("m");
                Assert.Equal((Topic("t"), false), (message.Topic, message.Has(PropertyId.TopicAlias)));
            }
        }
    }

    [Fact]
    [Statement("5.0", "MQTT-3.1.2-26", "MQTT-3.3.2-11", "MQTT-3.3.2-8")]
    public async Task Aliases_of_the_server_stay_within_the_clients_maximum_and_can_be_resolved()
    {
        Peer subscriber = await ConnectAsync(V5, "sub", Property.TopicAliasMaximum(2));
        await subscriber.SubscribeAsync((Topic("#"), 1));
        Dictionary<long, string> known = [];
        for (int i = 0; i < 9; i++)
        {
            string topic = Topic($"{i % 3}");
            await subscriber.SendAsync(Packets.Publish(V5, topic, $"{i}"));
            Received message = await subscriber.ReceivePublishAsync($"{i}");
            if (message.Number(PropertyId.TopicAlias) is long alias)
            {
                Assert.InRange(alias, 1, 2);
                known[alias] = message.Topic.Length > 0 ? message.Topic : known[alias];
                Assert.Equal(topic, known[alias]);
            }
            else
            {
                Assert.Equal(topic, message.Topic);
            }
        }
    }

    [Fact]
    [Statement("5.0", "MQTT-3.3.2-7")]
    public async Task Aliases_of_the_server_end_with_the_connection()
    {
        ConnectOptions options = Lasting(V5, "sub") with { Properties = [Property.SessionExpiry(600), Property.TopicAliasMaximum(5)] };
        Peer first = await ConnectAsync(V5, options);
        await first.SubscribeAsync((Topic("t"), 1));
        await first.SendAsync(Packets.Publish(V5, Topic("t"), "1", 0));
        await first.ReceivePublishAsync("1");
        await first.SendAsync(Packets.Publish(V5, Topic("t"), "2", 1, 2));
        Received[] two = [await first.ReceiveAsync(), await first.ReceiveAsync()];
        Assert.Contains(two, p => p is { Type: PacketType.Publish, Payload: "2" });
        await first.BreakAsync();
        Peer back = await ConnectAsync(V5, options);
        Assert.Equal(Topic("t"), (await back.ReceivePublishAsync("2")).Topic);
    }
}
