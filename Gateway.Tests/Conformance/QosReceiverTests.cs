using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Conformance.Wire;

namespace Gateway.Tests.Conformance;

/// <summary>Sections 3.3.4 to 3.7 and 4.3: messages from the client to the server.</summary>
public sealed class QosReceiverTests(ConformanceGateway gateway) : ConformanceTests(gateway.Port)
{
    private const int NotAuthorized = 0x87, PacketIdentifierNotFound = 0x92;

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-3.3.4-1", "MQTT-4.3.1-1", "MQTT-2.3.1-5")]
    [Statement("5.0", "MQTT-3.3.4-1", "MQTT-4.3.1-1", "MQTT-2.2.1-2")]
    public async Task Qos_0_is_passed_on_and_not_answered(MqttProtocolVersion version)
    {
        Peer publisher = await ConnectAsync(version, "pub");
        Peer subscriber = await ConnectAsync(version, "sub");
        await subscriber.SubscribeAsync((Topic("t"), 2));
        await publisher.PublishAsync(Topic("t"), "m");
        Received message = await subscriber.ReceivePublishAsync("m");
        Assert.Equal((0, false), (message.Qos, message.Dup));
        await publisher.ReceiveNothingAsync();
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-3.3.4-1", "MQTT-4.3.2-2", "MQTT-2.3.1-6")]
    [Statement("5.0", "MQTT-3.3.4-1", "MQTT-4.3.2-4", "MQTT-4.3.2-5", "MQTT-2.2.1-5", "MQTT-3.4.2-1")]
    public async Task Qos_1_is_answered_and_its_identifier_means_a_new_message_then(MqttProtocolVersion version)
    {
        Peer subscriber = await ConnectAsync(version, "sub");
        await subscriber.SubscribeAsync((Topic("t"), 0));
        Peer publisher = await ConnectAsync(version, "pub");
        foreach (bool dup in new[] { false, true, false })
        {
            await publisher.SendAsync(Packets.Publish(version, Topic("t"), $"{dup}", 1, 65_535, dup: dup));
            await publisher.ReceiveAckAsync(PacketType.PubAck, 65_535);
            await subscriber.ReceivePublishAsync($"{dup}");
        }
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-3.3.4-1", "MQTT-4.3.3-2", "MQTT-2.3.1-6")]
    [Statement("5.0", "MQTT-3.3.4-1", "MQTT-4.3.3-8", "MQTT-4.3.3-10", "MQTT-4.3.3-11", "MQTT-4.3.3-12", "MQTT-2.2.1-5", "MQTT-3.5.2-1", "MQTT-3.7.2-1")]
    public async Task Qos_2_is_delivered_once_until_its_identifier_is_released(MqttProtocolVersion version)
    {
        Peer subscriber = await ConnectAsync(version, "sub");
        await subscriber.SubscribeAsync((Topic("t"), 0));
        Peer publisher = await ConnectAsync(version, "pub");
        foreach (string payload in new[] { "one", "two" })
        {
            await publisher.SendAsync(Packets.Publish(version, Topic("t"), payload, 2, 9));
            await publisher.ReceiveAckAsync(PacketType.PubRec, 9);
            await publisher.SendAsync(Packets.Publish(version, Topic("t"), payload, 2, 9, dup: true));
            await publisher.ReceiveAckAsync(PacketType.PubRec, 9);
            await publisher.SendAsync(Packets.Publish(version, Topic("t"), payload, 2, 9));
            await publisher.ReceiveAckAsync(PacketType.PubRec, 9);
            await publisher.SendAsync(Packets.Ack(PacketType.PubRel, 9));
            await publisher.ReceiveAckAsync(PacketType.PubComp, 9);
            await subscriber.ReceivePublishAsync(payload);
        }

        await subscriber.ReceiveNothingAsync();
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-4.3.3-2", "MQTT-4.4.0-1", "MQTT-4.1.0-1")]
    [Statement("5.0", "MQTT-4.3.3-10", "MQTT-4.3.3-11")]
    public async Task Qos_2_that_is_sent_again_on_another_connection_is_delivered_once(MqttProtocolVersion version)
    {
        Peer subscriber = await ConnectAsync(version, "sub");
        await subscriber.SubscribeAsync((Topic("t"), 0));
        Peer first = await ConnectAsync(version, Lasting(version, "pub"));
        await first.SendAsync(Packets.Publish(version, Topic("t"), "m", 2, 9));
        await first.ReceiveAckAsync(PacketType.PubRec, 9);
        await first.BreakAsync();

        Peer back = await ConnectAsync(version, Lasting(version, "pub"));
        await back.SendAsync(Packets.Publish(version, Topic("t"), "m", 2, 9, dup: true));
        await back.ReceiveAckAsync(PacketType.PubRec, 9);
        await back.SendAsync(Packets.Ack(PacketType.PubRel, 9));
        await back.ReceiveAckAsync(PacketType.PubComp, 9);
        await back.PublishAsync(Topic("t"), "marker");
        await subscriber.ReceivePublishAsync("m");
        await subscriber.ReceivePublishAsync("marker");
    }

    [Theory]
    [InlineData(V311, 0)]
    [InlineData(V5, PacketIdentifierNotFound)]
    [Statement("5.0", "MQTT-3.7.2-1", "MQTT-4.3.3-11", "MQTT-3.7.2-2", "MQTT-3.7.2-3")]
    [Statement("3.1.1", "MQTT-4.3.3-2")]
    public async Task Release_of_an_unknown_identifier_is_completed(MqttProtocolVersion version, int reason)
    {
        Peer peer = await ConnectAsync(version, new ConnectOptions { ClientId = Client("a"), Properties = [Property.MaximumPacketSize(40)] });
        await peer.SendAsync(Packets.Ack(PacketType.PubRel, 77));
        Received ack = await peer.ReceiveAckAsync(PacketType.PubComp, 77, reason);
        Assert.Empty(ack.Properties);
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-4.6.0-2", "MQTT-4.6.0-3", "MQTT-4.6.0-4")]
    [Statement("5.0", "MQTT-4.6.0-2", "MQTT-4.6.0-3", "MQTT-4.6.0-4")]
    public async Task Acknowledgements_come_in_the_order_of_the_messages(MqttProtocolVersion version)
    {
        // Every third message is retained and waits for the disk; the others do not.
        Peer peer = await ConnectAsync(version, "a");
        int[] ids = [.. Enumerable.Range(1, 60)];
        await peer.SendAsync([.. ids.Select(id => Packets.Publish(version, Topic($"{id % 3}"), "m", 1 + (id % 2), id, retain: id % 3 == 0))]);
        foreach (int id in ids)
        {
            await peer.ReceiveAckAsync(id % 2 == 0 ? PacketType.PubAck : PacketType.PubRec, id);
        }

        int[] released = [.. ids.Where(id => id % 2 == 1)];
        await peer.SendAsync([.. released.Select(id => Packets.Ack(PacketType.PubRel, id))]);
        foreach (int id in released)
        {
            await peer.ReceiveAckAsync(PacketType.PubComp, id);
        }
    }

    [Theory]
    [InlineData(1, PacketType.PubAck)]
    [InlineData(2, PacketType.PubRec)]
    [Statement("5.0", "MQTT-3.4.2-1", "MQTT-3.4.2-2", "MQTT-3.4.2-3", "MQTT-3.5.2-1", "MQTT-3.5.2-2", "MQTT-3.5.2-3", "MQTT-4.3.3-9", "MQTT-3.1.2-29")]
    public async Task Refused_message_is_told_in_the_acknowledgement_and_its_identifier_is_free(int qos, PacketType ack)
    {
        Peer peer = await ConnectAsync(V5, "a", Property.MaximumPacketSize(60), Property.Byte(PropertyId.RequestProblemInformation, 0));
        await peer.SubscribeAsync((Topic("t"), 0));
        await peer.SendAsync(Packets.Publish(V5, "$SYS/none", "m", qos, 9));
        Assert.Empty((await peer.ReceiveAckAsync(ack, 9, NotAuthorized)).Properties);
        await peer.SendAsync(Packets.Publish(V5, Topic("t"), "new", qos, 9));
        Received[] both = [await peer.ReceiveAsync(), await peer.ReceiveAsync()];
        Assert.Contains(both, p => p.Type == ack && p.PacketIdentifier == 9 && p.ReasonCode == 0);
        Assert.Contains(both, p => p.Type == PacketType.Publish && p.Payload == "new");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [Statement("3.1.1", "MQTT-3.3.5-2")]
    public async Task Refused_message_closes_in_311(int qos)
    {
        Peer peer = await ConnectAsync(V311, "a");
        await peer.SendAsync(Packets.Publish(V311, "$SYS/none", "m", qos, 9));
        await peer.ReceiveEndAsync();
    }

    [Fact]
    [Statement("5.0", "MQTT-3.14.2-1")]
    public async Task Refused_message_of_qos_0_closes_with_a_reason_in_5()
    {
        Peer peer = await ConnectAsync(V5, "a");
        await peer.SendAsync(Packets.Publish(V5, "$SYS/none", "m"));
        await peer.ReceiveCloseAsync(NotAuthorized);
    }

    [Fact]
    [Statement("5.0", "MQTT-3.3.4-7", "MQTT-4.13.1-1")]
    public async Task More_messages_than_the_receive_maximum_close_with_0x93()
    {
        Peer peer = await OpenAsync(V5);
        int maximum = (int)((await peer.ConnectAsync(new ConnectOptions { ClientId = Client("a") })).Number(PropertyId.ReceiveMaximum) ?? 65_535);
        byte[][] packets = [.. Enumerable.Range(1, maximum).Select(id => Packets.Publish(V5, "t", "", 2, id))];
        await peer.SendAsync(packets);
        for (int id = 1; id <= maximum; id++)
        {
            await peer.ReceiveAckAsync(PacketType.PubRec, id);
        }

        // Up to the maximum everything goes on; a repeated one is none more; one over it is too much.
        await peer.SendAsync(packets[0]);
        await peer.ReceiveAckAsync(PacketType.PubRec, 1);
        await peer.ReceiveNothingAsync();
        await peer.SendAsync(Packets.Publish(V5, "t", "", 1, maximum + 1));
        await peer.ReceiveCloseAsync(0x93);
    }
}
