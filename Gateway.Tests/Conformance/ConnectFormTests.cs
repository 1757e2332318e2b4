using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Conformance.Wire;

namespace Gateway.Tests.Conformance;

/// <summary>Section 3.1: the form of CONNECT, and what becomes of one that is wrong.</summary>
public sealed class ConnectFormTests(ConformanceGateway gateway) : ConformanceTests(gateway.Port)
{
    private const int Malformed = 0x81, ProtocolError = 0x82, UnsupportedVersion = 0x84, TopicNameInvalid = 0x90, PayloadFormatInvalid = 0x99;

    public static TheoryData<string, int, byte[], int> WrongIn5 { get; } = new()
    {
        { "reserved flag", 0x03, Rest5("a"), Malformed },
        { "Will QoS 3", 0x1E, Rest5("a", Bytes.Join(Property.Section(), Bytes.Text("t"), Bytes.Text("m"))), Malformed },
        { "Will QoS without a Will", 0x0A, Rest5("a"), Malformed },
        { "Will RETAIN without a Will", 0x22, Rest5("a"), Malformed },
        { "Will Flag without a Will", 0x06, Rest5("a"), Malformed },
        { "a Will without the flag", 0x02, Rest5("a", Bytes.Join(Property.Section(), Bytes.Text("t"), Bytes.Text("m"))), Malformed },
        { "user name without the flag", 0x02, Rest5("a", Bytes.Text("user")), Malformed },
        { "user name flag without one", 0x82, Rest5("a"), Malformed },
        { "password without the flag", 0x82, Rest5("a", Bytes.Text("user"), Bytes.Text("secret")), Malformed },
        { "password flag without one", 0xC2, Rest5("a", Bytes.Text("user")), Malformed },
        { "no client id", 0x02, Property.Section(), Malformed },
        { "client id over the end", 0x02, Bytes.Join(Property.Section(), [0, 9, (byte)'a']), Malformed },
        { "client id with NUL", 0x02, Rest5("a\0b"), Malformed },
        { "client id with a surrogate", 0x02, Bytes.Join(Property.Section(), Bytes.Binary([0xED, 0xA0, 0x80])), Malformed },
        { "Will topic ill-formed", 0x06, Rest5("a", Bytes.Join(Property.Section(), Bytes.Binary([0xC3, 0x28]), Bytes.Text("m"))), Malformed },
        { "user name ill-formed", 0x82, Rest5("a", Bytes.Binary([0xFF])), Malformed },
        { "fields in another order", 0x86, Rest5("a", Bytes.Join(Bytes.Text("user"), Property.Section(), Bytes.Text("t"), Bytes.Text("m"))), Malformed },
        { "no property length", 0x02, Bytes.Text("a"), Malformed },
        { "property length over the end", 0x02, Bytes.Join([0x20], Bytes.Text("a")), Malformed },
        { "property length longer than needed", 0x02, Bytes.Join([0x80, 0x00], Bytes.Text("a")), Malformed },
        { "property nobody knows", 0x02, Rest5With([0x7F, 0x01]), Malformed },
        { "property of another packet", 0x02, Rest5With(Property.TopicAlias(1)), Malformed },
        { "session expiry twice", 0x02, Rest5With(Property.SessionExpiry(1), Property.SessionExpiry(1)), ProtocolError },
        { "Receive Maximum 0", 0x02, Rest5With(Property.ReceiveMaximum(0)), ProtocolError },
        { "Maximum Packet Size 0", 0x02, Rest5With(Property.MaximumPacketSize(0)), ProtocolError },
        { "Request Problem Information 2", 0x02, Rest5With(Property.Byte(PropertyId.RequestProblemInformation, 2)), ProtocolError },
        { "Request Response Information 2", 0x02, Rest5With(Property.Byte(PropertyId.RequestResponseInformation, 2)), ProtocolError },
        { "authentication data without a method", 0x02, Rest5With(Property.Binary(PropertyId.AuthenticationData, [1])), ProtocolError },
        { "user property with NUL", 0x02, Rest5With(Property.User("name", "\0")), Malformed },
        { "user property with an ill-formed name", 0x02, Rest5With([0x26, 0, 1, 0xFF, 0, 0]), Malformed },
        { "Will payload that is not the UTF-8 it says", 0x06, Rest5("a", Bytes.Join(Property.Section(Property.Byte(PropertyId.PayloadFormatIndicator, 1)), Bytes.Text("t"), Bytes.Binary([0xFF]))), PayloadFormatInvalid },
        { "Will topic with a wildcard", 0x06, Rest5("a", Bytes.Join(Property.Section(), Bytes.Text("a/#"), Bytes.Text("m"))), TopicNameInvalid },
        { "Will delay twice", 0x06, Rest5("a", Bytes.Join(Property.Section(Property.WillDelay(1), Property.WillDelay(1)), Bytes.Text("t"), Bytes.Text("m"))), ProtocolError },
    };

