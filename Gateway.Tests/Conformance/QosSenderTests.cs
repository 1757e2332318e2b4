using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Conformance.Wire;

namespace Gateway.Tests.Conformance;

/// <summary>Sections 4.3, 4.4, 4.6 and 4.9: messages from the server to the client.</summary>
public sealed class QosSenderTests(ConformanceGateway gateway) : ConformanceTests(gateway.Port)
{
    private const int Unspecified = 0x80, PacketIdentifierNotFound = 0x92;

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-2.3.1-4", "MQTT-3.3.1-3", "MQTT-4.3.2-1", "MQTT-4.3.3-1", "MQTT-4.6.0-5", "MQTT-4.6.0-6")]
    [Statement("5.0", "MQTT-2.2.1-4", "MQTT-3.3.1-3", "MQTT-4.3.2-1", "MQTT-4.3.2-2", "MQTT-4.3.3-1", "MQTT-4.3.3-2", "MQTT-4.6.0-5", "MQTT-4.6.0-6")]
    public async Task Messages_go_out_in_order_with_identifiers_of_their_own_and_without_dup(MqttProtocolVersion version)
    {
        Peer subscriber = await ConnectAsync(version, "sub");
        await subscriber.SubscribeAsync((Topic("#"), 2));
        Peer publisher = await ConnectAsync(version, "pub");
        int[] all = [.. Enumerable.Range(1, 50)];
        await publisher.SendAsync([.. all.Select(id => Packets.Publish(version, Topic($"{id % 2}"), $"{id}", 1 + (id % 2), id, dup: id % 5 == 0))]);
        HashSet<int> identifiers = [];
        foreach (int id in all)
        {
            Received message = await subscriber.ReceivePublishAsync($"{id}");
            Assert.Equal((1 + (id % 2), false), (message.Qos, message.Dup));
            Assert.True(identifiers.Add(message.PacketIdentifier), $"identifier {message.PacketIdentifier} is in use");
        }
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-3.3.1-1", "MQTT-4.3.2-1", "MQTT-4.3.3-1", "MQTT-4.4.0-1", "MQTT-4.6.0-1", "MQTT-2.3.1-4")]
    [Statement("5.0", "MQTT-3.3.1-1", "MQTT-4.3.2-3", "MQTT-4.3.3-3", "MQTT-4.4.0-1", "MQTT-4.6.0-1")]
    public async Task Unacknowledged_messages_are_sent_again_on_return_with_identifier_and_dup_in_order(MqttProtocolVersion version)
    {
        Peer first = await ConnectAsync(version, Lasting(version, "sub"));
        await first.SubscribeAsync((Topic("t"), 2));
        Peer publisher = await ConnectAsync(version, "pub");
        List<Received> sent = [];
        for (int i = 0; i < 6; i++)
        {
            await publisher.PublishAsync(Topic("t"), $"{i}", 1 + (i % 2));
            sent.Add(await first.ReceivePublishAsync($"{i}"));
        }

        // The third is done with; the others are not.
        await first.SendAsync(Packets.Ack(PacketType.PubAck, sent[2].PacketIdentifier));
        await first.ReceiveNothingAsync();
        await first.BreakAsync();

        Peer back = await ConnectAsync(version, Lasting(version, "sub"));
        foreach (Received message in sent.Where(m => m.Payload != "2"))
        {
            Received again = await back.ReceivePublishAsync(message.Payload);
            Assert.Equal((message.PacketIdentifier, message.Qos, true), (again.PacketIdentifier, again.Qos, again.Dup));
        }

        await back.ReceiveNothingAsync();
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-4.3.3-1", "MQTT-4.4.0-1", "MQTT-2.3.1-6")]
    [Statement("5.0", "MQTT-4.3.3-4", "MQTT-4.3.3-5", "MQTT-4.3.3-6", "MQTT-4.4.0-1", "MQTT-2.2.1-5", "MQTT-3.6.2-1", "MQTT-3.6.2-2", "MQTT-3.6.2-3")]
    public async Task Release_is_sent_again_on_return_and_the_message_is_not(MqttProtocolVersion version)
    {
        Peer first = await ConnectAsync(version, Lasting(version, "sub"));
        await first.SubscribeAsync((Topic("t"), 2));
        await first.SendAsync(Packets.Publish(version, Topic("t"), "m"));
        await first.ReceivePublishAsync("m");
        await first.PublishAsync(Topic("other"), "nobody's", 2);
        Peer publisher = await ConnectAsync(version, "pub");
        await publisher.PublishAsync(Topic("t"), "m", 2);
        int id = (await first.ReceivePublishAsync("m")).PacketIdentifier;
        await first.SendAsync(Packets.Ack(PacketType.PubRec, id));
        Assert.Empty((await first.ReceiveAckAsync(PacketType.PubRel, id)).Properties);
        await first.BreakAsync();

        Peer back = await ConnectAsync(version, Lasting(version, "sub"));
        await back.ReceiveAckAsync(PacketType.PubRel, id);
        await back.ReceiveNothingAsync();
        await back.SendAsync(Packets.Ack(PacketType.PubComp, id));
        await back.ReceiveNothingAsync();
        await back.BreakAsync();

        Peer done = await ConnectAsync(version, Lasting(version, "sub"));
        await done.ReceiveNothingAsync();
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("5.0", "MQTT-4.4.0-1", "MQTT-3.3.1-2", "MQTT-4.3.1-1")]
    [Statement("3.1.1", "MQTT-3.3.1-2", "MQTT-4.3.1-1")]
    public async Task Nothing_is_sent_again_while_the_connection_lasts_and_qos_0_never(MqttProtocolVersion version)
    {
        Peer first = await ConnectAsync(version, Lasting(version, "sub"));
        await first.SubscribeAsync((Topic("t"), 1));
        await first.SendAsync(Packets.Publish(version, Topic("t"), "qos 0", 0));
        Assert.False((await first.ReceivePublishAsync("qos 0")).Dup);
        Peer publisher = await ConnectAsync(version, "pub");
        await publisher.PublishAsync(Topic("t"), "qos 1", 1);
        await first.ReceivePublishAsync("qos 1");
        await first.SubscribeAsync((Topic("t"), 1));
        await first.ReceiveNothingAsync();
        await first.BreakAsync();
        Peer back = await ConnectAsync(version, Lasting(version, "sub"));
        Assert.True((await back.ReceivePublishAsync("qos 1")).Dup);
        await back.ReceiveNothingAsync();
    }

    [Theory]
    [InlineData(1, PacketType.PubAck)]
    [InlineData(2, PacketType.PubRec)]
    [Statement("5.0", "MQTT-4.4.0-2", "MQTT-4.3.3-4")]
    public async Task Refused_message_counts_as_acknowledged(int qos, PacketType ack)
    {
        ConnectOptions options = Lasting(V5, "sub") with { Properties = [Property.SessionExpiry(600), Property.ReceiveMaximum(1)] };
        Peer first = await ConnectAsync(V5, options);
        await first.SubscribeAsync((Topic("t"), 2));
        Peer publisher = await ConnectAsync(V5, "pub");
        await publisher.PublishAsync(Topic("t"), "refused", qos);
        await publisher.PublishAsync(Topic("t"), "next", qos);
        int id = (await first.ReceivePublishAsync("refused")).PacketIdentifier;
        await first.SendAsync(Packets.Ack(ack, id, Unspecified));
        await first.ReceivePublishAsync("next");
        await first.BreakAsync();
        Peer back = await ConnectAsync(V5, options);
        await back.ReceivePublishAsync("next");
        await back.ReceiveNothingAsync();
    }

    [Fact]
    [Statement("5.0", "MQTT-3.3.4-9", "MQTT-3.3.4-10", "MQTT-4.9.0-1", "MQTT-4.9.0-2", "MQTT-4.9.0-3")]
    public async Task Receive_maximum_of_the_client_holds_back_messages_and_nothing_else()
    {
        Peer subscriber = await ConnectAsync(V5, "sub", Property.ReceiveMaximum(2));
        await subscriber.SubscribeAsync((Topic("t"), 2));
        Peer publisher = await ConnectAsync(V5, "pub");
        for (int i = 1; i <= 4; i++)
        {
            await publisher.PublishAsync(Topic("t"), $"{i}", 2);
        }

        int one = (await subscriber.ReceivePublishAsync("1")).PacketIdentifier;
        int two = (await subscriber.ReceivePublishAsync("2")).PacketIdentifier;
        await subscriber.ReceiveNothingAsync();

        // PUBREC does not give the place back, PUBCOMP does; acknowledgements, SUBACK and QoS 0 are not held back.
        await subscriber.SendAsync(Packets.Ack(PacketType.PubRec, one));
        await subscriber.ReceiveAckAsync(PacketType.PubRel, one);
        await subscriber.SubscribeAsync((Topic("zero"), 0));
        await subscriber.PublishAsync(Topic("other"), "m", 2);
        await publisher.PublishAsync(Topic("zero"), "zero");
        await subscriber.ReceivePublishAsync("zero");
        await subscriber.SendAsync(Packets.Ack(PacketType.PubComp, one));
        await subscriber.ReceivePublishAsync("3");
        await subscriber.ReceiveNothingAsync();
        await subscriber.SendAsync(Packets.Ack(PacketType.PubRec, two, Unspecified));
        await subscriber.ReceivePublishAsync("4");
        await subscriber.ReceiveNothingAsync();
    }

    [Fact]
    [Statement("5.0", "MQTT-3.3.4-9", "MQTT-4.4.0-1", "MQTT-4.9.0-1")]
    public async Task Receive_maximum_holds_for_what_is_sent_again_on_return()
    {
        Peer first = await ConnectAsync(V5, Lasting(V5, "sub"));
        await first.SubscribeAsync((Topic("t"), 1));
        Peer publisher = await ConnectAsync(V5, "pub");
        for (int i = 1; i <= 4; i++)
        {
            await publisher.PublishAsync(Topic("t"), $"{i}", 1);
            await first.ReceivePublishAsync($"{i}");
        }

        await first.BreakAsync();
        Peer back = await ConnectAsync(V5, Lasting(V5, "sub") with { Properties = [Property.SessionExpiry(600), Property.ReceiveMaximum(1)] });
        for (int i = 1; i <= 4; i++)
        {
            Received again = await back.ReceivePublishAsync($"{i}");
            Assert.True(again.Dup);
            await back.ReceiveNothingAsync();
            await back.SendAsync(Packets.Ack(PacketType.PubAck, again.PacketIdentifier));
        }

        await back.ReceiveNothingAsync();
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-4.6.0-6", "MQTT-3.1.2-5")]
    [Statement("5.0", "MQTT-4.6.0-5", "MQTT-4.6.0-6", "MQTT-4.5.0-1")]
    public async Task What_was_queued_comes_before_what_is_new(MqttProtocolVersion version)
    {
        ConnectOptions options = Lasting(version, "sub");
        options = version == V5 ? options with { Properties = [.. options.Properties, Property.ReceiveMaximum(1)] } : options;
        Peer first = await ConnectAsync(version, options);
        await first.SubscribeAsync((Topic("t"), 1));
        Peer publisher = await ConnectAsync(version, "pub");
        await publisher.PublishAsync(Topic("t"), "in flight", 1);
        await first.ReceivePublishAsync("in flight");
        await first.BreakAsync();
        await publisher.PublishAsync(Topic("t"), "queued 1", 1);
        await publisher.PublishAsync(Topic("t"), "queued 2", 1);
        Peer back = await ConnectAsync(version, options);
        await publisher.PublishAsync(Topic("t"), "new", 1);
        foreach (string payload in new[] { "in flight", "queued 1", "queued 2", "new" })
        {
            Received message = await back.ReceivePublishAsync(payload);
            Assert.Equal(payload == "in flight", message.Dup);
            await back.SendAsync(Packets.Ack(PacketType.PubAck, message.PacketIdentifier));
        }

        await back.ReceiveNothingAsync();
    }

    [Theory]
    [InlineData(V311, 0)]
    [InlineData(V5, PacketIdentifierNotFound)]
    [Statement("5.0", "MQTT-3.6.2-1", "MQTT-4.3.3-4")]
    public async Task Acknowledgement_of_an_unknown_identifier_does_not_close(MqttProtocolVersion version, int reason)
    {
        Peer peer = await ConnectAsync(version, "a");
        await peer.SendAsync(Packets.Ack(PacketType.PubAck, 123), Packets.Ack(PacketType.PubComp, 123), Packets.Ack(PacketType.PubRec, 123));
        await peer.ReceiveAckAsync(PacketType.PubRel, 123, reason);
        await peer.ReceiveNothingAsync();
    }

    [Theory]
    [InlineData("PUBACK too short", new byte[] { 0x40, 0x01, 0x00 }, 0x81)]
    [InlineData("PUBACK of 0", new byte[] { 0x40, 0x02, 0x00, 0x00 }, 0x82)]
    [InlineData("PUBACK with flags", new byte[] { 0x42, 0x02, 0x00, 0x01 }, 0x81)]
    [InlineData("PUBREC with flags", new byte[] { 0x51, 0x02, 0x00, 0x01 }, 0x81)]
    [InlineData("PUBREL without its flags", new byte[] { 0x60, 0x02, 0x00, 0x01 }, 0x81)]
    [InlineData("PUBREL with other flags", new byte[] { 0x63, 0x02, 0x00, 0x01 }, 0x81)]
    [InlineData("PUBCOMP with flags", new byte[] { 0x78, 0x02, 0x00, 0x01 }, 0x81)]
    [Statement("3.1.1", "MQTT-3.6.1-1", "MQTT-2.2.2-1", "MQTT-2.2.2-2")]
    [Statement("5.0", "MQTT-3.6.1-1", "MQTT-2.1.3-1")]
    public async Task Acknowledgement_of_wrong_form_closes(string wrong, byte[] packet, int reason)
    {
        Assert.NotEmpty(wrong);
        foreach (MqttProtocolVersion version in new[] { V311, V5 })
        {
            Peer peer = await ConnectAsync(version, "a");
            await peer.SendAsync(packet);
            await peer.ReceiveCloseAsync(reason);
        }
    }

    [Theory]
    [InlineData("PUBACK with a code of SUBACK", new byte[] { 0x40, 0x04, 0x00, 0x01, 0x01, 0x00 }, 0x82)]
    [InlineData("PUBREL with a code of PUBACK", new byte[] { 0x62, 0x04, 0x00, 0x01, 0x87, 0x00 }, 0x82)]
    [InlineData("PUBACK with a property of CONNECT", new byte[] { 0x40, 0x09, 0x00, 0x01, 0x00, 0x05, 0x11, 0, 0, 0, 1 }, 0x81)]
    [InlineData("PUBACK with bytes left over", new byte[] { 0x40, 0x05, 0x00, 0x01, 0x00, 0x00, 0x00 }, 0x81)]
    [InlineData("PUBCOMP with two reason strings", new byte[] { 0x70, 0x0A, 0x00, 0x01, 0x00, 0x06, 0x1F, 0, 0, 0x1F, 0, 0 }, 0x82)]
    [Statement("5.0", "MQTT-3.4.2-1", "MQTT-3.6.2-1", "MQTT-4.13.1-1")]
    public async Task Acknowledgement_with_a_wrong_code_or_property_closes(string wrong, byte[] packet, int reason)
    {
        Assert.NotEmpty(wrong);
        Peer peer = await ConnectAsync(V5, "a");
        await peer.SendAsync(packet);
        await peer.ReceiveCloseAsync(reason);
    }
}
