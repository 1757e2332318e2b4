using System.Buffers;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Mqtt.Sessions;

namespace Gateway.Tests.Protocols.Mqtt.Sessions;

public sealed class ConnectTests
{
    private const MqttProtocolVersion V311 = MqttProtocolVersion.V311;
    private const MqttProtocolVersion V5 = MqttProtocolVersion.V5;

    [Theory]
    [InlineData(V311, false, "CONNACK Success")]
    [InlineData(V5, false, "CONNACK Success")]
    [InlineData(V311, true, "CONNACK Success present")]
    [InlineData(V5, true, "CONNACK Success present")]
    public void Connect_that_is_accepted_says_whether_the_session_is_present(MqttProtocolVersion version, bool present, string answer)
    {
        // [MQTT-3.2.2-2] [MQTT-3.2.2-3]
        TestClient client = new TestClient(version).Connect(present ? new MqttSession("dev", new MqttLimits()) : null);
        Assert.Equal([answer], client.Answers());
        Assert.Equal(ConnectionState.Connected, client.Server.State);
    }

    [Theory]
    [InlineData("not CONNECT first [MQTT-3.1.0-1]", "C0 00", "")]
    [InlineData("level 6 [MQTT-3.1.2-2]", "100D 0004 4D515454 06 02 0000 00 0000", "20 .. 00 84")]
    [InlineData("level 3 [MQTT-3.1.2-2]", "100E 0006 4D5149736470 03 02 0000 0000", "2002 00 01")]
    [InlineData("malformed 3.1.1: no return code fits", "100C 0004 4D515454 04 03 0000 0000", "")]
    [InlineData("malformed 5 [MQTT-3.1.2-3]", "100D 0004 4D515454 05 03 0000 00 0000", "20 .. 00 81")]
    [InlineData("another protocol", "1006 0004 48545450", "")]
    [InlineData("3.1.1 without id, session kept [MQTT-3.1.3-8]", "100C 0004 4D515454 04 00 0000 0000", "2002 00 02")]
    [InlineData("enhanced authentication [MQTT-4.12.0-1]", "1011 0004 4D515454 05 02 0000 04 15000178 0000", "20 .. 00 8C")]
    [InlineData("padded length [MQTT-1.5.5-1]", "108D00 0004 4D515454 05 02 0000 00 0000", "20 .. 00 81")]
    public void Connect_that_is_wrong_is_answered_and_closed(string statement, string hex, string answer)
    {
        TestClient client = new();
        Assert.False(client.TryConnect(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))), statement);
        Assert.Equal(ConnectionState.Closed, client.Server.State);
        Assert.True(client.Server.Error.IsError);
        string written = Convert.ToHexString(((ArrayBufferWriter<byte>)client.Output).WrittenSpan);
        string expected = answer.Replace(" ", "", StringComparison.Ordinal);
        Assert.Equal(expected.Length == 0, written.Length == 0);
        Assert.True(written.Length == 0 || (written[..2] == expected[..2] && written[4..8] == expected[4..8]), written);
    }

    [Theory]
    [InlineData(23, true)]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public void Client_id_may_be_as_long_as_the_limit(int length, bool taken)
    {
        TestClient client = new();
        Assert.Equal(taken, client.TryConnect(new ConnectPacket { Version = V5, ClientId = new string('x', length) }));
        Assert.Equal(taken ? [] : ["CONNACK ClientIdentifierNotValid"], client.Answers());
    }

    [Fact]
    public void Will_over_the_limit_is_refused()
    {
        TestClient client = new(limits: new MqttLimits { WillPayloadBytes = 10 });
        Assert.False(client.TryConnect(new ConnectPacket { Version = V5, ClientId = "c", Will = new Will { Topic = "t", Payload = new byte[11] } }));
        Assert.Equal(["CONNACK QuotaExceeded"], client.Answers());
    }

    [Theory]
    [InlineData(V311, ReasonCode.BadUserNameOrPassword, "2002 00 04")]
    [InlineData(V311, ReasonCode.NotAuthorized, "2002 00 05")]
    [InlineData(V311, ReasonCode.ServerBusy, "2002 00 03")]
    [InlineData(V311, ReasonCode.MalformedPacket, "")]
    [InlineData(V5, ReasonCode.BadUserNameOrPassword, "2003 00 86 00")]
    public void Refusal_is_told_in_the_words_of_the_version(MqttProtocolVersion version, ReasonCode reason, string answer)
    {
        TestClient client = new(version);
        Assert.True(client.TryConnect(new ConnectPacket { Version = version, ClientId = "c" }));
        client.Server.Refuse(reason, null, client.Output);
        Assert.Equal(answer.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(((ArrayBufferWriter<byte>)client.Output).WrittenSpan));
        Assert.Equal((ConnectionState.Closed, reason), (client.Server.State, client.Server.CloseReason));
    }

    [Fact]
    public void Acceptance_tells_a_v5_client_every_difference()
    {
        // [MQTT-3.1.2-21] server keep alive, [MQTT-3.1.3-7] and [MQTT-3.2.2-16] assigned client id
        MqttLimits limits = new() { SessionExpiry = TimeSpan.FromSeconds(100), KeepAlive = TimeSpan.FromSeconds(50), InboundReceiveMaximum = 8, PacketSizeBytes = 5000 };
        TestClient client = new(V5, limits);
        Assert.True(client.TryConnect(new ConnectPacket
        {
            Version = V5,
            ClientId = "",
            KeepAliveSeconds = 0,
            Properties = new ConnectProperties { SessionExpiryIntervalSeconds = uint.MaxValue, RequestResponseInformation = true },
        }));
        client.Server.Accept(new ConnectAcceptance { Session = new MqttSession("gw-1", limits), SessionPresent = false, AssignedClientId = "gw-1", ResponseInformation = "reply/gw-1" }, client.Now, client.Output);
        ReadOnlySpan<byte> written = ((ArrayBufferWriter<byte>)client.Output).WrittenSpan;
        Assert.True(ConnAckPacket.TryParse(written[2..], new ParseContext(V5, PacketSender.Server), out ConnAckPacket? ack, out _));
        ConnAckProperties expected = new()
        {
            SessionExpiryIntervalSeconds = 100,
            ServerKeepAliveSeconds = 50,
            ReceiveMaximum = 8,
            MaximumPacketSizeBytes = 5000,
            TopicAliasMaximum = 16,
            AssignedClientIdentifier = "gw-1",
            ResponseInformation = "reply/gw-1",
        };
        Assert.Equal(expected with { UserProperties = ack!.Properties.UserProperties }, ack.Properties);
        Assert.Equal(TimeSpan.FromSeconds(75), client.Server.Settings!.SilenceLimit);
    }

    [Fact]
    public void Keep_alive_under_the_cap_is_the_clients_own()
    {
        TestClient client = new TestClient(V5).Connect(packet: new ConnectPacket { Version = V5, ClientId = "c", KeepAliveSeconds = 10 });
        Assert.Equal(TimeSpan.FromSeconds(15), client.Server.Settings!.SilenceLimit);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 86400)]
    public void Session_of_3_1_1_is_kept_for_the_cap_unless_clean(bool clean, int seconds)
    {
        TestClient client = new TestClient(V311).Connect(packet: new ConnectPacket { Version = V311, ClientId = "c", CleanStart = clean });
        client.Server.ConnectionLost(client.Now);
        Assert.Equal(TestClient.Start + TimeSpan.FromSeconds(seconds), client.Session.ExpiresAt);
    }

    [Fact]
    public void Second_connect_is_a_protocol_error()
    {
        // [MQTT-3.1.0-2]
        TestClient client = new TestClient().Connect();
        Assert.Equal(ReceiveAction.Closed, client.Send(o => MqttPacketWriter.Write(o, new ConnectPacket { Version = V5, ClientId = "dev" })).Action);
        Assert.Equal(["CONNACK Success", "DISCONNECT ProtocolError"], client.Answers());
    }
}
