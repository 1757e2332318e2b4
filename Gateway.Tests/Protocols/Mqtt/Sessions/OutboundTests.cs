using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Mqtt.Sessions;

namespace Gateway.Tests.Protocols.Mqtt.Sessions;

public sealed class OutboundTests
{
    private const MqttProtocolVersion V311 = MqttProtocolVersion.V311;
    private const MqttProtocolVersion V5 = MqttProtocolVersion.V5;

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    public void Each_qos_runs_to_its_end(MqttProtocolVersion version)
    {
        TestClient client = Connected(version);
        Assert.Equal(DeliveryOutcome.Sent, client.Deliver("a", Qos.AtMostOnce));
        Assert.Equal(DeliveryOutcome.Sent, client.Deliver("b", Qos.AtLeastOnce));
        Assert.Equal(DeliveryOutcome.Sent, client.Deliver("c", Qos.ExactlyOnce));
        Assert.Equal(["PUBLISH a q0", "PUBLISH b q1 #1", "PUBLISH c q2 #2"], client.Answers());
        client.Ack(PacketType.PubAck, 1);
        client.Ack(PacketType.PubRec, 2);
        client.Ack(PacketType.PubRec, 2);
        Assert.Equal(["PUBREL #2", "PUBREL #2"], client.Answers());
        client.Ack(PacketType.PubComp, 2);
        Assert.Equal(0, client.Session.InFlightCount);
    }

    [Fact]
    public void Receive_maximum_of_the_client_holds_the_rest_back()
    {
        // [MQTT-3.3.4-9], section 4.9
        TestClient client = Connected(V5, receiveMaximum: 2);
        Assert.Equal(
            [DeliveryOutcome.Sent, DeliveryOutcome.Sent, DeliveryOutcome.Queued, DeliveryOutcome.Queued],
            new[] { "a", "b", "c", "d" }.Select(t => client.Deliver(t, t == "b" ? Qos.ExactlyOnce : Qos.AtLeastOnce)));
        Assert.Equal(DeliveryOutcome.Sent, client.Deliver("zero", Qos.AtMostOnce));
        Assert.Equal(["PUBLISH a q1 #1", "PUBLISH b q2 #2", "PUBLISH zero q0"], client.Answers());
        client.Ack(PacketType.PubRec, 2);
        Assert.Equal(["PUBREL #2"], client.Answers());
        client.Ack(PacketType.PubComp, 2);
        Assert.Equal(["PUBLISH c q1 #3"], client.Answers());
        client.Ack(PacketType.PubAck, 1);
        Assert.Equal(["PUBLISH d q1 #4"], client.Answers());
        Assert.Equal((2, 0, 0L), (client.Session.InFlightCount, client.Session.QueuedCount, client.Session.QueuedBytes));
    }

    [Fact]
    public void Unacknowledged_messages_come_again_in_order_on_reconnection()
    {
        // [MQTT-4.4.0-1] [MQTT-4.6.0-1] [MQTT-3.3.1-1]
        TestClient first = Connected(V311);
        foreach ((string topic, Qos qos) in new[] { ("a", Qos.AtLeastOnce), ("b", Qos.ExactlyOnce), ("c", Qos.AtLeastOnce), ("d", Qos.ExactlyOnce) })
        {
            first.Deliver(topic, qos);
        }

        first.Ack(PacketType.PubAck, 1);
        first.Ack(PacketType.PubRec, 2);
        first.Server.ConnectionLost(first.Now);
        Assert.Equal(DeliveryOutcome.Queued, first.Deliver("e", Qos.AtLeastOnce, connected: false));
        Assert.Equal(DeliveryOutcome.NotConnected, first.Deliver("f", Qos.AtMostOnce, connected: false));

        TestClient second = new TestClient(V311).Connect(first.Session);
        Assert.Equal(["CONNACK Success present", "PUBREL #2", "PUBLISH c q1 #3 dup", "PUBLISH d q2 #4 dup", "PUBLISH e q1 #5"], second.Answers());
    }

    [Fact]
    public void Resend_keeps_to_a_smaller_receive_maximum()
    {
        TestClient first = Connected(V5);
        foreach (string topic in new[] { "a", "b", "c" })
        {
            first.Deliver(topic, Qos.AtLeastOnce);
        }

        first.Server.ConnectionLost(first.Now);
        first.Deliver("d", Qos.AtLeastOnce, connected: false);
        TestClient second = Connect(first.Session, receiveMaximum: 1);
        Assert.Equal(["CONNACK Success present", "PUBLISH a q1 #1 dup"], second.Answers());
        second.Deliver("e", Qos.AtLeastOnce);
        Assert.Empty(second.Answers());

        // An acknowledgement of one that was not sent again yet counts all the same.
        second.Ack(PacketType.PubAck, 2);
        Assert.Equal(["PUBLISH c q1 #3 dup"], second.Answers());
        second.Ack(PacketType.PubAck, 1);
        second.Ack(PacketType.PubAck, 3);
        Assert.Equal(["PUBLISH d q1 #4", "PUBLISH e q1 #5"], second.Answers().Take(2));
    }

