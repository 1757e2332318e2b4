using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Conformance.Wire;

namespace Gateway.Tests.Conformance;

/// <summary>What the server announces of its limits, and what becomes of a client that goes beyond them.</summary>
public sealed class NarrowLimitTests(NarrowGateway gateway) : ConformanceTests(gateway.Port), IClassFixture<NarrowGateway>
{
    private const int QuotaExceeded = 0x97;

    [Fact]
    [Statement("5.0", "MQTT-3.2.2-8", "MQTT-3.2.2-21")]
    public async Task Connack_announces_the_limits()
    {
        Peer peer = await OpenAsync(V5);
        Received connAck = await peer.ConnectAsync(new ConnectOptions { ClientId = Client("a"), Properties = [Property.SessionExpiry(600)] });
        Assert.Equal((300, 2, 2, 5), (
            connAck.Number(PropertyId.MaximumPacketSize), connAck.Number(PropertyId.ReceiveMaximum), connAck.Number(PropertyId.ServerKeepAlive),
            connAck.Number(PropertyId.SessionExpiryInterval)));
        Assert.False(connAck.Has(PropertyId.TopicAliasMaximum));
        Assert.NotEmpty(connAck.UserProperties);
    }

    [Fact]
    [Statement("5.0", "MQTT-3.2.2-20", "MQTT-3.1.2-24")]
    public async Task User_properties_are_left_out_where_they_make_connack_too_large()
    {
        Peer peer = await OpenAsync(V5);
        Received connAck = await peer.ConnectAsync(new ConnectOptions { ClientId = Client("a"), Properties = [Property.MaximumPacketSize(40)] });
        Assert.Empty(connAck.UserProperties);
        Assert.InRange(connAck.SizeBytes, 1, 40);
    }

    [Fact]
    [Statement("5.0", "MQTT-3.1.2-22")]
    public async Task Server_keep_alive_is_enforced()
    {
        Peer peer = await ConnectAsync(V5, new ConnectOptions { ClientId = Client("a"), KeepAliveSeconds = 0 });
        await peer.ReceiveCloseAsync(0x8D);
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    public async Task Connection_without_a_connect_is_closed_without_a_word(MqttProtocolVersion version)
    {
        Peer peer = await OpenAsync(version);
        await peer.SendAsync([0x10]);
        await peer.ReceiveEndAsync();
    }

    [Fact]
    [Statement("5.0", "MQTT-3.2.2-18", "MQTT-3.3.2-9")]
    public async Task Alias_where_none_is_taken_closes_with_0x94()
    {
        Peer peer = await ConnectAsync(V5, "a");
        await peer.SendAsync(Packets.Publish(V5, "t", "m", properties: [Property.TopicAlias(1)]));
        await peer.ReceiveCloseAsync(0x94);
    }

    [Fact]
    [Statement("5.0", "MQTT-3.3.4-7")]
    public async Task Third_message_under_way_closes_with_0x93()
    {
        Peer peer = await ConnectAsync(V5, "a");
        for (int id = 1; id <= 2; id++)
        {
            await peer.SendAsync(Packets.Publish(V5, "t", "", 2, id));
            await peer.ReceiveAckAsync(PacketType.PubRec, id);
        }

        await peer.SendAsync(Packets.Publish(V5, "t", "", 2, 3));
        await peer.ReceiveCloseAsync(0x93);
    }

    [Fact]
    public async Task Third_message_under_way_is_taken_in_311_which_cannot_be_told_the_limit()
    {
        Peer peer = await ConnectAsync(V311, "a");
        for (int id = 1; id <= 5; id++)
        {
            await peer.SendAsync(Packets.Publish(V311, "t", "", 2, id));
            await peer.ReceiveAckAsync(PacketType.PubRec, id);
        }

        await peer.ReceiveNothingAsync();
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("5.0", "MQTT-3.2.2-15")]
    [Statement("3.1.1", "MQTT-4.8.0-2")]
    public async Task Packet_of_the_greatest_size_is_taken_and_one_byte_more_closes(MqttProtocolVersion version)
    {
        int room = 300 - Packets.Publish(version, "t", new string('x', 200)).Length + 200;
        Peer peer = await ConnectAsync(version, "a");
        await peer.SendAsync(Packets.Publish(version, "t", new string('x', room)));
        await peer.ReceiveNothingAsync();
        await peer.SendAsync(Packets.Publish(version, "t", new string('x', room + 1)));
        await peer.ReceiveCloseAsync(0x95);
    }

    [Theory]
    [InlineData(V311, 0x80)]
    [InlineData(V5, QuotaExceeded)]
    [Statement("5.0", "MQTT-3.8.4-7", "MQTT-3.9.3-2")]
    [Statement("3.1.1", "MQTT-3.8.4-5", "MQTT-3.9.3-2")]
    public async Task Subscription_over_the_limit_is_refused_and_the_others_stay(MqttProtocolVersion version, int reason)
    {
        Peer peer = await ConnectAsync(version, "a");
        await peer.SendAsync(Packets.Subscribe(version, 2, (Topic("1"), 0), (Topic("2"), 1), (Topic("3"), 2)));
        Assert.Equal([0, 1, (byte)reason], (await peer.ReceiveAckAsync(PacketType.SubAck, 2)).ReasonCodes);
        await peer.SubscribeAsync((Topic("1"), 2));
        await peer.PublishAsync(Topic("3"), "nobody's");
        await peer.SendAsync(Packets.Publish(version, Topic("2"), "m"));
        await peer.ReceivePublishAsync("m");
    }

    [Fact]
    public async Task Filters_over_the_limit_of_one_packet_close_with_0x97()
    {
        Peer peer = await ConnectAsync(V5, "a");
        await peer.SendAsync(Packets.Subscribe(V5, 2, ("1", 0), ("2", 0), ("3", 0), ("4", 0)));
        await peer.ReceiveCloseAsync(QuotaExceeded);
    }

    [Fact]
    public async Task User_properties_over_the_limit_close_with_0x97()
    {
        Peer peer = await ConnectAsync(V5, "a");
        await peer.PublishAsync("t", "m", 1, false, Property.User("1", ""), Property.User("2", ""));
        await peer.SendAsync(Packets.Publish(V5, "t", "m", properties: [Property.User("1", ""), Property.User("2", ""), Property.User("3", "")]));
        await peer.ReceiveCloseAsync(QuotaExceeded);
    }
}