    public static TheoryData<string, int, byte[]> WrongIn311 { get; } = new()
    {
        { "reserved flag", 0x03, Bytes.Text("a") },
        { "Will QoS 3", 0x1E, Bytes.Join(Bytes.Text("a"), Bytes.Text("t"), Bytes.Text("m")) },
        { "Will QoS without a Will", 0x0A, Bytes.Text("a") },
        { "Will RETAIN without a Will", 0x22, Bytes.Text("a") },
        { "Will Flag without a Will", 0x06, Bytes.Text("a") },
        { "a Will without the flag", 0x02, Bytes.Join(Bytes.Text("a"), Bytes.Text("t"), Bytes.Text("m")) },
        { "user name without the flag", 0x02, Bytes.Join(Bytes.Text("a"), Bytes.Text("user")) },
        { "user name flag without one", 0x82, Bytes.Text("a") },
        { "password without the flag", 0x82, Bytes.Join(Bytes.Text("a"), Bytes.Text("user"), Bytes.Text("secret")) },
        { "password flag without one", 0xC2, Bytes.Join(Bytes.Text("a"), Bytes.Text("user")) },
        { "password without a user name", 0x42, Bytes.Join(Bytes.Text("a"), Bytes.Text("secret")) },
        { "no client id", 0x02, [] },
        { "client id ill-formed", 0x02, Bytes.Binary([0xC0, 0x80]) },
        { "client id with NUL", 0x02, Bytes.Text("a\0b") },
        { "Will topic ill-formed", 0x06, Bytes.Join(Bytes.Text("a"), Bytes.Binary([0xED, 0xA0, 0x80]), Bytes.Text("m")) },
        { "user name ill-formed", 0x82, Bytes.Join(Bytes.Text("a"), Bytes.Binary([0xFF])) },
        { "bytes left over", 0x02, Bytes.Join(Bytes.Text("a"), [0]) },
    };

    [Theory]
    [MemberData(nameof(WrongIn5))]
    [Statement("5.0", "MQTT-1.5.4-1", "MQTT-1.5.4-2", "MQTT-1.5.5-1", "MQTT-1.5.7-1", "MQTT-2.2.2-1", "MQTT-3.1.2-3", "MQTT-3.1.2-9", "MQTT-3.1.2-11")]
    [Statement("5.0", "MQTT-3.1.2-12", "MQTT-3.1.2-13", "MQTT-3.1.2-16", "MQTT-3.1.2-17", "MQTT-3.1.2-18", "MQTT-3.1.2-19", "MQTT-3.1.3-1")]
    [Statement("5.0", "MQTT-3.1.3-3", "MQTT-3.1.3-4", "MQTT-3.1.3-11", "MQTT-3.1.3-12", "MQTT-3.1.4-1", "MQTT-3.2.2-6", "MQTT-3.2.2-7")]
    [Statement("5.0", "MQTT-3.2.2-8", "MQTT-3.14.0-1", "MQTT-4.13.1-1", "MQTT-4.13.2-1")]
    public async Task Connect_of_wrong_form_is_refused_with_a_reason_in_5(string wrong, int flags, byte[] rest, int reason)
    {
        Assert.NotEmpty(wrong);
        Peer peer = await OpenAsync(V5);
        await peer.SendAsync(Packets.Connect("MQTT", 5, flags, 60, rest));
        await peer.ReceiveRefusalAsync(reason);
    }