    [Fact]
    public void Queue_is_bounded_in_messages_and_bytes_and_counts_what_it_drops()
    {
        TestClient client = Connected(V311, new MqttLimits { QueueMessages = 2, QueueBytes = 100 });
        client.Server.ConnectionLost(client.Now);
        Assert.Equal(DeliveryOutcome.QueueFull, client.Deliver("t", Qos.AtLeastOnce, connected: false, payloadBytes: 100));
        Assert.Equal(DeliveryOutcome.Queued, client.Deliver("t", Qos.AtLeastOnce, connected: false));
        Assert.Equal(DeliveryOutcome.Queued, client.Deliver("t", Qos.AtLeastOnce, connected: false));
        Assert.Equal(DeliveryOutcome.QueueFull, client.Deliver("t", Qos.AtLeastOnce, connected: false));
        Assert.Equal(new SessionDropCounts(2, 0, 0), client.Session.Drops);
        Assert.Equal((2, 4L), (client.Session.QueuedCount, client.Session.QueuedBytes));
    }

    [Fact]
    public void Backed_up_output_makes_everything_wait_in_order()
    {
        TestClient client = Connected(V5);
        Assert.Equal(DeliveryOutcome.Queued, client.Deliver("a", Qos.AtMostOnce, connected: false));
        Assert.Equal(DeliveryOutcome.Queued, client.Deliver("b", Qos.AtLeastOnce, connected: false));
        Assert.Equal(DeliveryOutcome.Queued, client.Deliver("c", Qos.AtMostOnce));
        client.Session.Flush(client.Now, client.Output);
        Assert.Equal(["PUBLISH a q0", "PUBLISH b q1 #1", "PUBLISH c q0"], client.Answers());
        client.Deliver("d", Qos.AtMostOnce, connected: false);
        client.Server.ConnectionLost(client.Now);
        Assert.Equal(0, client.Session.QueuedCount);
    }

    [Fact]
    public void Lifetime_shrinks_while_waiting_and_ends()
    {
        // [MQTT-3.3.2-5] [MQTT-3.3.2-6]
        TestClient first = Connected(V5);
        first.Server.ConnectionLost(first.Now);
        first.Deliver("short", Qos.AtLeastOnce, connected: false, expirySeconds: 10);
        first.Deliver("long", Qos.AtLeastOnce, connected: false, expirySeconds: 60);
        TestClient second = new(V5) { Now = first.Now + TimeSpan.FromSeconds(10.5) };
        second.Connect(first.Session);
        Assert.Equal(["CONNACK Success present", "PUBLISH long q1 #1 expires 50"], second.Answers());
        Assert.Equal(1, second.Session.Drops.Expired);
    }

    [Fact]
    public void Message_over_the_clients_packet_size_is_not_sent()
    {
        // [MQTT-3.1.2-24] [MQTT-3.1.2-25]
        TestClient client = new TestClient(V5).Connect(packet: new ConnectPacket { Version = V5, ClientId = "c", Properties = new ConnectProperties { MaximumPacketSizeBytes = 40 } });
        client.Answers();
        Assert.Equal(DeliveryOutcome.TooLarge, client.Deliver("t", Qos.AtLeastOnce, payloadBytes: 33));
        Assert.Equal(DeliveryOutcome.Sent, client.Deliver("t", Qos.AtLeastOnce, payloadBytes: 32));
        Assert.Equal((1, 1L), (client.Session.InFlightCount, client.Session.Drops.TooLarge));
    }

    [Fact]
    public void Aliases_are_given_up_to_the_clients_maximum_and_begin_anew_on_reconnection()
    {
        TestClient first = Connect(null, aliases: 1);
        first.Answers();
        first.Deliver("a", Qos.AtMostOnce);
        first.Deliver("b", Qos.AtMostOnce);
        first.Deliver("a", Qos.AtLeastOnce);
        Assert.Equal(["PUBLISH a = alias 1 q0", "PUBLISH b q0", "PUBLISH alias 1 q1 #1"], first.Answers());
        first.Server.ConnectionLost(first.Now);
        TestClient second = Connect(first.Session, aliases: 1);
        Assert.Equal(["CONNACK Success present", "PUBLISH a = alias 1 q1 #1 dup"], second.Answers());
    }

