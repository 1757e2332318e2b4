using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Conformance.Wire;

namespace Gateway.Tests.Conformance;

/// <summary>Section 3.1.2.11.4: the client's Maximum Packet Size.</summary>
public sealed class PacketSizeTests(ConformanceGateway gateway) : ConformanceTests(gateway.Port)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [Statement("5.0", "MQTT-3.1.2-24", "MQTT-3.1.2-25")]
    public async Task Message_over_the_size_is_not_sent_and_counts_as_sent(int qos)
    {
        Peer measuring = await ConnectAsync(V5, "measuring");
        await measuring.SubscribeAsync((Topic("t"), 2));
        await measuring.PublishAsync(Topic("t"), new string('x', 100));
        uint size = (uint)(await measuring.ReceivePublishAsync(new string('x', 100))).SizeBytes + (qos > 0 ? 2u : 0);

        Peer fits = await ConnectAsync(V5, "fits", Property.MaximumPacketSize(size), Property.ReceiveMaximum(1));
        Peer tooSmall = await ConnectAsync(V5, "tooSmall", Property.MaximumPacketSize(size - 1), Property.ReceiveMaximum(1));
        foreach (Peer subscriber in new[] { fits, tooSmall })
        {
            await subscriber.SubscribeAsync((Topic("t"), 2));
        }

        Peer publisher = await ConnectAsync(V5, "pub");
        await publisher.PublishAsync(Topic("t"), new string('x', 100), qos);
        await publisher.PublishAsync(Topic("t"), "small", qos);
        Assert.Equal((int)size, (await fits.ReceivePublishAsync(new string('x', 100))).SizeBytes);
        await tooSmall.ReceivePublishAsync("small");
    }

    [Fact]
    [Statement("5.0", "MQTT-3.1.2-24", "MQTT-3.1.2-25")]
    public async Task Queued_and_retained_messages_over_the_size_are_not_sent()
    {
        Peer first = await ConnectAsync(V5, Lasting(V5, "sub"));
        await first.SubscribeAsync((Topic("t"), 1));
        await first.PublishAsync(Topic("kept"), new string('x', 100), 1, retain: true);
        Peer publisher = await ConnectAsync(V5, "pub");
        await publisher.PublishAsync(Topic("t"), new string('y', 100), 1);
        await first.ReceivePublishAsync(new string('y', 100));
        await first.BreakAsync();
        await publisher.PublishAsync(Topic("t"), new string('z', 100), 1);
        await publisher.PublishAsync(Topic("t"), "small", 1);

        // What was sent before and is too large for this connection counts as sent as well.
        Peer back = await ConnectAsync(V5, Lasting(V5, "sub") with { Properties = [Property.SessionExpiry(600), Property.MaximumPacketSize(80)] });
        await back.ReceivePublishAsync("small");
        await back.SubscribeAsync((Topic("kept"), 1));
        await back.ReceiveNothingAsync();
    }

    [Fact]
    [Statement("5.0", "MQTT-3.2.2-19", "MQTT-3.1.2-24")]
    public async Task Reason_string_is_left_out_where_it_makes_connack_too_large()
    {
        Peer large = await OpenAsync(V5);
        await large.SendAsync(new ConnectOptions { ClientId = new string('x', 129) }.ToPacket(V5));
        Assert.True((await large.ReceiveRefusalAsync(0x85)).Has(PropertyId.ReasonString));
        Peer small = await OpenAsync(V5);
        await small.SendAsync(new ConnectOptions { ClientId = new string('x', 129), Properties = [Property.MaximumPacketSize(12)] }.ToPacket(V5));
        Received connAck = await small.ReceiveRefusalAsync(0x85);
        Assert.Empty(connAck.Properties);
        Assert.InRange(connAck.SizeBytes, 1, 12);
    }

    [Fact]
    [Statement("5.0", "MQTT-3.14.2-3", "MQTT-3.14.2-4", "MQTT-3.1.2-24")]
    public async Task Reason_string_is_left_out_where_it_makes_disconnect_too_large()
    {
        Peer large = await ConnectAsync(V5, "large");
        await large.SendAsync([0x36, 0x00]);
        Assert.True((await large.ReceiveAsync(PacketType.Disconnect)).Has(PropertyId.ReasonString));
        Peer small = await ConnectAsync(V5, "small", Property.MaximumPacketSize(24));
        await small.SendAsync([0x36, 0x00]);
        Received disconnect = await small.ReceiveAsync(PacketType.Disconnect);
        Assert.Equal(0x81, disconnect.ReasonCode);
        Assert.Empty(disconnect.Properties);
    }

    [Fact]
    [Statement("5.0", "MQTT-3.9.2-1", "MQTT-3.9.2-2", "MQTT-3.11.2-1", "MQTT-3.11.2-2", "MQTT-3.1.2-29")]
    public async Task Suback_and_unsuback_stay_small()
    {
        Peer peer = await ConnectAsync(V5, "a", Property.MaximumPacketSize(24), Property.Byte(PropertyId.RequestProblemInformation, 0));
        string deep = string.Join('/', Enumerable.Repeat("a", 33));
        await peer.SendAsync(Packets.Subscribe(V5, 5, ("a", 0), (deep, 0)));
        Received subAck = await peer.ReceiveAckAsync(PacketType.SubAck, 5);
        Assert.Equal([0x00, 0x8F], subAck.ReasonCodes);
        Assert.Empty(subAck.Properties);
        await peer.SendAsync(Packets.Unsubscribe(V5, 6, "a", "never"));
        Received unsubAck = await peer.ReceiveAckAsync(PacketType.UnsubAck, 6);
        Assert.Equal([0x00, 0x11], unsubAck.ReasonCodes);
        Assert.Empty(unsubAck.Properties);
    }

    [Fact]
    [Statement("5.0", "MQTT-3.1.2-24")]
    public async Task Answer_that_cannot_be_made_small_enough_closes_instead_of_being_sent()
    {
        Peer peer = await ConnectAsync(V5, "a", Property.MaximumPacketSize(24));
        await peer.SendAsync(Packets.Subscribe(V5, 5, [.. Enumerable.Range(0, 30).Select(i => (Topic($"{i}"), 0))]));
        await peer.ReceiveCloseAsync(0x95);
        Peer other = await ConnectAsync(V5, "b", Property.MaximumPacketSize(24));
        await other.SendAsync(Packets.Unsubscribe(V5, 6, [.. Enumerable.Range(0, 30).Select(i => Topic($"{i}"))]));
        await other.ReceiveCloseAsync(0x95);
        Peer none = await OpenAsync(V5);
        await none.SendAsync(new ConnectOptions { ClientId = Client("c"), Properties = [Property.MaximumPacketSize(6)] }.ToPacket(V5));
        await none.ReceiveRefusalAsync(0x95);
        Peer nothing = await OpenAsync(V5);
        await nothing.SendAsync(new ConnectOptions { ClientId = Client("d"), Properties = [Property.MaximumPacketSize(4)] }.ToPacket(V5));
        await nothing.ReceiveEndAsync();
    }
}
