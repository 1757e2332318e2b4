using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Conformance.Wire;

namespace Gateway.Tests.Conformance;

/// <summary>Sections 3.8 and 3.9: SUBSCRIBE and SUBACK.</summary>
public sealed class SubscribeTests(ConformanceGateway gateway) : ConformanceTests(gateway.Port)
{
    private const int NoLocal = 0x04, NeverSend = 0x20;

    public static TheoryData<string, byte[], byte[], int> Wrong { get; } = new()
    {
        { "flags 0", [0x80, 0x06, 0, 1, 0, 1, (byte)'t', 0], [0x80, 0x07, 0, 1, 0, 0, 1, (byte)'t', 0], 0x81 },
        { "flags 3", [0x83, 0x06, 0, 1, 0, 1, (byte)'t', 0], [0x83, 0x07, 0, 1, 0, 0, 1, (byte)'t', 0], 0x81 },
        { "identifier 0", Packets.Subscribe(V311, 0, ("t", 0)), Packets.Subscribe(V5, 0, ("t", 0)), 0x82 },
        { "no filter", Packets.Subscribe(V311, 1), Packets.Subscribe(V5, 1), 0x82 },
        { "filter without options", [0x82, 0x05, 0, 1, 0, 1, (byte)'t'], [0x82, 0x06, 0, 1, 0, 0, 1, (byte)'t'], 0x81 },
        { "QoS 3", Packets.Subscribe(V311, 1, ("t", 3)), Packets.Subscribe(V5, 1, ("t", 3)), 0x82 },
        { "reserved bit 6", Packets.Subscribe(V311, 1, ("t", 0x40)), Packets.Subscribe(V5, 1, ("t", 0x40)), 0x81 },
        { "reserved bit 7", Packets.Subscribe(V311, 1, ("t", 0x81)), Packets.Subscribe(V5, 1, ("t", 0x81)), 0x81 },
        { "filter empty", Packets.Subscribe(V311, 1, ("", 0)), Packets.Subscribe(V5, 1, ("", 0)), 0x81 },
        { "filter with NUL", Packets.Subscribe(V311, 1, ("a\0", 0)), Packets.Subscribe(V5, 1, ("a\0", 0)), 0x81 },
        { "filter ill-formed", [0x82, 0x07, 0, 1, 0, 2, 0xC3, 0x28, 0], [0x82, 0x08, 0, 1, 0, 0, 2, 0xC3, 0x28, 0], 0x81 },
        { "filter over the end", [0x82, 0x06, 0, 1, 0, 9, (byte)'t', 0], [0x82, 0x07, 0, 1, 0, 0, 9, (byte)'t', 0], 0x81 },
        { "# not last", Packets.Subscribe(V311, 1, ("a/#/b", 0)), Packets.Subscribe(V5, 1, ("a/#/b", 0)), 0x81 },
        { "# within a level", Packets.Subscribe(V311, 1, ("a#", 0)), Packets.Subscribe(V5, 1, ("a#", 0)), 0x81 },
        { "## as a level", Packets.Subscribe(V311, 1, ("a/##", 0)), Packets.Subscribe(V5, 1, ("a/##", 0)), 0x81 },
        { "+ within a level", Packets.Subscribe(V311, 1, ("a+/b", 0)), Packets.Subscribe(V5, 1, ("a+/b", 0)), 0x81 },
        { "+ before text", Packets.Subscribe(V311, 1, ("a/+b", 0)), Packets.Subscribe(V5, 1, ("a/+b", 0)), 0x81 },
        { "second filter wrong", Packets.Subscribe(V311, 1, ("a", 0), ("+b", 0)), Packets.Subscribe(V5, 1, ("a", 0), ("+b", 0)), 0x81 },
    };

