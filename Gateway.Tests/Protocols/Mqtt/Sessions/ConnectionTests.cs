using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Mqtt.Sessions;

namespace Gateway.Tests.Protocols.Mqtt.Sessions;

public sealed class ConnectionTests
{
    private const MqttProtocolVersion V311 = MqttProtocolVersion.V311;
    private const MqttProtocolVersion V5 = MqttProtocolVersion.V5;

    [Fact]
    public void Ping_is_answered()
    {
        // [MQTT-3.12.4-1]
        TestClient client = Connected(V311);
        Assert.Equal(ReceiveAction.None, client.Send("C0 00").Action);
        Assert.Equal(["PINGRESP"], client.Answers());
    }

    [Theory]
    [InlineData(V311, "SUBACK #9 GrantedQos1 UnspecifiedError UnspecifiedError")]
    [InlineData(V5, "SUBACK #9 GrantedQos1 NotAuthorized TopicFilterInvalid")]
    public void Subscribe_is_answered_filter_by_filter(MqttProtocolVersion version, string answer)
    {
        // [MQTT-3.8.4-1] [MQTT-3.8.4-6]
        TestClient client = Connected(version);
        string deep = string.Join('/', Enumerable.Repeat("x", 33));
        ReceiveResult result = client.Send(o => MqttPacketWriter.Write(o, TestClient.Subscribe("a/#", "b", deep), version));
        Assert.Equal(ReceiveAction.Subscribe, result.Action);
        IReadOnlyList<SubscriptionChange> changes = client.Server.CompleteSubscribe(result.Subscribe!, [ReasonCode.Success, ReasonCode.NotAuthorized, ReasonCode.Success], client.Output);
        Assert.Equal([answer], client.Answers());
        SubscriptionChange change = Assert.Single(changes);
        Assert.Equal(("a/#", true, true), (change.Subscription.Filter.Text, change.IsNew, change.WantsRetained));
        Assert.Equal(["a/#"], client.Session.Subscriptions.Keys);
    }

    [Fact]
    public void Subscriptions_are_bounded_but_replacing_one_is_free()
    {
        TestClient client = Connected(V5, new MqttLimits { Subscriptions = 1 });
        client.Server.CompleteSubscribe(TestClient.Subscribe("a", "b", "a"), [default, default, default], client.Output);
        Assert.Equal(["SUBACK #9 GrantedQos1 QuotaExceeded GrantedQos1"], client.Answers());
    }

    [Theory]
    [InlineData(RetainHandling.SendAlways, true, true)]
    [InlineData(RetainHandling.SendAlways, false, true)]
    [InlineData(RetainHandling.SendIfNew, true, true)]
    [InlineData(RetainHandling.SendIfNew, false, false)]
    [InlineData(RetainHandling.DoNotSend, true, false)]
    public void Retained_messages_are_wanted_as_retain_handling_says(RetainHandling handling, bool isNew, bool wanted)
    {
        // [MQTT-3.3.1-9] [MQTT-3.3.1-10] [MQTT-3.3.1-11]
        Subscription subscription = new(TestClient.Subscribe("a").Requests[0].Filter, new SubscriptionOptions(Qos.AtMostOnce, RetainHandling: handling), 0);
        Assert.Equal(wanted, new SubscriptionChange(subscription, isNew).WantsRetained);
        Subscription shared = subscription with { Filter = TestClient.Subscribe("$share/g/a").Requests[0].Filter };
        Assert.False(new SubscriptionChange(shared, isNew).WantsRetained);
    }

    [Theory]
    [InlineData(V311, "UNSUBACK #9")]
    [InlineData(V5, "UNSUBACK #9 Success NoSubscriptionExisted")]
    public void Unsubscribe_is_answered_filter_by_filter(MqttProtocolVersion version, string answer)
    {
        // [MQTT-3.10.4-4] [MQTT-3.11.3-1]
        TestClient client = Connected(version);
        client.Server.CompleteSubscribe(TestClient.Subscribe("a"), [default], client.Output);
        client.Answers();
        UnsubscribePacket packet = new() { PacketIdentifier = 9, Filters = [.. TestClient.Subscribe("a", "b").Requests.Select(r => r.Filter)] };
        Assert.Equal(ReceiveAction.Unsubscribed, client.Send(o => MqttPacketWriter.Write(o, packet, version)).Action);
        Assert.Equal([answer], client.Answers());
        Assert.Empty(client.Session.Subscriptions);
    }

    [Theory]
    [InlineData("20 03 00 00 00", "DISCONNECT ProtocolError")]
    [InlineData("90 04 0001 00 00", "DISCONNECT ProtocolError")]
    [InlineData("D0 00", "DISCONNECT ProtocolError")]
    [InlineData("F0 00", "DISCONNECT ProtocolError")]
    [InlineData("C0 01 00", "DISCONNECT MalformedPacket")]
    [InlineData("C0 8000", "DISCONNECT MalformedPacket")]
    [InlineData("82 05 0001 00 0000", "DISCONNECT MalformedPacket")]
    public void Packet_a_client_may_not_send_closes(string hex, string answer)
    {
        TestClient client = Connected(V5);
        Assert.Equal(ReceiveAction.Closed, client.Send(hex).Action);
        Assert.Equal([answer], client.Answers());
    }

