using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Conformance.Wire;

namespace Gateway.Tests.Conformance;

/// <summary>Sections 3.10 and 3.11: UNSUBSCRIBE and UNSUBACK.</summary>
public sealed class UnsubscribeTests(ConformanceGateway gateway) : ConformanceTests(gateway.Port)
{
    private const byte Success = 0x00, NoSubscriptionExisted = 0x11;

    public static TheoryData<string, byte[], byte[], int> Wrong { get; } = new()
    {
        { "flags 0", [0xA0, 0x05, 0, 1, 0, 1, (byte)'t'], [0xA0, 0x06, 0, 1, 0, 0, 1, (byte)'t'], 0x81 },
        { "flags 6", [0xA6, 0x05, 0, 1, 0, 1, (byte)'t'], [0xA6, 0x06, 0, 1, 0, 0, 1, (byte)'t'], 0x81 },
        { "identifier 0", Packets.Unsubscribe(V311, 0, "t"), Packets.Unsubscribe(V5, 0, "t"), 0x82 },
        { "no filter", Packets.Unsubscribe(V311, 1), Packets.Unsubscribe(V5, 1), 0x82 },
        { "filter empty", Packets.Unsubscribe(V311, 1, ""), Packets.Unsubscribe(V5, 1, ""), 0x81 },
        { "filter with NUL", Packets.Unsubscribe(V311, 1, "\0"), Packets.Unsubscribe(V5, 1, "\0"), 0x81 },
        { "filter ill-formed", [0xA2, 0x06, 0, 1, 0, 2, 0xC3, 0x28], [0xA2, 0x07, 0, 1, 0, 0, 2, 0xC3, 0x28], 0x81 },
        { "filter over the end", [0xA2, 0x05, 0, 1, 0, 9, (byte)'t'], [0xA2, 0x06, 0, 1, 0, 0, 9, (byte)'t'], 0x81 },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    [Statement("3.1.1", "MQTT-2.3.1-1", "MQTT-3.10.1-1", "MQTT-3.10.3-1", "MQTT-3.10.3-2", "MQTT-4.8.0-1")]
    [Statement("5.0", "MQTT-2.2.1-3", "MQTT-3.10.1-1", "MQTT-3.10.3-1", "MQTT-3.10.3-2", "MQTT-4.13.1-1")]
    public async Task Unsubscribe_of_wrong_form_closes(string wrong, byte[] in311, byte[] in5, int reason)
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
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-2.3.1-7", "MQTT-3.10.4-1", "MQTT-3.10.4-2", "MQTT-3.10.4-4", "MQTT-3.10.4-5", "MQTT-3.10.4-6")]
    [Statement("5.0", "MQTT-2.2.1-6", "MQTT-3.10.4-1", "MQTT-3.10.4-2", "MQTT-3.10.4-4", "MQTT-3.10.4-5", "MQTT-3.10.4-6", "MQTT-3.11.3-1", "MQTT-3.11.3-2")]
    public async Task Unsubscribe_ends_the_equal_filters_and_is_answered_for_each(MqttProtocolVersion version)
    {
        Peer peer = await ConnectAsync(version, "a");
        await peer.SubscribeAsync((Topic("+"), 0), (Topic("a"), 1), (Topic("b/#"), 0), (Topic("c"), 0));
        await peer.SendAsync(Packets.Unsubscribe(version, 65_535, Topic("a"), Topic("#"), Topic("A"), Topic("b/#"), Topic("a")));
        Received unsubAck = await peer.ReceiveAckAsync(PacketType.UnsubAck, 65_535);
        byte[] expected = [Success, NoSubscriptionExisted, NoSubscriptionExisted, Success, NoSubscriptionExisted];
        Assert.Equal(version == V5 ? expected : [], unsubAck.ReasonCodes);

        // The wildcard that matches is another filter and stays.
        await peer.PublishAsync(Topic("b/c"), "gone", 1);
        await peer.SendAsync(Packets.Publish(version, Topic("a"), "stays"));
        Assert.Equal(0, (await peer.ReceivePublishAsync("stays")).Qos);
        await peer.SendAsync(Packets.Unsubscribe(version, 2, Topic("+"), Topic("c")));
        await peer.ReceiveAckAsync(PacketType.UnsubAck, 2);
        await peer.PublishAsync(Topic("a"), "gone", 1);
        await peer.ReceiveNothingAsync();
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-3.10.4-5")]
    [Statement("5.0", "MQTT-3.10.4-5")]
    public async Task Unsubscribe_is_answered_where_nothing_was_subscribed(MqttProtocolVersion version)
    {
        Peer peer = await ConnectAsync(version, "a");
        await peer.SendAsync(Packets.Unsubscribe(version, 4, Topic("never")));
        Assert.Equal(version == V5 ? [NoSubscriptionExisted] : [], (await peer.ReceiveAckAsync(PacketType.UnsubAck, 4)).ReasonCodes);
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-3.10.4-3")]
    [Statement("5.0", "MQTT-3.10.4-3")]
    public async Task Messages_on_their_way_are_finished_after_unsubscribe(MqttProtocolVersion version)
    {
        Peer first = await ConnectAsync(version, Lasting(version, "sub"));
        await first.SubscribeAsync((Topic("t"), 2));
        Peer publisher = await ConnectAsync(version, "pub");
        await publisher.PublishAsync(Topic("t"), "begun", 2);
        int id = (await first.ReceivePublishAsync("begun")).PacketIdentifier;
        await first.SendAsync(Packets.Unsubscribe(version, 2, Topic("t")));
        await first.ReceiveAckAsync(PacketType.UnsubAck, 2);
        await first.BreakAsync();
        Peer back = await ConnectAsync(version, Lasting(version, "sub"));
        Assert.Equal(id, (await back.ReceivePublishAsync("begun")).PacketIdentifier);
        await back.SendAsync(Packets.Ack(PacketType.PubRec, id));
        await back.ReceiveAckAsync(PacketType.PubRel, id);
        await back.SendAsync(Packets.Ack(PacketType.PubComp, id));
        await back.ReceiveNothingAsync();
    }
}