    [Theory]
    [MemberData(nameof(WrongIn311))]
    [Statement("3.1.1", "MQTT-1.5.3-1", "MQTT-1.5.3-2", "MQTT-2.2.2-2", "MQTT-3.1.2-3", "MQTT-3.1.2-9", "MQTT-3.1.2-11", "MQTT-3.1.2-13", "MQTT-3.1.2-14")]
    [Statement("3.1.1", "MQTT-3.1.2-15", "MQTT-3.1.2-18", "MQTT-3.1.2-19", "MQTT-3.1.2-20", "MQTT-3.1.2-21", "MQTT-3.1.2-22", "MQTT-3.1.3-1")]
    [Statement("3.1.1", "MQTT-3.1.3-3", "MQTT-3.1.3-4", "MQTT-3.1.3-10", "MQTT-3.1.3-11", "MQTT-3.1.4-1", "MQTT-3.2.2-6", "MQTT-4.8.0-1")]
    public async Task Connect_of_wrong_form_is_closed_without_a_word_in_311(string wrong, int flags, byte[] rest)
    {
        Assert.NotEmpty(wrong);
        Peer peer = await OpenAsync(V311);
        await peer.SendAsync(Packets.Connect("MQTT", 4, flags, 60, rest));
        await peer.ReceiveEndAsync();
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-3.1.2-1")]
    [Statement("5.0", "MQTT-3.1.2-1")]
    public async Task Connect_with_another_protocol_name_is_closed(MqttProtocolVersion version)
    {
        Peer peer = await OpenAsync(version);
        await peer.SendAsync(Packets.Connect("mqtt", (int)version, 2, 60, [0, .. Bytes.Text("a")]));
        await peer.ReceiveEndAsync();
    }

    [Theory]
    [InlineData("MQTT", 3)]
    [InlineData("MQIsdp", 3)]
    [InlineData("MQTT", 0x84)]
    [Statement("3.1.1", "MQTT-3.1.2-2", "MQTT-3.2.2-4", "MQTT-3.2.2-5")]
    public async Task Connect_of_an_older_level_is_answered_with_return_code_1(string name, int level)
    {
        Peer peer = await OpenAsync(V311);
        await peer.SendAsync(Packets.Connect(name, level, 2, 60, Bytes.Text("a")));
        await peer.ReceiveRefusalAsync(1);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(0x7F)]
    [InlineData(0x85)]
    [Statement("5.0", "MQTT-3.1.2-2", "MQTT-3.2.2-7")]
    public async Task Connect_of_a_newer_level_is_answered_with_0x84(int level)
    {
        Peer peer = await OpenAsync(V5);
        await peer.SendAsync(Packets.Connect("MQTT", level, 2, 60, [0, .. Bytes.Text("a")]));
        await peer.ReceiveRefusalAsync(UnsupportedVersion);
    }

    [Theory]
    [InlineData(0xC0, 0x00)]
    [InlineData(0xE0, 0x00)]
    [InlineData(0x20, 0x02)]
    [InlineData(0x00, 0x00)]
    [InlineData(0xF0, 0x00)]
    [InlineData(0x11, 0x00)]
    [Statement("3.1.1", "MQTT-3.1.0-1", "MQTT-2.2.2-1")]
    [Statement("5.0", "MQTT-3.1.0-1", "MQTT-2.1.3-1", "MQTT-3.14.0-1")]
    public async Task First_packet_that_is_not_connect_is_closed_without_a_word(int first, int length)
    {
        Peer peer = await OpenAsync(V5);
        await peer.SendAsync([(byte)first, (byte)length], new byte[length]);
        await peer.ReceiveEndAsync();
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-3.1.0-2", "MQTT-4.8.0-1")]
    [Statement("5.0", "MQTT-3.1.0-2", "MQTT-3.2.0-2", "MQTT-4.13.1-1")]
    public async Task Second_connect_is_a_protocol_error(MqttProtocolVersion version)
    {
        Peer peer = await ConnectAsync(version, "a");
        await peer.SendAsync(new ConnectOptions { ClientId = Client("a") }.ToPacket(version));
        await peer.ReceiveCloseAsync(ProtocolError);
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-3.1.4-5")]
    [Statement("5.0", "MQTT-3.1.4-6")]
    public async Task What_follows_a_refused_connect_is_not_processed(MqttProtocolVersion version)
    {
        Peer subscriber = await ConnectAsync(version, "sub");
        await subscriber.SubscribeAsync((Topic("t"), 0));
        Peer refused = await OpenAsync(version);
        await refused.SendAsync(Packets.Connect("MQTT", (int)version, 0x03, 60, [0, .. Bytes.Text("a")]), Packets.Publish(version, Topic("t"), "no"));
        if (version == V5)
        {
            await refused.ReceiveAsync(PacketType.ConnAck);
        }

        await refused.ReceiveEndAsync();
        await subscriber.PublishAsync(Topic("t"), "marker");
        await subscriber.ReceivePublishAsync("marker");
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("5.0", "MQTT-3.2.0-1")]
    [Statement("3.1.1", "MQTT-3.2.0-1")]
    public async Task Packets_sent_before_the_connack_are_answered_after_it(MqttProtocolVersion version)
    {
        Peer peer = await OpenAsync(version);
        byte[] all = Bytes.Join(new ConnectOptions { ClientId = Client("a") }.ToPacket(version), Packets.PingReq, Packets.Subscribe(version, 7, (Topic("t"), 1)));
        await peer.SendAsync(all);
        await peer.ReceiveAsync(PacketType.ConnAck);
        await peer.ReceiveAsync(PacketType.PingResp);
        await peer.ReceiveAckAsync(PacketType.SubAck, 7);
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-7.1.1-1", "MQTT-7.0.0-2")]
    [Statement("5.0", "MQTT-4.2.0-1")]
    public async Task Packets_that_come_byte_by_byte_are_put_together(MqttProtocolVersion version)
    {
        Peer peer = await OpenAsync(version);
        foreach (byte one in Bytes.Join(new ConnectOptions { ClientId = Client("a") }.ToPacket(version), Packets.PingReq))
        {
            await peer.SendAsync([one]);
        }

        await peer.ReceiveAsync(PacketType.ConnAck);
        await peer.ReceiveAsync(PacketType.PingResp);
    }

    private static byte[] Rest5(string clientId, params byte[][] more) => Bytes.Join([Property.Section(), Bytes.Text(clientId), .. more]);

    private static byte[] Rest5With(params byte[][] properties) => Bytes.Join(Property.Section(properties), Bytes.Text("a"));
}
