using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Conformance.Wire;

namespace Gateway.Tests.Conformance;

/// <summary>Sections 3.1.2.5 to 3.1.2.7 and 3.1.3.2: the Will.</summary>
public sealed class WillTests(ConformanceGateway gateway) : ConformanceTests(gateway.Port)
{
    public static TheoryData<MqttProtocolVersion, string> Endings { get; } = new()
    {
        { V311, "broken" }, { V311, "malformed" }, { V311, "taken over" },
        { V5, "broken" }, { V5, "malformed" }, { V5, "taken over" }, { V5, "disconnect 0x04" }, { V5, "disconnect 0x80" },
    };

    [Theory]
    [MemberData(nameof(Endings))]
    [Statement("3.1.1", "MQTT-3.1.2-8", "MQTT-3.1.2-10", "MQTT-3.1.2-16")]
    [Statement("5.0", "MQTT-3.1.2-7", "MQTT-3.1.2-8", "MQTT-3.1.2-9", "MQTT-3.1.2-10", "MQTT-3.1.2-14")]
    public async Task Will_is_published_once_when_the_connection_ends_other_than_by_leave(MqttProtocolVersion version, string ending)
    {
        Peer observer = await ObserverAsync(version, 2);
        ConnectOptions options = WithWill(version, "a") with { WillQos = 1 };
        Peer peer = await ConnectAsync(version, options);
        switch (ending)
        {
            case "broken": await peer.BreakAsync(); break;
            case "malformed": await peer.SendAsync([0x36, 0x00]); break;
            case "disconnect 0x04": await peer.LeaveAsync(0x04); break;
            case "disconnect 0x80": await peer.LeaveAsync(0x80); break;
            default: await ConnectAsync(version, options with { WillTopic = null }); break;
        }

        Received will = await observer.ReceivePublishAsync("will");
        Assert.Equal((1, false), (will.Qos, will.Retain));

        // It is gone: neither a later normal end nor anything else publishes it again, and it is not retained.
        Peer back = await ConnectAsync(version, options with { WillTopic = null });
        await back.BreakAsync();
        await observer.SubscribeAsync((Topic("will/#"), 0));
        await observer.PublishAsync(Topic("marker"), "marker");
        await observer.ReceivePublishAsync("marker");
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-3.1.2-10", "MQTT-3.14.4-3")]
    [Statement("5.0", "MQTT-3.1.2-8", "MQTT-3.1.2-10", "MQTT-3.14.4-3")]
    public async Task Will_is_discarded_by_a_normal_disconnect(MqttProtocolVersion version)
    {
        Peer observer = await ObserverAsync(version, 0);
        Peer peer = await ConnectAsync(version, WithWill(version, "a"));
        await peer.LeaveAsync();
        await observer.PublishAsync(Topic("marker"), "marker");
        await observer.ReceivePublishAsync("marker");
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-3.1.2-12")]
    [Statement("5.0", "MQTT-3.1.2-8")]
    public async Task Nothing_is_published_for_a_client_without_a_will(MqttProtocolVersion version)
    {
        Peer observer = await ObserverAsync(version, 0);
        Peer first = await ConnectAsync(version, WithWill(version, "a"));
        await first.LeaveAsync();
        Peer second = await ConnectAsync(version, WithWill(version, "a") with { WillTopic = null });
        await second.BreakAsync();
        await observer.PublishAsync(Topic("marker"), "marker");
        await observer.ReceivePublishAsync("marker");
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-3.1.2-17", "MQTT-3.3.1-8", "MQTT-3.3.1-9")]
    [Statement("5.0", "MQTT-3.1.2-15")]
    public async Task Retained_will_is_retained(MqttProtocolVersion version)
    {
        Peer observer = await ObserverAsync(version, 1);
        Peer peer = await ConnectAsync(version, WithWill(version, "a") with { WillRetain = true, WillQos = 1 });
        await peer.BreakAsync();
        Assert.False((await observer.ReceivePublishAsync("will")).Retain);
        Peer later = await ConnectAsync(version, "later");
        await later.SubscribeAsync((Topic("will"), 1));
        Received retained = await later.ReceivePublishAsync("will");
        Assert.Equal((1, true), (retained.Qos, retained.Retain));
    }

    [Theory]
    [InlineData(V311, 0)]
    [InlineData(V311, 2)]
    [InlineData(V5, 0)]
    [InlineData(V5, 2)]
    [Statement("3.1.1", "MQTT-3.1.2-9")]
    [Statement("5.0", "MQTT-3.1.2-9")]
    public async Task Will_has_the_qos_of_connect(MqttProtocolVersion version, int qos)
    {
        Peer observer = await ObserverAsync(version, 2);
        Peer peer = await ConnectAsync(version, WithWill(version, "a") with { WillQos = qos });
        await peer.BreakAsync();
        Assert.Equal(qos, (await observer.ReceivePublishAsync("will")).Qos);
    }

    [Fact]
    [Statement("5.0", "MQTT-3.1.3-10", "MQTT-3.1.2-9")]
    public async Task Will_properties_are_passed_on_in_order()
    {
        Peer observer = await ObserverAsync(V5, 0);
        Peer peer = await ConnectAsync(V5, WithWill(V5, "a") with
        {
            WillProperties =
            [
                Property.User("z", "1"), Property.User("a", "2"), Property.User("z", "1"),
                Property.Text(PropertyId.ContentType, "text/plain"), Property.Text(PropertyId.ResponseTopic, "answers/here"),
                Property.Binary(PropertyId.CorrelationData, Bytes.Utf8("corr")), Property.Byte(PropertyId.PayloadFormatIndicator, 1), Property.MessageExpiry(600),
            ],
        });
        await peer.BreakAsync();
        Received will = await observer.ReceivePublishAsync("will");
        Assert.Equal(["z=1", "a=2", "z=1"], will.UserProperties);
        Assert.Equal(("text/plain", "answers/here", "corr"), (will.Text(PropertyId.ContentType), will.Text(PropertyId.ResponseTopic), will.Text(PropertyId.CorrelationData)));
        Assert.Equal(1, will.Number(PropertyId.PayloadFormatIndicator));
        Assert.InRange(will.Number(PropertyId.MessageExpiryInterval)!.Value, 590, 600);
        Assert.False(will.Has(PropertyId.WillDelayInterval));
    }

    [Fact]
    [Statement("5.0", "MQTT-3.1.3-9", "MQTT-3.1.2-8")]
    public async Task Delayed_will_goes_out_after_its_delay_unless_the_client_is_back()
    {
        Peer observer = await ObserverAsync(V5, 0);
        ConnectOptions returns = Delayed("returns", delaySeconds: 1, expirySeconds: 600) with { WillPayload = "of one that came back" };
        Peer goes = await ConnectAsync(V5, returns);
        await goes.BreakAsync();
        Peer back = await ConnectAsync(V5, returns with { WillTopic = null });
        Peer stays = await ConnectAsync(V5, Delayed("stays", delaySeconds: 2, expirySeconds: 600));
        await stays.BreakAsync();

        // Not at once: what comes first is the marker. Then only the Will of the client that stayed away.
        await observer.PublishAsync(Topic("marker"), "marker");
        await observer.ReceivePublishAsync("marker");
        await observer.ReceivePublishAsync("will");
        await back.ReceiveNothingAsync();
        await observer.ReceiveNothingAsync();
    }

    [Theory]
    [InlineData(0x04, 0u)]
    [InlineData(0x04, null)]
    [Statement("5.0", "MQTT-3.1.2-8")]
    public async Task Delay_is_cut_short_by_the_end_of_the_session(int reason, uint? expiryAtDisconnect)
    {
        Peer observer = await ObserverAsync(V5, 0);
        Peer peer = await ConnectAsync(V5, Delayed("a", delaySeconds: 600, expirySeconds: expiryAtDisconnect is null ? 0 : 600u));
        await peer.LeaveAsync(reason, expiryAtDisconnect is uint seconds ? [Property.SessionExpiry(seconds)] : []);
        await observer.ReceivePublishAsync("will");
    }

    [Fact]
    [Statement("5.0", "MQTT-3.1.2-8", "MQTT-3.1.2-4")]
    public async Task Clean_start_ends_the_session_and_so_publishes_its_delayed_will()
    {
        Peer observer = await ObserverAsync(V5, 0);
        ConnectOptions options = Delayed("a", delaySeconds: 600, expirySeconds: 600);
        Peer goes = await ConnectAsync(V5, options);
        await goes.BreakAsync();
        await ConnectAsync(V5, options with { CleanStart = true, WillTopic = null });
        await observer.ReceivePublishAsync("will");
    }

    [Fact]
    [Statement("5.0", "MQTT-3.1.3-9", "MQTT-3.1.2-8")]
    public async Task Takeover_within_the_delay_publishes_no_will()
    {
        Peer observer = await ObserverAsync(V5, 0);
        ConnectOptions options = Delayed("a", delaySeconds: 600, expirySeconds: 600);
        Peer first = await ConnectAsync(V5, options);
        await ConnectAsync(V5, options with { WillTopic = null });
        await first.ReceiveCloseAsync(0x8E);
        await observer.PublishAsync(Topic("marker"), "marker");
        await observer.ReceivePublishAsync("marker");
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-3.1.2-8")]
    [Statement("5.0", "MQTT-3.1.2-7")]
    public async Task Will_of_a_refused_connect_is_not_kept(MqttProtocolVersion version)
    {
        Peer observer = await ObserverAsync(version, 0);
        Peer peer = await OpenAsync(version);
        await peer.SendAsync((WithWill(version, "a") with { ClientId = new string('x', 129) }).ToPacket(version));
        await peer.ReceiveRefusalAsync(version == V5 ? 0x85 : 2);
        await observer.PublishAsync(Topic("marker"), "marker");
        await observer.ReceivePublishAsync("marker");
    }

    private ConnectOptions WithWill(MqttProtocolVersion version, string name) => Lasting(version, name) with { WillTopic = Topic("will"), WillPayload = "will" };

    private ConnectOptions Delayed(string name, uint delaySeconds, uint expirySeconds) => WithWill(V5, name) with
    {
        Properties = [Property.SessionExpiry(expirySeconds)],
        WillProperties = [Property.WillDelay(delaySeconds)],
    };

    private async Task<Peer> ObserverAsync(MqttProtocolVersion version, int qos)
    {
        Peer observer = await ConnectAsync(version, "observer");
        await observer.SubscribeAsync((Topic("will"), qos), (Topic("marker"), 0));
        return observer;
    }
}