    [Theory]
    [InlineData("D0 00")]
    [InlineData("F0 00")]
    [InlineData("82 02 0001")]
    public void Error_in_3_1_1_closes_without_a_word(string hex)
    {
        // [3.1.1: MQTT-4.8.0-1]
        TestClient client = Connected(V311);
        Assert.Equal(ReceiveAction.Closed, client.Send(hex).Action);
        Assert.Empty(client.Answers());
        Assert.True(client.Server.Error.IsError);
    }

    [Fact]
    public void Will_goes_with_a_proper_leave_and_stays_with_any_other()
    {
        // [MQTT-3.14.4-3] [MQTT-3.1.2-8]
        TestClient proper = WithWill();
        proper.Send("E0 00");
        Assert.Null(proper.Server.Will);

        TestClient withWill = WithWill();
        withWill.Send("E0 01 04");
        Assert.NotNull(withWill.Server.Will);

        TestClient lost = WithWill();
        lost.Server.ConnectionLost(lost.Now);
        Assert.NotNull(lost.Server.Will);

        TestClient wrong = WithWill();
        wrong.Send("D0 00");
        Assert.NotNull(wrong.Server.Will);

        TestClient takenOver = WithWill();
        takenOver.Server.Close(ReasonCode.SessionTakenOver, null, takenOver.Now, takenOver.Output);
        Assert.NotNull(takenOver.Server.Will);
    }

    [Fact]
    public void Takeover_tells_the_old_connection_and_keeps_the_session()
    {
        // [MQTT-3.1.4-3]
        TestClient old = Connected(V5);
        old.Deliver("a", Qos.AtLeastOnce);
        old.Answers();
        old.Server.Close(ReasonCode.SessionTakenOver, "another connection", old.Now, old.Output);
        Assert.Equal(["DISCONNECT SessionTakenOver"], old.Answers());
        TestClient next = new TestClient(V5).Connect(old.Session);
        Assert.Equal(["CONNACK Success present", "PUBLISH a q1 #1 dup"], next.Answers());

        // The old connection's end, noticed late, does not detach the new one.
        old.Server.ConnectionLost(old.Now);
        Assert.Same(next.Server, next.Session.Connection);
    }

    [Fact]
    public void Session_in_use_cannot_be_attached_twice()
    {
        TestClient old = Connected(V5);
        Assert.Throws<InvalidOperationException>(() => new TestClient(V5).Connect(old.Session));
    }

    [Theory]
    [InlineData(3600, "E0 07 00 05 1100000064", 100)]
    [InlineData(3600, "E0 07 00 05 1100000000", 0)]
    [InlineData(3600, "E0 07 00 05 11FFFFFFFF", 86400)]
    [InlineData(3600, "E0 00", 3600)]
    public void Disconnect_may_change_the_session_expiry(int connect, string hex, int seconds)
    {
        TestClient client = WithExpiry(connect);
        client.Send(hex);
        Assert.Equal(TestClient.Start + TimeSpan.FromSeconds(seconds), client.Session.ExpiresAt);
        Assert.Null(client.Session.Connection);
    }

    [Fact]
    public void Disconnect_may_not_prolong_a_session_that_ends_with_the_connection()
    {
        // v5 section 3.14.2.2.2
        TestClient client = WithExpiry(0);
        client.Send("E0 07 00 05 1100000064");
        Assert.Equal(["DISCONNECT ProtocolError"], client.Answers());
        Assert.Equal(TestClient.Start, client.Session.ExpiresAt);
    }

    [Fact]
    public void Reason_string_is_left_out_where_the_client_takes_only_small_packets()
    {
        // [MQTT-3.14.2-3]
        TestClient client = new TestClient(V5).Connect(packet: new ConnectPacket { Version = V5, ClientId = "c", Properties = new ConnectProperties { MaximumPacketSizeBytes = 30 } });
        client.Answers();
        client.Server.Fail(ParseErrors.PacketTooLarge, client.Now, client.Output);
        Assert.Equal("E00195", Convert.ToHexString(((System.Buffers.ArrayBufferWriter<byte>)client.Output).WrittenSpan));
    }

    [Fact]
    public void Limits_that_make_no_sense_are_all_told()
    {
        Assert.Empty(new MqttLimits().Validate());
        Assert.Equal(3, new MqttLimits { PacketSizeBytes = -1, InboundReceiveMaximum = 70_000, KeepAlive = TimeSpan.FromDays(1) }.Validate().Count);
    }

    private static TestClient Connected(MqttProtocolVersion version, MqttLimits? limits = null)
    {
        TestClient client = new TestClient(version, limits).Connect();
        client.Answers();
        return client;
    }

    private static TestClient WithWill() => new TestClient(V5).Connect(packet: new ConnectPacket { Version = V5, ClientId = "c", Will = new Will { Topic = "w", Payload = "gone"u8.ToArray() } });

    private static TestClient WithExpiry(int seconds)
    {
        TestClient client = new TestClient(V5).Connect(packet: new ConnectPacket { Version = V5, ClientId = "c", Properties = new ConnectProperties { SessionExpiryIntervalSeconds = (uint)seconds } });
        client.Answers();
        return client;
    }
}
