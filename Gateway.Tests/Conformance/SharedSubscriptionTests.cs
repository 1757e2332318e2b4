using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Conformance.Wire;

namespace Gateway.Tests.Conformance;

/// <summary>Section 4.8.2: shared subscriptions.</summary>
public sealed class SharedSubscriptionTests(ConformanceGateway gateway) : ConformanceTests(gateway.Port)
{
    private const int Unspecified = 0x80;

    [Fact]
    [Statement("5.0", "MQTT-4.8.2-1", "MQTT-4.8.2-2", "MQTT-4.8.2-3")]
    public async Task Each_message_goes_to_one_member_of_each_group_with_the_qos_granted_to_it()
    {
        Peer[] members = [await ConnectAsync(V5, "m0"), await ConnectAsync(V5, "m1"), await ConnectAsync(V5, "m2")];
        for (int qos = 0; qos < members.Length; qos++)
        {
            await members[qos].SubscribeAsync([Property.SubscriptionIdentifier(qos + 1)], (Shared("g", "t/#"), qos));
        }

        Peer other = await ConnectAsync(V5, "other");
        await other.SubscribeAsync((Shared("h", "t/#"), 0));
        Peer publisher = await ConnectAsync(V5, "pub");
        const int Count = 12;
        for (int i = 0; i < Count; i++)
        {
            await publisher.PublishAsync(Topic($"t/{i}"), $"{i}", 2);
            await other.ReceivePublishAsync($"{i}");
        }

        HashSet<string> seen = [];
        for (int qos = 0; qos < members.Length; qos++)
        {
            await members[qos].SendAsync(Packets.PingReq);
            for (Received next = await members[qos].ReceiveAsync(); next.Type != PacketType.PingResp; next = await members[qos].ReceiveAsync())
            {
                Assert.True(seen.Add(next.Payload), $"{next.Payload} came twice");
                Assert.Equal((qos, (long)qos + 1), (next.Qos, next.Number(PropertyId.SubscriptionIdentifier)));
            }
        }

        Assert.Equal(Count, seen.Count);
    }

    [Fact]
    public async Task Retained_messages_are_not_sent_for_a_shared_subscription()
    {
        Peer peer = await ConnectAsync(V5, "a");
        await peer.PublishAsync(Topic("t"), "kept", 1, retain: true);
        await peer.SubscribeAsync((Shared("g", "t"), 1));
        await peer.ReceiveNothingAsync();
    }

    [Fact]
    public async Task Subscription_of_ones_own_and_a_shared_one_both_give_the_message()
    {
        Peer peer = await ConnectAsync(V5, "a");
        await peer.SubscribeAsync((Shared("g", "t"), 0), (Topic("t"), 0));
        await peer.PublishAsync(Topic("t"), "m");
        await peer.ReceivePublishAsync("m");
        await peer.ReceivePublishAsync("m");
        await peer.ReceiveNothingAsync();
    }

    [Fact]
    [Statement("5.0", "MQTT-3.10.4-1", "MQTT-3.10.4-2")]
    public async Task Unsubscribe_of_the_whole_filter_leaves_the_group()
    {
        Peer peer = await ConnectAsync(V5, "a");
        await peer.SubscribeAsync((Shared("g", "t"), 0));
        await peer.SendAsync(Packets.Unsubscribe(V5, 2, Topic("t"), Shared("h", "t"), Shared("g", "t")));
        Assert.Equal([0x11, 0x11, 0x00], (await peer.ReceiveAckAsync(PacketType.UnsubAck, 2)).ReasonCodes);
        await peer.PublishAsync(Topic("t"), "m", 1);
        await peer.ReceiveNothingAsync();
    }

    [Fact]
    [Statement("5.0", "MQTT-4.8.2-4")]
    public async Task Exchange_of_qos_2_is_finished_with_the_member_it_began_with()
    {
        Peer chosen = await ConnectAsync(V5, Lasting(V5, "chosen"));
        await chosen.SubscribeAsync((Shared("g", "t"), 2));
        Peer publisher = await ConnectAsync(V5, "pub");
        await publisher.PublishAsync(Topic("t"), "m", 2);
        int id = (await chosen.ReceivePublishAsync("m")).PacketIdentifier;
        Peer other = await ConnectAsync(V5, "other");
        await other.SubscribeAsync((Shared("g", "t"), 2));
        await chosen.BreakAsync();
        await other.ReceiveNothingAsync();
        Peer back = await ConnectAsync(V5, Lasting(V5, "chosen"));
        Assert.Equal(id, (await back.ReceivePublishAsync("m")).PacketIdentifier);
        await back.SendAsync(Packets.Ack(PacketType.PubRec, id));
        await back.ReceiveAckAsync(PacketType.PubRel, id);
        await other.ReceiveNothingAsync();
    }

    [Fact]
    [Statement("5.0", "MQTT-4.8.2-5")]
    public async Task Message_begun_with_a_member_whose_session_ends_goes_to_nobody_else()
    {
        Peer chosen = await ConnectAsync(V5, "chosen");
        await chosen.SubscribeAsync((Shared("g", "t"), 2));
        Peer publisher = await ConnectAsync(V5, "pub");
        await publisher.PublishAsync(Topic("t"), "m", 2);
        await chosen.ReceivePublishAsync("m");
        Peer other = await ConnectAsync(V5, "other");
        await other.SubscribeAsync((Shared("g", "t"), 2));
        await chosen.BreakAsync();
        await publisher.PublishAsync(Topic("t"), "marker", 2);
        await other.ReceivePublishAsync("marker");
        await other.ReceiveNothingAsync();
    }

    [Theory]
    [InlineData(1, PacketType.PubAck)]
    [InlineData(2, PacketType.PubRec)]
    [Statement("5.0", "MQTT-4.8.2-6", "MQTT-4.4.0-2")]
    public async Task Message_that_a_member_refuses_goes_to_nobody_else(int qos, PacketType ack)
    {
        Peer chosen = await ConnectAsync(V5, "chosen");
        await chosen.SubscribeAsync((Shared("g", "t"), 2));
        Peer publisher = await ConnectAsync(V5, "pub");
        await publisher.PublishAsync(Topic("t"), "m", qos);
        int id = (await chosen.ReceivePublishAsync("m")).PacketIdentifier;
        Peer other = await ConnectAsync(V5, "other");
        await other.SubscribeAsync((Shared("g", "t"), 2));
        await chosen.SendAsync(Packets.Ack(ack, id, Unspecified));
        await chosen.ReceiveNothingAsync();
        await other.ReceiveNothingAsync();
    }

    [Fact]
    [Statement("5.0", "MQTT-4.8.2-2")]
    public async Task Filter_that_only_looks_shared_is_an_ordinary_one()
    {
        Peer peer = await ConnectAsync(V5, "a");
        await peer.SubscribeAsync(("$shared/g/t", 0), ("$SHARE/g/t", 0), ("share/g/t", 0));
        await peer.SendAsync(Packets.Publish(V5, "share/g/t", "m"));
        await peer.ReceivePublishAsync("m");
    }

    private string Shared(string group, string name) => $"$share/{group}/{Topic(name)}";
}