    [Theory]
    [InlineData(PacketType.PubAck, Qos.ExactlyOnce)]
    [InlineData(PacketType.PubRec, Qos.AtLeastOnce)]
    [InlineData(PacketType.PubComp, Qos.AtLeastOnce)]
    [InlineData(PacketType.PubComp, Qos.ExactlyOnce)]
    public void Acknowledgement_that_does_not_fit_is_a_protocol_error(PacketType type, Qos qos)
    {
        TestClient client = Connected(V5);
        client.Deliver("t", qos);
        client.Answers();
        Assert.Equal(ReceiveAction.Closed, client.Ack(type, 1).Action);
        Assert.Equal(["DISCONNECT ProtocolError"], client.Answers());
    }

    [Theory]
    [InlineData(V5, PacketType.PubAck, "")]
    [InlineData(V5, PacketType.PubComp, "")]
    [InlineData(V5, PacketType.PubRec, "PUBREL #4 PacketIdentifierNotFound")]
    [InlineData(V311, PacketType.PubRec, "PUBREL #4")]
    public void Acknowledgement_of_an_unknown_identifier_is_no_error(MqttProtocolVersion version, PacketType type, string answer)
    {
        TestClient client = Connected(version);
        Assert.Equal(ReceiveAction.None, client.Ack(type, 4).Action);
        Assert.Equal(answer.Length == 0 ? [] : [answer], client.Answers());
    }

    [Fact]
    public void Failing_pubrec_ends_the_exchange_and_frees_its_place()
    {
        TestClient client = Connected(V5, receiveMaximum: 1);
        client.Deliver("a", Qos.ExactlyOnce);
        client.Deliver("b", Qos.ExactlyOnce);
        client.Answers();
        client.Ack(PacketType.PubRec, 1, ReasonCode.QuotaExceeded);
        Assert.Equal(["PUBLISH b q2 #2"], client.Answers());
        Assert.Equal(1, client.Session.InFlightCount);
    }

    [Fact]
    public void Client_that_never_completes_gets_nothing_new_on_and_on()
    {
        // Each connection has a full window again: what it released and never completed must not add up without end.
        TestClient client = new TestClient(V5, new MqttLimits { OutboundReceiveMaximum = 4 }).Connect();
        ushort id = 0;
        for (int connection = 0; connection < 5; connection++)
        {
            while (client.Deliver("t", Qos.ExactlyOnce) == DeliveryOutcome.Sent)
            {
                client.Ack(PacketType.PubRec, ++id);
            }

            client.Server.ConnectionLost(client.Now);
            client = new TestClient(V5, client.Limits).Connect(client.Session);
        }

        Assert.Equal(8, client.Session.InFlightCount);
        client.Answers();
        client.Ack(PacketType.PubComp, 1);
        Assert.Equal(["PUBLISH t q2 #9"], client.Answers());
    }

    [Fact]
    public void Identifiers_wrap_round_and_pass_over_those_in_use()
    {
        // [MQTT-2.2.1-3]
        TestClient client = Connected(V311);
        client.Deliver("stays", Qos.AtLeastOnce);
        for (int i = 2; i <= 65_535; i++)
        {
            client.Deliver("t", Qos.AtLeastOnce);
            client.Ack(PacketType.PubAck, (ushort)i);
        }

        client.Answers();
        client.Deliver("next", Qos.AtLeastOnce);
        Assert.Equal(["PUBLISH next q1 #2"], client.Answers());
    }

    private static TestClient Connected(MqttProtocolVersion version, MqttLimits? limits = null, ushort? receiveMaximum = null)
    {
        TestClient client = new(version, limits);
        client.Connect(packet: new ConnectPacket
        {
            Version = version,
            ClientId = "dev",
            CleanStart = false,
            Properties = new ConnectProperties { ReceiveMaximum = receiveMaximum, SessionExpiryIntervalSeconds = version == V5 ? 3600u : null },
        });
        client.Answers();
        return client;
    }

    private static TestClient Connect(MqttSession? session, ushort? receiveMaximum = null, ushort? aliases = null) => new TestClient(V5).Connect(session, new ConnectPacket
    {
        Version = V5,
        ClientId = "dev",
        CleanStart = session is null,
        Properties = new ConnectProperties { ReceiveMaximum = receiveMaximum, TopicAliasMaximum = aliases, SessionExpiryIntervalSeconds = 3600 },
    });
}
