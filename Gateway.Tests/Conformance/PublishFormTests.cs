using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Conformance.Wire;

namespace Gateway.Tests.Conformance;

/// <summary>Section 3.3: the form of PUBLISH, and what becomes of one that is wrong.</summary>
public sealed class PublishFormTests(ConformanceGateway gateway) : ConformanceTests(gateway.Port)
{
    private const int Malformed = 0x81, ProtocolError = 0x82, TopicNameInvalid = 0x90, TopicAliasInvalid = 0x94, PayloadFormatInvalid = 0x99;

    public static TheoryData<string, byte[], int> WrongIn5 { get; } = new()
    {
        { "QoS 3", [0x36, 0x06, 0x00, 0x01, (byte)'t', 0x00, 0x01, 0x00], Malformed },
        { "DUP at QoS 0", Packets.Publish(V5, "t", "m", dup: true), Malformed },
        { "identifier 0 at QoS 1", Packets.Publish(V5, "t", "m", 1), ProtocolError },
        { "identifier 0 at QoS 2", Packets.Publish(V5, "t", "m", 2), ProtocolError },
        { "ends before the identifier", [0x32, 0x04, 0x00, 0x01, (byte)'t', 0x00], Malformed },
        { "topic over the end", [0x30, 0x03, 0x00, 0x05, (byte)'t'], Malformed },
        { "no topic field", [0x30, 0x00], Malformed },
        { "no property length", [0x30, 0x03, 0x00, 0x01, (byte)'t'], Malformed },
        { "topic with +", Packets.Publish(V5, "a/+", "m"), TopicNameInvalid },
        { "topic with #", Packets.Publish(V5, "#", "m"), TopicNameInvalid },
        { "topic empty and no alias", Packets.Publish(V5, "", "m"), ProtocolError },
        { "topic with NUL", Packets.Publish(V5, "a\0b", "m"), Malformed },
        { "topic ill-formed", Packets.Publish(V5, Bytes.Binary([0xC3, 0x28]), []), Malformed },
        { "topic with a surrogate", Packets.Publish(V5, Bytes.Binary([0xED, 0xBF, 0xBF]), []), Malformed },
        { "topic overlong", Packets.Publish(V5, Bytes.Binary([0xC0, 0xAF]), []), Malformed },
        { "topic beyond Unicode", Packets.Publish(V5, Bytes.Binary([0xF4, 0x90, 0x80, 0x80]), []), Malformed },
        { "alias 0", With(Property.TopicAlias(0)), TopicAliasInvalid },
        { "alias over the maximum", With(Property.TopicAlias(17)), TopicAliasInvalid },
        { "alias never set", Packets.Publish(V5, "", "m", properties: [Property.TopicAlias(3)]), ProtocolError },
        { "alias twice", With(Property.TopicAlias(1), Property.TopicAlias(1)), ProtocolError },
        { "payload format 2", With(Property.Byte(PropertyId.PayloadFormatIndicator, 2)), ProtocolError },
        { "message expiry twice", With(Property.MessageExpiry(1), Property.MessageExpiry(2)), ProtocolError },
        { "subscription identifier", With(Property.SubscriptionIdentifier(1)), ProtocolError },
        { "response topic with +", With(Property.Text(PropertyId.ResponseTopic, "a/+/b")), ProtocolError },
        { "response topic with #", With(Property.Text(PropertyId.ResponseTopic, "a/#")), ProtocolError },
        { "response topic ill-formed", With(Property.Binary(PropertyId.ResponseTopic, [0xFF])), Malformed },
        { "content type ill-formed", With(Property.Binary(PropertyId.ContentType, [0xE2, 0x82])), Malformed },
        { "content type with NUL", With(Property.Text(PropertyId.ContentType, "a\0")), Malformed },
        { "user property ill-formed", With([0x26, 0, 1, (byte)'n', 0, 1, 0xFF]), Malformed },
        { "correlation data over the end", With([0x09, 0, 9, 1]), Malformed },
        { "property nobody knows", With([0x55, 0]), Malformed },
        { "property of another packet", With(Property.SessionExpiry(1)), Malformed },
        { "property length over the end", [0x30, 0x05, 0x00, 0x01, (byte)'t', 0x09, 0x01], Malformed },
        { "property length longer than needed", [0x30, 0x05, 0x00, 0x01, (byte)'t', 0x80, 0x00], Malformed },
        { "remaining length longer than needed", [0x30, 0x84, 0x00, 0x00, 0x01, (byte)'t', 0x00], Malformed },
        { "remaining length of five bytes", [0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], Malformed },
        { "payload that is not the UTF-8 it says", Packets.Publish(V5, Bytes.Text("t"), [0xFF], properties: [Property.Byte(PropertyId.PayloadFormatIndicator, 1)]), PayloadFormatInvalid },
    };