    public static TheoryData<string, byte[], int> WrongIn5 { get; } = new()
    {
        { "retain handling 3", Packets.Subscribe(V5, 1, ("t", 0x30)), 0x82 },
        { "subscription identifier 0", Packets.Subscribe(V5, 1, [Property.SubscriptionIdentifier(0)], ("t", 0)), 0x82 },
        { "subscription identifier twice", Packets.Subscribe(V5, 1, [Property.SubscriptionIdentifier(1), Property.SubscriptionIdentifier(2)], ("t", 0)), 0x82 },
        { "subscription identifier of five bytes", Packets.Subscribe(V5, 1, [[0x0B, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]], ("t", 0)), 0x81 },
        { "property of another packet", Packets.Subscribe(V5, 1, [Property.MessageExpiry(1)], ("t", 0)), 0x81 },
        { "No Local on a shared subscription", Packets.Subscribe(V5, 1, ("$share/g/t", NoLocal)), 0x82 },
        { "share without a filter", Packets.Subscribe(V5, 1, ("$share/g", 0)), 0x81 },
        { "share with an empty filter", Packets.Subscribe(V5, 1, ("$share/g/", 0)), 0x81 },
        { "share with an empty name", Packets.Subscribe(V5, 1, ("$share//t", 0)), 0x81 },
        { "share name with +", Packets.Subscribe(V5, 1, ("$share/+/t", 0)), 0x81 },
        { "share name with #", Packets.Subscribe(V5, 1, ("$share/a#/t", 0)), 0x81 },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    [Statement("3.1.1", "MQTT-1.5.3-1", "MQTT-1.5.3-2", "MQTT-2.3.1-1", "MQTT-3.8.1-1", "MQTT-3.8.3-1", "MQTT-3.8.3-3", "MQTT-3.8.3-4", "MQTT-4.7.1-2")]
    [Statement("3.1.1", "MQTT-4.7.1-3", "MQTT-4.7.3-1", "MQTT-4.7.3-2", "MQTT-4.8.0-1")]
    [Statement("5.0", "MQTT-2.2.1-3", "MQTT-3.8.1-1", "MQTT-3.8.3-1", "MQTT-3.8.3-2", "MQTT-3.8.3-5", "MQTT-4.7.1-1", "MQTT-4.7.1-2", "MQTT-4.7.3-1")]
    [Statement("5.0", "MQTT-4.7.3-2", "MQTT-4.13.1-1")]
    public async Task Subscribe_of_wrong_form_closes(string wrong, byte[] in311, byte[] in5, int reason)
    {
        Assert.NotEmpty(wrong);
        Peer older = await ConnectAsync(V311, "a");
        await older.SendAsync(in311);
        await older.ReceiveEndAsync();
        Peer newer = await ConnectAsync(V5, "b");
        await newer.SendAsync(in5);
        await newer.ReceiveCloseAsync(reason);
    }

    [Theory]
    [MemberData(nameof(WrongIn5))]
    [Statement("5.0", "MQTT-1.5.5-1", "MQTT-3.8.3-4", "MQTT-4.8.2-1", "MQTT-4.8.2-2", "MQTT-4.13.1-1")]
    public async Task Subscribe_of_wrong_form_closes_in_5(string wrong, byte[] packet, int reason)
    {
        Assert.NotEmpty(wrong);
        Peer peer = await ConnectAsync(V5, "a");
        await peer.SendAsync(packet);
        await peer.ReceiveCloseAsync(reason);
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-2.3.1-7", "MQTT-3.8.4-1", "MQTT-3.8.4-2", "MQTT-3.8.4-4", "MQTT-3.8.4-5", "MQTT-3.9.3-1", "MQTT-3.9.3-2")]
    [Statement("5.0", "MQTT-2.2.1-6", "MQTT-3.8.4-1", "MQTT-3.8.4-2", "MQTT-3.8.4-5", "MQTT-3.8.4-6", "MQTT-3.8.4-7", "MQTT-3.9.3-1", "MQTT-3.9.3-2")]
    public async Task Suback_has_a_code_for_each_filter_in_order(MqttProtocolVersion version)
    {
        Peer peer = await ConnectAsync(version, "a");
        string tooDeep = string.Join('/', Enumerable.Repeat("x", 33));
        await peer.SendAsync(Packets.Subscribe(version, 65_535, (Topic("2"), 2), (tooDeep, 1), (Topic("0"), 0), (Topic("1"), 1), (Topic("2"), 1)));
        Received subAck = await peer.ReceiveAckAsync(PacketType.SubAck, 65_535);
        Assert.Equal([2, (byte)(version == V5 ? 0x8F : 0x80), 0, 1, 1], subAck.ReasonCodes);

        // As if they had come one after the other: the last word on a filter counts.
        await peer.SendAsync(Packets.Publish(version, Topic("2"), "m", 2, 8));
        Received[] both = [await peer.ReceiveAsync(), await peer.ReceiveAsync()];
        Assert.Contains(both, p => p.Type == PacketType.Publish && p.Qos == 1);
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-3.8.4-6", "MQTT-4.5.0-1")]
    [Statement("5.0", "MQTT-3.8.4-8", "MQTT-4.5.0-1")]
    public async Task Message_has_the_lower_of_published_and_granted_qos(MqttProtocolVersion version)
    {
        Peer publisher = await ConnectAsync(version, "pub");
        for (int granted = 0; granted <= 2; granted++)
        {
            Peer subscriber = await ConnectAsync(version, $"sub{granted}");
            await subscriber.SubscribeAsync((Topic("t"), granted));
            for (int published = 0; published <= 2; published++)
            {
                await publisher.PublishAsync(Topic("t"), $"{published}", published);
                Assert.Equal(Math.Min(granted, published), (await subscriber.ReceivePublishAsync($"{published}")).Qos);
            }
        }
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-3.3.5-1")]
    [Statement("5.0", "MQTT-3.3.4-2")]
    public async Task Overlapping_subscriptions_give_the_highest_qos_of_them(MqttProtocolVersion version)
    {
        Peer subscriber = await ConnectAsync(version, "sub");
        await subscriber.SubscribeAsync((Topic("a/#"), 0), (Topic("a/+"), 2), (Topic("a/b"), 1));
        Peer publisher = await ConnectAsync(version, "pub");
        await publisher.PublishAsync(Topic("a/b"), "m", 2);
        await publisher.PublishAsync(Topic("a"), "marker", 2);
        Assert.Equal(2, (await subscriber.ReceivePublishAsync("m")).Qos);
        Assert.Equal(0, (await subscriber.ReceivePublishAsync("marker")).Qos);
    }

    [Fact]
    [Statement("5.0", "MQTT-3.3.4-3", "MQTT-3.3.4-4")]
    public async Task Overlapping_subscriptions_give_all_their_identifiers()
    {
        Peer subscriber = await ConnectAsync(V5, "sub");
        await subscriber.SubscribeAsync([Property.SubscriptionIdentifier(1)], (Topic("a/#"), 0));
        await subscriber.SubscribeAsync([Property.SubscriptionIdentifier(268_435_455)], (Topic("a/+"), 1));
        await subscriber.SubscribeAsync((Topic("+/b"), 1));
        await subscriber.SubscribeAsync([Property.SubscriptionIdentifier(200)], (Topic("other"), 1), (Topic("a/b"), 1));
        Peer publisher = await ConnectAsync(V5, "pub");
        await publisher.PublishAsync(Topic("a/b"), "all");
        await publisher.PublishAsync(Topic("x/b"), "none");
        Received all = await subscriber.ReceivePublishAsync("all");
        Assert.Equal([1, 200, 268_435_455], Identifiers(all));
        Received none = await subscriber.ReceivePublishAsync("none");
        Assert.Empty(Identifiers(none));
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-3.8.4-3")]
    [Statement("5.0", "MQTT-3.8.4-3", "MQTT-3.8.4-4")]
    public async Task Same_filter_again_replaces_the_subscription_and_loses_nothing(MqttProtocolVersion version)
    {
        Peer subscriber = await ConnectAsync(version, "sub");
        await subscriber.SubscribeAsync([Property.SubscriptionIdentifier(1)], (Topic("t"), 2));
        Peer publisher = await ConnectAsync(version, "pub");
        const int Count = 30;
        await publisher.SendAsync([.. Enumerable.Range(1, Count).Select(i => Packets.Publish(version, Topic("t"), $"{i}", 1, i))]);
        byte[] again = Packets.Subscribe(version, 3, [Property.SubscriptionIdentifier(2)], (Topic("t"), 1));
        await subscriber.SendAsync(again, again, again);
        int next = 1;
        for (int subAcks = 0; subAcks < 3 || next <= Count;)
        {
            Received packet = await subscriber.ReceiveAsync();
            if (packet.Type == PacketType.SubAck)
            {
                subAcks++;
            }
            else
            {
                Assert.Equal($"{next++}", packet.Payload);
            }
        }

        await publisher.SendAsync(Packets.Publish(version, Topic("t"), "last", 2, 900));
        Received last = await subscriber.ReceivePublishAsync("last");
        Assert.Equal(1, last.Qos);
        Assert.Equal(version == V5 ? [2] : [], Identifiers(last));
        await subscriber.ReceiveNothingAsync();
    }

    [Fact]
    [Statement("5.0", "MQTT-3.8.3-3")]
    public async Task No_local_keeps_a_clients_own_messages_from_it_and_no_others()
    {
        Peer first = await ConnectAsync(V5, Lasting(V5, "a"));
        await first.SubscribeAsync((Topic("t"), NoLocal | 1), (Topic("marker"), 0));
        await first.PublishAsync(Topic("t"), "own", 1);
        Peer other = await ConnectAsync(V5, "b");
        await other.PublishAsync(Topic("t"), "other's", 1);
        await first.PublishAsync(Topic("marker"), "marker");
        await first.ReceivePublishAsync("other's");
        await first.ReceivePublishAsync("marker");
        await first.BreakAsync();

        // The client is the same on another connection; what it published retained comes on subscribing, for it is not forwarded then.
        Peer back = await ConnectAsync(V5, Lasting(V5, "a"));
        await back.ReceivePublishAsync("other's");
        await back.PublishAsync(Topic("t"), "own again", 1);
        await back.PublishAsync(Topic("marker"), "marker");
        await back.ReceivePublishAsync("marker");
    }

    [Fact]
    [Statement("5.0", "MQTT-3.8.3-3", "MQTT-3.3.4-2")]
    public async Task No_local_does_not_hide_what_another_subscription_matches()
    {
        Peer peer = await ConnectAsync(V5, "a");
        await peer.SubscribeAsync([Property.SubscriptionIdentifier(1)], (Topic("t"), NoLocal | 2));
        await peer.SubscribeAsync([Property.SubscriptionIdentifier(2)], (Topic("#"), NeverSend | 1));
        await peer.SendAsync(Packets.Publish(V5, Topic("t"), "own", 2, 4));
        Received[] both = [await peer.ReceiveAsync(), await peer.ReceiveAsync()];
        Received message = Assert.Single(both, p => p.Type == PacketType.Publish);
        Assert.Equal((1, "own"), (message.Qos, message.Payload));
        Assert.Equal([2], Identifiers(message));
    }

    private static long[] Identifiers(Received message) =>
        [.. message.Properties.Where(p => p.Id == PropertyId.SubscriptionIdentifier).Select(p => p.Number).Order()];
}
