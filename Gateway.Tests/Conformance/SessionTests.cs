using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Conformance.Wire;

namespace Gateway.Tests.Conformance;

/// <summary>Sections 3.1.2.4, 3.1.2.11.2 and 4.1: how long a session lives and what it remembers.</summary>
public sealed class SessionTests(ConformanceGateway gateway) : ConformanceTests(gateway.Port)
{
    private const int SessionPresent = 1;

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-3.1.2-4", "MQTT-3.1.2-5", "MQTT-3.1.3-2", "MQTT-3.1.4-3", "MQTT-3.2.2-2", "MQTT-3.2.2-3", "MQTT-4.1.0-1", "MQTT-4.5.0-1")]
    [Statement("5.0", "MQTT-3.1.2-5", "MQTT-3.1.2-6", "MQTT-3.1.2-23", "MQTT-3.1.3-2", "MQTT-3.2.2-2", "MQTT-3.2.2-3", "MQTT-4.5.0-1")]
    public async Task Session_that_lasts_is_resumed_with_what_came_meanwhile(MqttProtocolVersion version)
    {
        ConnectOptions lasting = Lasting(version, "sub");
        Peer first = await OpenAsync(version);
        Assert.Equal(0, (await first.ConnectAsync(lasting)).ConnAckFlags);
        await first.SubscribeAsync((Topic("t"), 2));
        await first.LeaveAsync();

        Peer publisher = await ConnectAsync(version, "pub");
        await publisher.PublishAsync(Topic("t"), "one", 1);
        await publisher.PublishAsync(Topic("t"), "two", 2);

        Peer back = await OpenAsync(version);
        Assert.Equal(SessionPresent, (await back.ConnectAsync(lasting)).ConnAckFlags);
        Received one = await back.ReceivePublishAsync("one");
        Received two = await back.ReceivePublishAsync("two");
        Assert.Equal((1, false, 2, false), (one.Qos, one.Dup, two.Qos, two.Dup));
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-3.1.2-6", "MQTT-3.1.4-3", "MQTT-3.2.2-1")]
    [Statement("5.0", "MQTT-3.1.2-4", "MQTT-3.1.4-4", "MQTT-3.2.2-2")]
    public async Task Clean_start_discards_the_session(MqttProtocolVersion version)
    {
        ConnectOptions lasting = Lasting(version, "sub");
        Peer first = await ConnectAsync(version, lasting);
        await first.SubscribeAsync((Topic("t"), 1));
        await first.LeaveAsync();
        Peer publisher = await ConnectAsync(version, "pub");
        await publisher.PublishAsync(Topic("t"), "queued", 1);

        Peer clean = await OpenAsync(version);
        Assert.Equal(0, (await clean.ConnectAsync(lasting with { CleanStart = true })).ConnAckFlags);
        await clean.SubscribeAsync((Topic("marker"), 0));
        await publisher.PublishAsync(Topic("t"), "no subscription any more", 1);
        await publisher.PublishAsync(Topic("marker"), "marker");
        await clean.ReceivePublishAsync("marker");
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-3.1.2-6", "MQTT-3.2.2-1")]
    [Statement("5.0", "MQTT-3.1.2-4", "MQTT-3.2.2-2")]
    public async Task Clean_start_closes_a_connection_in_use_and_discards_its_session(MqttProtocolVersion version)
    {
        ConnectOptions lasting = Lasting(version, "sub");
        Peer first = await ConnectAsync(version, lasting);
        await first.SubscribeAsync((Topic("t"), 1));
        Peer clean = await OpenAsync(version);
        Assert.Equal(0, (await clean.ConnectAsync(lasting with { CleanStart = true })).ConnAckFlags);
        await first.ReceiveCloseAsync(0x8E);
        await clean.SubscribeAsync((Topic("marker"), 0));
        await clean.PublishAsync(Topic("t"), "no subscription any more");
        await clean.PublishAsync(Topic("marker"), "marker");
        await clean.ReceivePublishAsync("marker");
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-3.1.2-4", "MQTT-3.2.2-2")]
    [Statement("5.0", "MQTT-3.1.2-5", "MQTT-3.2.2-3")]
    public async Task Takeover_without_clean_start_goes_on_with_the_session(MqttProtocolVersion version)
    {
        ConnectOptions lasting = Lasting(version, "sub");
        Peer first = await ConnectAsync(version, lasting);
        await first.SubscribeAsync((Topic("t"), 1));
        Peer second = await OpenAsync(version);
        Assert.Equal(SessionPresent, (await second.ConnectAsync(lasting)).ConnAckFlags);
        await first.ReceiveCloseAsync(0x8E);
        await second.PublishAsync(Topic("t"), "mine");
        await second.ReceivePublishAsync("mine");
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-3.1.2-6", "MQTT-3.2.2-3")]
    [Statement("5.0", "MQTT-3.2.2-3", "MQTT-4.1.0-2")]
    public async Task Session_without_a_lifetime_ends_with_its_connection(MqttProtocolVersion version)
    {
        Peer first = await ConnectAsync(version, "a");
        await first.SubscribeAsync((Topic("t"), 1));
        await first.LeaveAsync();
        Peer back = await OpenAsync(version);
        Assert.Equal(0, (await back.ConnectAsync(Lasting(version, "a"))).ConnAckFlags);
    }

    [Fact]
    [Statement("3.1.1", "MQTT-3.1.2-6")]
    public async Task Clean_session_is_not_resumed_after_the_network_broke()
    {
        Peer first = await ConnectAsync(V311, "a");
        await first.SubscribeAsync((Topic("t"), 1));
        await first.BreakAsync();
        Peer back = await OpenAsync(V311);
        Assert.Equal(0, (await back.ConnectAsync(Lasting(V311, "a"))).ConnAckFlags);
    }

    [Fact]
    [Statement("5.0", "MQTT-4.1.0-1", "MQTT-4.1.0-2")]
    [Statement("3.1.1", "MQTT-4.1.0-2")]
    public async Task Session_is_discarded_when_its_expiry_has_passed_and_not_while_connected()
    {
        // Both have one second; the Will of the one that goes tells the other when that session has ended.
        ConnectOptions brief = new() { CleanStart = false, Properties = [Property.SessionExpiry(1)] };
        Peer stays = await ConnectAsync(V5, brief with { ClientId = Client("stays") });
        await stays.SubscribeAsync((Topic("will"), 0));
        Peer goes = await ConnectAsync(V5, brief with { ClientId = Client("goes"), WillTopic = Topic("will"), WillPayload = "over", WillProperties = [Property.WillDelay(600)] });
        await goes.SubscribeAsync((Topic("t"), 1));
        await goes.BreakAsync();
        await stays.ReceivePublishAsync("over");

        Peer back = await OpenAsync(V5);
        Assert.Equal(0, (await back.ConnectAsync(brief with { ClientId = Client("goes") })).ConnAckFlags);
    }

    [Fact]
    [Statement("5.0", "MQTT-3.1.2-23", "MQTT-4.1.0-2")]
    public async Task Session_expiry_of_disconnect_counts()
    {
        ConnectOptions lasting = Lasting(V5, "a");
        Peer shortened = await ConnectAsync(V5, lasting);
        await shortened.LeaveAsync(0, Property.SessionExpiry(0));
        Peer prolonged = await OpenAsync(V5);
        Assert.Equal(0, (await prolonged.ConnectAsync(lasting with { Properties = [Property.SessionExpiry(1)] })).ConnAckFlags);
        await prolonged.LeaveAsync(0, Property.SessionExpiry(600));
        Peer back = await OpenAsync(V5);
        Assert.Equal(SessionPresent, (await back.ConnectAsync(lasting)).ConnAckFlags);
    }

    [Fact]
    public async Task Session_expiry_over_the_limit_is_told()
    {
        Peer peer = await OpenAsync(V5);
        Received connAck = await peer.ConnectAsync(new ConnectOptions { ClientId = Client("a"), Properties = [Property.SessionExpiry(uint.MaxValue)] });
        Assert.Equal(86_400, connAck.Number(PropertyId.SessionExpiryInterval));
        await peer.LeaveAsync(0, Property.SessionExpiry(0));
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-3.1.2-6")]
    [Statement("5.0", "MQTT-3.1.2-4")]
    public async Task Clean_start_forgets_the_identifiers_of_qos_2(MqttProtocolVersion version)
    {
        Peer subscriber = await ConnectAsync(version, "sub");
        await subscriber.SubscribeAsync((Topic("t"), 0));
        Peer first = await ConnectAsync(version, Lasting(version, "pub"));
        await first.SendAsync(Packets.Publish(version, Topic("t"), "one", 2, 7));
        await first.ReceiveAckAsync(PacketType.PubRec, 7);
        await first.BreakAsync();
        Peer clean = await ConnectAsync(version, Lasting(version, "pub") with { CleanStart = true });
        await clean.SendAsync(Packets.Publish(version, Topic("t"), "two", 2, 7));
        await clean.ReceiveAckAsync(PacketType.PubRec, 7);
        await subscriber.ReceivePublishAsync("one");
        await subscriber.ReceivePublishAsync("two");
    }

    [Fact]
    [Statement("3.1.1", "MQTT-3.1.2-7")]
    public async Task Retained_messages_outlive_the_session()
    {
        Peer publisher = await ConnectAsync(V311, "pub");
        await publisher.PublishAsync(Topic("t"), "kept", 1, retain: true);
        await publisher.LeaveAsync();
        Peer subscriber = await ConnectAsync(V311, "sub");
        await subscriber.SubscribeAsync((Topic("t"), 1));
        await subscriber.ReceivePublishAsync("kept");
    }
}