    public static TheoryData<string, byte[]> WrongIn311 { get; } = new()
    {
        { "QoS 3", [0x36, 0x05, 0x00, 0x01, (byte)'t', 0x00, 0x01] },
        { "DUP at QoS 0", Packets.Publish(V311, "t", "m", dup: true) },
        { "identifier 0 at QoS 1", Packets.Publish(V311, "t", "m", 1) },
        { "identifier 0 at QoS 2", Packets.Publish(V311, "t", "m", 2) },
        { "ends before the identifier", [0x32, 0x04, 0x00, 0x01, (byte)'t', 0x00] },
        { "topic over the end", [0x30, 0x03, 0x00, 0x05, (byte)'t'] },
        { "topic with +", Packets.Publish(V311, "+", "m") },
        { "topic with #", Packets.Publish(V311, "a/#", "m") },
        { "topic empty", Packets.Publish(V311, "", "m") },
        { "topic with NUL", Packets.Publish(V311, "a\0b", "m") },
        { "topic ill-formed", Packets.Publish(V311, Bytes.Binary([0xC3, 0x28]), []) },
        { "topic with a surrogate", Packets.Publish(V311, Bytes.Binary([0xED, 0xA0, 0x80]), []) },
        { "remaining length of five bytes", [0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x01] },
    };

    [Theory]
    [MemberData(nameof(WrongIn5))]
    [Statement("5.0", "MQTT-1.5.4-1", "MQTT-1.5.4-2", "MQTT-1.5.5-1", "MQTT-1.5.7-1", "MQTT-2.2.1-3", "MQTT-2.2.2-1", "MQTT-3.3.1-2", "MQTT-3.3.1-4")]
    [Statement("5.0", "MQTT-3.3.2-1", "MQTT-3.3.2-2", "MQTT-3.3.2-8", "MQTT-3.3.2-9", "MQTT-3.2.2-17", "MQTT-3.3.2-13", "MQTT-3.3.2-14", "MQTT-3.3.2-19")]
    [Statement("5.0", "MQTT-3.3.4-6", "MQTT-4.7.0-1", "MQTT-4.7.3-1", "MQTT-4.7.3-2", "MQTT-3.14.2-1", "MQTT-3.14.4-1", "MQTT-3.14.4-2", "MQTT-4.13.1-1")]
    [Statement("5.0", "MQTT-3.14.2-2", "MQTT-4.13.2-1")]
    public async Task Publish_of_wrong_form_closes_with_a_reason_in_5(string wrong, byte[] packet, int reason)
    {
        Assert.NotEmpty(wrong);
        Peer peer = await ConnectAsync(V5, "a");
        await peer.SendAsync(packet);
        await peer.ReceiveCloseAsync(reason);
    }

