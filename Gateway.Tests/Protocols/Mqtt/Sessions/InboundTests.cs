using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Mqtt.Sessions;

namespace Gateway.Tests.Protocols.Mqtt.Sessions;

public sealed class InboundTests
{
    private const MqttProtocolVersion V311 = MqttProtocolVersion.V311;
    private const MqttProtocolVersion V5 = MqttProtocolVersion.V5;

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    public void Nothing_is_acknowledged_before_the_host_says_it_is_durable(MqttProtocolVersion version)
    {
        TestClient client = Connected(version);
        Assert.Equal(InboundVerdict.Store, client.Publish(0, Qos.AtMostOnce));
        Assert.Equal(InboundVerdict.Store, client.Publish(1, Qos.AtLeastOnce));
        Assert.Equal(InboundVerdict.Store, client.Publish(2, Qos.ExactlyOnce));
        Assert.Empty(client.Answers());
        Assert.Equal(2, client.Server.InboundInFlight);
        Assert.True(client.Server.Acknowledge([new(0, Qos.AtMostOnce), new(1, Qos.AtLeastOnce), new(2, Qos.ExactlyOnce)], client.Output));
        Assert.Equal(["PUBACK #1", "PUBREC #2"], client.Answers());
        client.Ack(PacketType.PubRel, 2);
        Assert.Equal(["PUBCOMP #2"], client.Answers());
        Assert.Equal((0, 0), (client.Server.InboundInFlight, client.Session.HeldCount));
    }

