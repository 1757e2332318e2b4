using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Conformance.Wire;

namespace Gateway.Tests.Conformance;

/// <summary>Section 3.14: DISCONNECT; and packets that a client never sends.</summary>
public sealed class DisconnectTests(ConformanceGateway gateway) : ConformanceTests(gateway.Port)
{
    public static TheoryData<string, byte[], int> WrongIn5 { get; } = new()
    {
        { "reserved bits", [0xE1, 0x00], 0x81 },
        { "a code of CONNACK", Packets.Disconnect(0x8C + 0x10), 0x82 },
        { "a code of the server: shutting down", Packets.Disconnect(0x8B), 0x82 },
        { "a code of the server: taken over", Packets.Disconnect(0x8E), 0x82 },
        { "a code nobody knows", Packets.Disconnect(0x42), 0x82 },
        { "session expiry where there was none", Packets.Disconnect(0, Property.SessionExpiry(1)), 0x82 },
        { "session expiry twice", Packets.Disconnect(0, Property.SessionExpiry(0), Property.SessionExpiry(0)), 0x82 },
        { "two reason strings", Packets.Disconnect(0, Property.Text(PropertyId.ReasonString, ""), Property.Text(PropertyId.ReasonString, "")), 0x82 },
        { "property of another packet", Packets.Disconnect(0, Property.TopicAlias(1)), 0x81 },
        { "reason string ill-formed", Packets.Disconnect(0, Property.Binary(PropertyId.ReasonString, [0xFF])), 0x81 },
        { "bytes left over", [0xE0, 0x03, 0x00, 0x00, 0x00], 0x81 },
        { "PINGREQ with a body", [0xC0, 0x01, 0x00], 0x81 },
        { "PINGREQ with flags", [0xC1, 0x00], 0x81 },
        { "packet type 0", [0x00, 0x00], 0x81 },
        { "CONNACK from a client", [0x20, 0x03, 0x00, 0x00, 0x00], 0x82 },
        { "SUBACK from a client", [0x90, 0x04, 0x00, 0x01, 0x00, 0x00], 0x82 },
        { "UNSUBACK from a client", [0xB0, 0x04, 0x00, 0x01, 0x00, 0x00], 0x82 },
        { "PINGRESP from a client", [0xD0, 0x00], 0x82 },
    };

    public static TheoryData<string, byte[]> WrongIn311 { get; } = new()
    {
        { "reserved bits", [0xE1, 0x00] },
        { "DISCONNECT with a body", [0xE0, 0x01, 0x00] },
        { "PINGREQ with a body", [0xC0, 0x01, 0x00] },
        { "PINGREQ with flags", [0xC1, 0x00] },
        { "packet type 0", [0x00, 0x00] },
        { "packet type 15", [0xF0, 0x00] },
        { "CONNACK from a client", [0x20, 0x02, 0x00, 0x00] },
        { "SUBACK from a client", [0x90, 0x03, 0x00, 0x01, 0x00] },
        { "UNSUBACK from a client", [0xB0, 0x02, 0x00, 0x01] },
        { "PINGRESP from a client", [0xD0, 0x00] },
    };

    [Theory]
    [MemberData(nameof(WrongIn5))]
    [Statement("5.0", "MQTT-2.1.3-1", "MQTT-3.14.1-1", "MQTT-3.14.2-1", "MQTT-3.14.2-2", "MQTT-3.14.4-1", "MQTT-3.14.4-2", "MQTT-4.13.1-1", "MQTT-4.13.2-1")]
    public async Task Packet_of_wrong_form_closes_with_a_reason_in_5(string wrong, byte[] packet, int reason)
    {
        Assert.NotEmpty(wrong);
        Peer peer = await ConnectAsync(V5, "a");
        await peer.SendAsync(packet, Packets.PingReq);
        await peer.ReceiveCloseAsync(reason);
    }

    [Theory]
    [MemberData(nameof(WrongIn311))]
    [Statement("3.1.1", "MQTT-2.2.2-1", "MQTT-2.2.2-2", "MQTT-3.14.1-1", "MQTT-4.8.0-1")]
    public async Task Packet_of_wrong_form_closes_without_a_word_in_311(string wrong, byte[] packet)
    {
        Assert.NotEmpty(wrong);
        Peer peer = await ConnectAsync(V311, "a");
        await peer.SendAsync(packet, Packets.PingReq);
        await peer.ReceiveEndAsync();
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-3.14.4-1", "MQTT-3.14.4-2")]
    [Statement("5.0", "MQTT-3.14.4-1", "MQTT-3.14.4-2")]
    public async Task Nothing_after_disconnect_is_processed(MqttProtocolVersion version)
    {
        Peer observer = await ConnectAsync(version, "observer");
        await observer.SubscribeAsync((Topic("t"), 0));
        Peer peer = await ConnectAsync(version, "a");
        await peer.SendAsync(Bytes.Join(Packets.Publish(version, Topic("t"), "before"), Packets.Disconnect(), Packets.Publish(version, Topic("t"), "after"), Packets.PingReq));
        await peer.ReceiveEndAsync();
        await observer.ReceivePublishAsync("before");
        await observer.PublishAsync(Topic("t"), "marker");
        await observer.ReceivePublishAsync("marker");
    }

    [Theory]
    [InlineData(new byte[] { 0xE0, 0x00 })]
    [InlineData(new byte[] { 0xE0, 0x01, 0x00 })]
    [InlineData(new byte[] { 0xE0, 0x02, 0x00, 0x00 })]
    [InlineData(new byte[] { 0xE0, 0x02, 0x04, 0x00 })]
    [InlineData(new byte[] { 0xE0, 0x01, 0x81 })]
    [InlineData(new byte[] { 0xE0, 0x07, 0x00, 0x05, 0x11, 0, 0, 0, 0 })]
    [Statement("5.0", "MQTT-3.14.2-1", "MQTT-3.14.4-2", "MQTT-2.2.2-1")]
    public async Task Disconnect_of_any_allowed_form_is_closed_without_an_answer(byte[] packet)
    {
        Peer peer = await ConnectAsync(V5, "a");
        await peer.SendAsync(packet);
        await peer.ReceiveEndAsync();
    }
}
