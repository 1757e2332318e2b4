using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Conformance.Wire;

namespace Gateway.Tests.Conformance;

/// <summary>Sections 3.1.3, 3.1.4 and 3.2: client ids, acceptance, takeover, and what CONNACK says.</summary>
public sealed class ConnectTests(ConformanceGateway gateway) : ConformanceTests(gateway.Port)
{
    private const int ClientIdNotValid = 0x85, BadAuthenticationMethod = 0x8C, SessionTakenOver = 0x8E;

    [Theory]
    [InlineData(V311, "0")]
    [InlineData(V5, "0")]
    [InlineData(V311, "0123456789abcdefghijklm")]
    [InlineData(V5, "nopqrstuvwxyzABCDEFGHIJ")]
    [InlineData(V5, "KLMNOPQRSTUVWXYZ")]
    [Statement("3.1.1", "MQTT-3.1.3-5", "MQTT-3.1.4-4")]
    [Statement("5.0", "MQTT-3.1.3-5", "MQTT-3.1.4-5", "MQTT-3.2.2-1", "MQTT-3.2.2-8")]
    public async Task Client_ids_of_letters_and_digits_are_accepted(MqttProtocolVersion version, string clientId)
    {
        Peer peer = await OpenAsync(version);
        Received connAck = await peer.ConnectAsync(new ConnectOptions { ClientId = clientId });
        Assert.Equal(0, connAck.ConnAckFlags);
        await peer.ReceiveNothingAsync();
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-1.5.3-3", "MQTT-3.1.3-2")]
    [Statement("5.0", "MQTT-1.5.4-3", "MQTT-3.1.3-2")]
    public async Task Byte_order_mark_in_a_client_id_makes_another_client(MqttProtocolVersion version)
    {
        Peer plain = await ConnectAsync(version, new ConnectOptions { ClientId = Client("a") });
        Peer marked = await ConnectAsync(version, new ConnectOptions { ClientId = "\uFEFF" + Client("a") });
        await plain.ReceiveNothingAsync();
        await marked.ReceiveNothingAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Statement("5.0", "MQTT-3.1.3-6", "MQTT-3.1.3-7", "MQTT-3.2.2-16")]
    public async Task Empty_client_id_is_given_one_in_5(bool cleanStart)
    {
        ConnectOptions options = new() { CleanStart = cleanStart, Properties = [Property.SessionExpiry(60)] };
        Peer one = await OpenAsync(V5);
        string? first = (await one.ConnectAsync(options)).Text(PropertyId.AssignedClientIdentifier);
        Peer two = await OpenAsync(V5);
        string? second = (await two.ConnectAsync(options)).Text(PropertyId.AssignedClientIdentifier);
        Assert.False(string.IsNullOrEmpty(first));
        Assert.False(string.IsNullOrEmpty(second));
        Assert.NotEqual(first, second);
        await one.ReceiveNothingAsync();

        // The assigned id works as if the client had brought it.
        await one.LeaveAsync();
        Peer back = await OpenAsync(V5);
        Received connAck = await back.ConnectAsync(options with { ClientId = first!, CleanStart = false });
        Assert.Equal(1, connAck.ConnAckFlags);
        Assert.False(connAck.Has(PropertyId.AssignedClientIdentifier));
    }

    [Fact]
    [Statement("3.1.1", "MQTT-3.1.3-6")]
    public async Task Empty_client_id_with_a_clean_session_is_accepted_in_311()
    {
        Peer one = await ConnectAsync(V311, new ConnectOptions());
        Peer two = await ConnectAsync(V311, new ConnectOptions());
        await one.ReceiveNothingAsync();
        await two.ReceiveNothingAsync();
    }

    [Fact]
    [Statement("3.1.1", "MQTT-3.1.3-7", "MQTT-3.1.3-8", "MQTT-3.2.2-4", "MQTT-3.2.2-5")]
    public async Task Empty_client_id_without_a_clean_session_is_refused_in_311()
    {
        Peer peer = await OpenAsync(V311);
        await peer.SendAsync(new ConnectOptions { CleanStart = false }.ToPacket(V311));
        await peer.ReceiveRefusalAsync(2);
    }

    [Theory]
    [InlineData(V311, 2)]
    [InlineData(V5, ClientIdNotValid)]
    [Statement("3.1.1", "MQTT-3.1.3-9")]
    [Statement("5.0", "MQTT-3.1.3-8", "MQTT-3.1.4-2", "MQTT-3.2.2-7")]
    public async Task Client_id_over_the_limit_is_refused(MqttProtocolVersion version, int reason)
    {
        Peer peer = await OpenAsync(version);
        await peer.SendAsync(new ConnectOptions { ClientId = new string('x', 129) }.ToPacket(version));
        await peer.ReceiveRefusalAsync(reason);
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-3.1.4-2", "MQTT-3.1.3-2")]
    [Statement("5.0", "MQTT-3.1.4-3", "MQTT-3.1.3-2", "MQTT-3.14.4-2")]
    public async Task Second_connection_of_a_client_closes_the_first(MqttProtocolVersion version)
    {
        Peer first = await ConnectAsync(version, "a");
        Peer second = await ConnectAsync(version, "a");
        await first.ReceiveCloseAsync(SessionTakenOver);
        await second.ReceiveNothingAsync();
    }

    [Theory]
    [InlineData(V311, V5)]
    [InlineData(V5, V311)]
    [Statement("3.1.1", "MQTT-3.1.4-2")]
    [Statement("5.0", "MQTT-3.1.4-3")]
    public async Task Second_connection_in_another_version_closes_the_first(MqttProtocolVersion one, MqttProtocolVersion other)
    {
        Peer first = await ConnectAsync(one, "a");
        Peer second = await ConnectAsync(other, "a");
        await first.ReceiveCloseAsync(SessionTakenOver);
        await second.ReceiveNothingAsync();
    }

    [Fact]
    [Statement("5.0", "MQTT-4.12.0-1", "MQTT-4.12.0-4", "MQTT-3.1.4-2")]
    public async Task Authentication_method_is_refused()
    {
        Peer peer = await OpenAsync(V5);
        await peer.SendAsync(new ConnectOptions { ClientId = Client("a"), Properties = [Property.Text(PropertyId.AuthenticationMethod, "SCRAM-SHA-1")] }.ToPacket(V5));
        Received connAck = await peer.ReceiveRefusalAsync(BadAuthenticationMethod);
        Assert.False(connAck.Has(PropertyId.AuthenticationMethod));
    }

    [Fact]
    [Statement("5.0", "MQTT-4.12.0-6", "MQTT-3.1.2-28")]
    public async Task Connack_has_nothing_that_was_not_asked_for()
    {
        Peer peer = await OpenAsync(V5);
        Received connAck = await peer.ConnectAsync(new ConnectOptions { ClientId = Client("a"), Properties = [Property.Byte(PropertyId.RequestResponseInformation, 0)] });
        Assert.DoesNotContain(connAck.Properties, p => p.Id is PropertyId.AuthenticationMethod or PropertyId.AuthenticationData or PropertyId.ResponseInformation
            or PropertyId.AssignedClientIdentifier or PropertyId.ReasonString);
        await peer.ReceiveNothingAsync();
    }

    [Fact]
    [Statement("5.0", "MQTT-4.12.0-7")]
    public async Task Auth_without_an_agreed_method_is_a_protocol_error()
    {
        Peer peer = await ConnectAsync(V5, "a");
        await peer.SendAsync(Bytes.Packet(0xF0, [0x19], Property.Section(Property.Text(PropertyId.AuthenticationMethod, "x"))));
        await peer.ReceiveCloseAsync(0x82);
    }

    [Fact]
    [Statement("5.0", "MQTT-3.15.1-1", "MQTT-2.1.3-1")]
    public async Task Auth_with_reserved_bits_is_malformed()
    {
        Peer peer = await ConnectAsync(V5, "a");
        await peer.SendAsync([0xF1, 0x00]);
        await peer.ReceiveCloseAsync(0x81);
    }

    [Fact]
    [Statement("3.1.1", "MQTT-4.8.0-1")]
    public async Task Auth_closes_in_311()
    {
        Peer peer = await ConnectAsync(V311, "a");
        await peer.SendAsync([0xF0, 0x00]);
        await peer.ReceiveEndAsync();
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("5.0", "MQTT-3.1.2-17", "MQTT-3.1.2-19")]
    [Statement("3.1.1", "MQTT-3.1.2-19", "MQTT-3.1.2-21")]
    public async Task User_name_and_password_are_taken(MqttProtocolVersion version)
    {
        Peer peer = await ConnectAsync(version, new ConnectOptions { ClientId = Client("a"), UserName = "user", Password = "" });
        await peer.ReceiveNothingAsync();
    }

    [Fact]
    [Statement("5.0", "MQTT-3.1.2-18")]
    public async Task Password_without_a_user_name_is_taken_in_5()
    {
        Peer peer = await ConnectAsync(V5, new ConnectOptions { ClientId = Client("a"), Password = "secret" });
        await peer.ReceiveNothingAsync();
    }
}