    [Theory]
    [MemberData(nameof(WrongIn311))]
    [Statement("3.1.1", "MQTT-1.5.3-1", "MQTT-1.5.3-2", "MQTT-2.2.2-2", "MQTT-2.3.1-1", "MQTT-3.3.1-2", "MQTT-3.3.1-4", "MQTT-3.3.2-1", "MQTT-3.3.2-2")]
    [Statement("3.1.1", "MQTT-4.7.1-1", "MQTT-4.7.3-1", "MQTT-4.7.3-2", "MQTT-4.8.0-1")]
    public async Task Publish_of_wrong_form_closes_without_a_word_in_311(string wrong, byte[] packet)
    {
        Assert.NotEmpty(wrong);
        Peer peer = await ConnectAsync(V311, "a");
        await peer.SendAsync(packet);
        await peer.ReceiveEndAsync();
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-1.5.3-3", "MQTT-4.7.3-4", "MQTT-2.3.1-5", "MQTT-3.3.2-3")]
    [Statement("5.0", "MQTT-1.5.4-3", "MQTT-4.7.3-4", "MQTT-2.2.1-2", "MQTT-3.3.2-3")]
    public async Task Topics_are_compared_as_they_are(MqttProtocolVersion version)
    {
        // One letter, written whole and as letter and accent; with a byte order mark; in another case; with a space.
        string[] topics = [Topic("\u00E9"), Topic("e\u0301"), Topic("\uFEFF\u00E9"), Topic("\u00C9"), Topic(" \u00E9"), Topic("\u00E9/"), Topic("/\u00E9")];
        Peer peer = await ConnectAsync(version, "a");
        foreach (string topic in topics)
        {
            await peer.SubscribeAsync((topic, 0));
            foreach (string other in topics)
            {
                await peer.PublishAsync(other, other);
            }

            Assert.Equal(topic, (await peer.ReceivePublishAsync(topic)).Topic);
            await peer.ReceiveNothingAsync();
            await peer.SendAsync(Packets.Unsubscribe(version, 9, topic));
            await peer.ReceiveAckAsync(PacketType.UnsubAck, 9);
        }
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-4.7.3-3", "MQTT-7.0.0-2")]
    [Statement("5.0", "MQTT-4.7.3-3")]
    public async Task Topic_of_the_greatest_length_is_taken_and_passed_on(MqttProtocolVersion version)
    {
        string topic = Topic("").PadRight(65_535, 'x');
        Peer peer = await ConnectAsync(version, "a");
        await peer.SubscribeAsync((topic, 1));
        await peer.SendAsync(Packets.Publish(version, topic, "m", 1, 5));
        Received one = await peer.ReceiveAsync();
        Received other = await peer.ReceiveAsync();
        Received publish = one.Type == PacketType.Publish ? one : other;
        Assert.Equal((PacketType.Publish, topic), (publish.Type, publish.Topic));
    }

    [Fact]
    [Statement("5.0", "MQTT-3.2.2-15", "MQTT-4.13.1-1")]
    public async Task Packet_over_the_limit_is_refused_from_its_header()
    {
        Peer peer = await OpenAsync(V5);
        Received connAck = await peer.ConnectAsync(new ConnectOptions { ClientId = Client("a") });
        Assert.Equal(1024 * 1024, connAck.Number(PropertyId.MaximumPacketSize));
        await peer.SendAsync([0x30, 0xFE, 0xFF, 0x3F]);
        await peer.ReceiveCloseAsync(0x95);
    }

    [Fact]
    [Statement("3.1.1", "MQTT-4.8.0-2")]
    public async Task Packet_over_the_limit_closes_in_311()
    {
        Peer peer = await ConnectAsync(V311, "a");
        await peer.SendAsync([0x30, 0xFE, 0xFF, 0x3F]);
        await peer.ReceiveEndAsync();
    }

    [Fact]
    public async Task Remaining_length_longer_than_needed_is_taken_in_311()
    {
        Peer peer = await ConnectAsync(V311, "a");
        await peer.SendAsync([0xC0, 0x80, 0x00]);
        await peer.ReceiveAsync(PacketType.PingResp);
    }

    [Theory]
    [InlineData(1, PacketType.PubAck)]
    [InlineData(2, PacketType.PubRec)]
    [Statement("5.0", "MQTT-3.4.2-1", "MQTT-3.5.2-1", "MQTT-4.3.3-9")]
    public async Task Payload_that_is_not_the_utf8_it_says_is_refused_in_the_acknowledgement(int qos, PacketType ack)
    {
        Peer peer = await ConnectAsync(V5, "a");
        await peer.SendAsync(Packets.Publish(V5, Bytes.Text(Topic("t")), [0xC3, 0x28], qos, 5, properties: [Property.Byte(PropertyId.PayloadFormatIndicator, 1)]));
        await peer.ReceiveAckAsync(ack, 5, PayloadFormatInvalid);
        await peer.ReceiveNothingAsync();
    }

    private static byte[] With(params byte[][] properties) => Packets.Publish(V5, "conformance/none", "m", properties: properties);
}