    [Fact]
    public void Qos_2_resent_over_and_over_is_one_message()
    {
        // [MQTT-4.3.3-10]
        TestClient client = Connected(V5);
        Assert.Equal(InboundVerdict.Store, client.Publish(5, Qos.ExactlyOnce));
        for (int i = 0; i < 100_000; i++)
        {
            Assert.Equal(InboundVerdict.Duplicate, client.Publish(5, Qos.ExactlyOnce));
        }

        Assert.Empty(client.Answers());
        Assert.Equal((1, 1), (client.Server.InboundInFlight, client.Session.HeldCount));
        client.Acknowledge(5, Qos.ExactlyOnce);
        Assert.Equal(InboundVerdict.Duplicate, client.Publish(5, Qos.ExactlyOnce));
        Assert.Equal(["PUBREC #5", "PUBREC #5"], client.Answers());
        client.Ack(PacketType.PubRel, 5);
        Assert.Equal(InboundVerdict.Store, client.Publish(5, Qos.ExactlyOnce));
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    public void Qos_2_resent_while_its_first_copy_fails_to_be_stored_is_not_confirmed(MqttProtocolVersion version)
    {
        TestClient first = Connected(version);
        first.Publish(1, Qos.ExactlyOnce);
        first.Server.ConnectionLost(first.Now);
        TestClient second = new TestClient(version).Connect(first.Session);
        second.Answers();
        Assert.Equal(InboundVerdict.DuplicateAwaitingCommit, second.Publish(1, Qos.ExactlyOnce));

        Assert.True(first.Server.Acknowledge(new PendingAck(1, Qos.ExactlyOnce, ReasonCode.QuotaExceeded), first.Output));
        bool told = second.Server.Acknowledge(new PendingAck(1, Qos.ExactlyOnce), second.Output);
        Assert.Equal(version == V5, told); // 3.1.1 has no way to say it: the host closes
        Assert.Equal(version == V5 ? ["PUBREC #1 QuotaExceeded"] : [], second.Answers());
        Assert.Equal(InboundVerdict.Store, second.Publish(1, Qos.ExactlyOnce));
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    public void Qos_2_resent_in_a_commit_that_fails_is_confirmed_when_its_first_copy_is_stored(MqttProtocolVersion version)
    {
        TestClient first = Connected(version);
        first.Publish(1, Qos.ExactlyOnce);
        first.Server.ConnectionLost(first.Now);
        TestClient second = new TestClient(version).Connect(first.Session);
        second.Answers();
        Assert.Equal(InboundVerdict.DuplicateAwaitingCommit, second.Publish(1, Qos.ExactlyOnce));

        Assert.True(first.Server.Acknowledge(new PendingAck(1, Qos.ExactlyOnce), first.Output));
        Assert.True(second.Server.Acknowledge(new PendingAck(1, Qos.ExactlyOnce, ReasonCode.QuotaExceeded), second.Output));
        Assert.Equal(["PUBREC #1"], second.Answers());
        Assert.Equal(InboundVerdict.Duplicate, second.Publish(1, Qos.ExactlyOnce));
    }

    [Fact]
    public void Qos_2_resent_after_a_reconnection_is_still_one_message()
    {
        TestClient first = Connected(V5);
        first.Publish(1, Qos.ExactlyOnce);
        first.Publish(2, Qos.ExactlyOnce);
        first.Acknowledge(2, Qos.ExactlyOnce);
        first.Server.ConnectionLost(first.Now);

        TestClient second = new TestClient(V5).Connect(first.Session);
        second.Answers();
        Assert.Equal(InboundVerdict.DuplicateAwaitingCommit, second.Publish(1, Qos.ExactlyOnce));
        Assert.Equal(InboundVerdict.Duplicate, second.Publish(1, Qos.ExactlyOnce));
        Assert.Equal(InboundVerdict.Duplicate, second.Publish(2, Qos.ExactlyOnce));
        Assert.Equal(["PUBREC #2"], second.Answers());

        // The commit that holds message 1 ends after its connection did: only the session learns of it.
        first.Answers();
        Assert.True(first.Acknowledge(1, Qos.ExactlyOnce));
        Assert.Empty(first.Answers());
        second.Acknowledge(1, Qos.ExactlyOnce);
        second.Ack(PacketType.PubRel, 1);
        Assert.Equal(["PUBREC #1", "PUBCOMP #1"], second.Answers());
    }

    [Theory]
    [InlineData(Qos.AtLeastOnce, "PUBACK #1 QuotaExceeded")]
    [InlineData(Qos.ExactlyOnce, "PUBREC #1 QuotaExceeded")]
    public void Refusal_is_told_in_v5_and_ends_the_exchange(Qos qos, string answer)
    {
        TestClient client = Connected(V5);
        client.Publish(1, qos);
        Assert.True(client.Acknowledge(1, qos, ReasonCode.QuotaExceeded));
        Assert.Equal([answer], client.Answers());
        Assert.Equal((0, 0), (client.Server.InboundInFlight, client.Session.HeldCount));
    }

    [Fact]
    public void Refusal_cannot_be_told_in_3_1_1()
    {
        // [3.1.1: MQTT-3.3.5-2]
        TestClient client = Connected(V311);
        client.Publish(1, Qos.AtLeastOnce);
        Assert.False(client.Acknowledge(1, Qos.AtLeastOnce, ReasonCode.NotAuthorized));
        Assert.Empty(client.Answers());
    }

    [Fact]
    public void More_than_the_receive_maximum_closes()
    {
        // [MQTT-3.3.4-9]
        TestClient client = Connected(V5, new MqttLimits { InboundReceiveMaximum = 2 });
        client.Publish(1, Qos.AtLeastOnce);
        client.Publish(2, Qos.ExactlyOnce);
        Assert.Equal(InboundVerdict.Store, client.Publish(0, Qos.AtMostOnce));
        Assert.Equal(InboundVerdict.Refused, client.Publish(3, Qos.AtLeastOnce));
        Assert.Equal(["DISCONNECT ReceiveMaximumExceeded"], client.Answers());
        Assert.Equal(ConnectionState.Closed, client.Server.State);
    }

    [Fact]
    public void Topic_alias_is_set_used_and_set_anew()
    {
        TestClient client = Connected(V5);
        PublishProperties alias = new() { TopicAlias = 3 };
        client.Publish(0, Qos.AtMostOnce, "a/b", alias, out string topic);
        Assert.Equal("a/b", topic);
        client.Publish(0, Qos.AtMostOnce, "", alias, out topic);
        Assert.Equal("a/b", topic);
        client.Publish(0, Qos.AtMostOnce, "c", alias, out _);
        client.Publish(0, Qos.AtMostOnce, "", alias, out topic);
        Assert.Equal("c", topic);
    }

    [Theory]
    [InlineData(5, "", ReasonCode.ProtocolError)]
    [InlineData(17, "", ReasonCode.TopicAliasInvalid)]
    [InlineData(17, "a", ReasonCode.TopicAliasInvalid)]
    public void Topic_alias_unknown_or_over_the_maximum_closes(int alias, string topic, ReasonCode reason)
    {
        // [MQTT-3.3.2-9]; section 3.3.4 for an alias without a mapping
        TestClient client = Connected(V5);
        Assert.Equal(InboundVerdict.Refused, client.Publish(0, Qos.AtMostOnce, topic, new PublishProperties { TopicAlias = (ushort)alias }));
        Assert.Equal([$"DISCONNECT {reason}"], client.Answers());
    }

    [Fact]
    public void Topics_behind_aliases_are_bounded_in_bytes()
    {
        TestClient client = Connected(V5, new MqttLimits { InboundTopicAliasBytes = 100 });
        Assert.Equal(InboundVerdict.Store, client.Publish(0, Qos.AtMostOnce, new string('x', 60), new PublishProperties { TopicAlias = 1 }));
        Assert.Equal(InboundVerdict.Store, client.Publish(0, Qos.AtMostOnce, new string('y', 70), new PublishProperties { TopicAlias = 1 }));
        Assert.Equal(InboundVerdict.Refused, client.Publish(0, Qos.AtMostOnce, new string('z', 60), new PublishProperties { TopicAlias = 2 }));
        Assert.Equal(["DISCONNECT QuotaExceeded"], client.Answers());
    }

    [Theory]
    [InlineData(32, InboundVerdict.Store)]
    [InlineData(33, InboundVerdict.Refused)]
    public void Topic_levels_are_bounded(int levels, InboundVerdict verdict)
    {
        TestClient client = Connected(V5);
        Assert.Equal(verdict, client.Publish(0, Qos.AtMostOnce, string.Join('/', Enumerable.Repeat("x", levels))));
        Assert.Equal(verdict == InboundVerdict.Store ? [] : ["DISCONNECT TopicNameInvalid"], client.Answers());
    }

    [Theory]
    [InlineData(V5, "PUBCOMP #7 PacketIdentifierNotFound")]
    [InlineData(V311, "PUBCOMP #7")]
    public void Pubrel_for_an_unknown_identifier_is_answered(MqttProtocolVersion version, string answer)
    {
        TestClient client = Connected(version);
        Assert.Equal(ReceiveAction.Released, client.Ack(PacketType.PubRel, 7).Action);
        Assert.Equal([answer], client.Answers());
    }

    private static TestClient Connected(MqttProtocolVersion version, MqttLimits? limits = null)
    {
        TestClient client = new TestClient(version, limits).Connect();
        client.Answers();
        return client;
    }
}
