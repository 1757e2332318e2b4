using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Tests.Protocols.Mqtt.Packets;

/// <summary>Packets a parser must refuse, each with the statement it offends and the reason code the sender gets.</summary>
public sealed class PacketRefusalTests
{
    private const MqttProtocolVersion V311 = MqttProtocolVersion.V311;
    private const MqttProtocolVersion V5 = MqttProtocolVersion.V5;
    private const ReasonCode Malformed = ReasonCode.MalformedPacket;
    private const ReasonCode Protocol = ReasonCode.ProtocolError;

    [Theory]
    // CONNECT
    [InlineData("MQTT-3.1.2-1", V5, "100D 0004 4D515458 05 02 0000 00 0000", ReasonCode.UnsupportedProtocolVersion)]
    [InlineData("MQTT-3.1.2-2", V5, "100D 0004 4D515454 06 02 0000 00 0000", ReasonCode.UnsupportedProtocolVersion)]
    [InlineData("MQTT-3.1.2-2", V311, "100E 0006 4D5149736470 03 02 0000 0000", ReasonCode.UnsupportedProtocolVersion)]
    [InlineData("MQTT-3.1.2-3", V5, "100D 0004 4D515454 05 03 0000 00 0000", Malformed)]
    [InlineData("MQTT-3.1.2-11", V5, "100D 0004 4D515454 05 0A 0000 00 0000", Malformed)]
    [InlineData("MQTT-3.1.2-11", V5, "100D 0004 4D515454 05 22 0000 00 0000", Malformed)]
    [InlineData("MQTT-3.1.2-11", V5, "100D 0004 4D515454 05 1E 0000 00 0000", Malformed)]
    [InlineData("MQTT-3.1.2-22 (3.1.1)", V311, "100E 0004 4D515454 04 42 0000 0000 0000", Malformed)]
    [InlineData("section 4.13", V311, "100D 0004 4D515454 04 02 0000 0000 00", Malformed)]
    [InlineData("section 4.13", V311, "100C 0004 4D515454 04 82 0000 0000", Malformed)]
    [InlineData("section 2.2.2.2", V5, "1010 0004 4D515454 05 02 0000 03 210000 0000", Protocol)]
    [InlineData("section 2.2.2.2", V5, "1012 0004 4D515454 05 02 0000 05 2700000000 0000", Protocol)]
    [InlineData("section 2.2.2.2", V5, "100F 0004 4D515454 05 02 0000 02 1702 0000", Protocol)]
    [InlineData("section 3.1.2.11.10", V5, "1011 0004 4D515454 05 02 0000 04 16000101 0000", Protocol)]
    [InlineData("MQTT-3.3.2-2", V311, "1011 0004 4D515454 04 06 0000 0000 0001 23 0000", ReasonCode.TopicNameInvalid)]
    // PUBLISH
    [InlineData("MQTT-3.3.1-2", V311, "38 03 0001 61", Malformed)]
    [InlineData("MQTT-4.7.3-1", V311, "30 02 0000", Protocol)]
    [InlineData("MQTT-4.7.3-1", V5, "30 03 0000 00", Protocol)]
    [InlineData("MQTT-3.3.2-2", V5, "30 04 0001 2B 00", ReasonCode.TopicNameInvalid)]
    [InlineData("MQTT-3.3.2-2", V311, "30 05 0003 612F23", ReasonCode.TopicNameInvalid)]
    [InlineData("MQTT-3.3.2-2", V311, "30 06 0004 E59F8E2B", ReasonCode.TopicNameInvalid)]
    [InlineData("MQTT-1.5.4-1", V311, "30 05 0003 610061", Malformed)]
    [InlineData("MQTT-1.5.4-1", V311, "30 05 0003 EDA080", Malformed)]
    [InlineData("MQTT-1.5.4-1", V311, "30 04 0002 C080", Malformed)]
    [InlineData("MQTT-1.5.4-1", V311, "30 03 0001 FF", Malformed)]
    [InlineData("MQTT-2.2.1-3", V311, "32 05 0001 61 0000", Protocol)]
    [InlineData("section 4.13", V311, "32 04 0001 61 00", Malformed)]
    [InlineData("section 4.13", V311, "30 02 0001", Malformed)]
    [InlineData("MQTT-3.3.2-8", V5, "30 07 0001 61 03 230000", ReasonCode.TopicAliasInvalid)]
    [InlineData("MQTT-3.3.4-6", V5, "30 06 0001 61 02 0B01", Protocol)]
    [InlineData("MQTT-3.3.2-14", V5, "30 08 0001 61 04 0800012B", Protocol)]
    [InlineData("section 2.2.2.2", V5, "30 08 0001 61 04 01000100", Protocol)]
    [InlineData("section 2.2.2.2", V5, "30 06 0001 61 02 0102", Protocol)]
    [InlineData("section 2.2.2.2", V5, "30 05 0001 61 01 7F", Malformed)]
    [InlineData("section 2.2.2.2", V5, "30 06 0001 61 02 8000", Malformed)]
    [InlineData("section 2.2.2.2", V5, "30 07 0001 61 03 210001", Malformed)]
    [InlineData("section 4.13", V5, "30 05 0001 61 02 01", Malformed)]
    [InlineData("section 4.13", V5, "30 06 0001 61 02 0200", Malformed)]
    [InlineData("MQTT-1.5.5-1", V5, "30 05 0001 61 8000", Malformed)]
    [InlineData("MQTT-1.5.5-1", V5, "30 08 0001 61 8080808001", Malformed)]
    // acknowledgements
    [InlineData("MQTT-2.2.1-3", V311, "40 02 0000", Protocol)]
    [InlineData("section 4.13", V311, "40 01 00", Malformed)]
    [InlineData("section 4.13", V311, "40 03 0001 00", Malformed)]
    [InlineData("section 2.4", V5, "40 03 0001 92", Protocol)]
    [InlineData("section 2.4", V5, "62 03 0001 10", Protocol)]
    [InlineData("section 4.13", V5, "40 05 0001 00 00 00", Malformed)]
    // SUBSCRIBE, UNSUBSCRIBE
    [InlineData("MQTT-3.8.3-2", V311, "82 02 0001", Protocol)]
    [InlineData("MQTT-2.2.1-3", V311, "82 06 0000 0001 61 00", Protocol)]
    [InlineData("MQTT-4.7.1-1", V311, "82 08 0001 0003 236162 00", Malformed)]
    [InlineData("MQTT-4.7.1-1", V311, "82 05 0001 0000 00", Malformed)]
    [InlineData("MQTT-4.7.1-1", V5, "82 0E 0001 00 0008 2473686172652F2F 00", Malformed)]
    [InlineData("MQTT-3.8.3-5", V5, "82 07 0001 00 0001 61 40", Malformed)]
    [InlineData("MQTT-3.8.3-5", V311, "82 06 0001 0001 61 04", Malformed)]
    [InlineData("section 3.8.3.1", V5, "82 07 0001 00 0001 61 03", Protocol)]
    [InlineData("section 3.8.3.1", V5, "82 07 0001 00 0001 61 30", Protocol)]
    [InlineData("MQTT-3.8.3-4", V5, "82 10 0001 00 000A 2473686172652F672F61 05", Protocol)]
    [InlineData("section 2.2.2.2", V5, "82 09 0001 02 0B00 0001 61 00", Protocol)]
    [InlineData("section 2.2.2.2", V5, "82 0B 0001 04 0B010B02 0001 61 00", Protocol)]
    [InlineData("MQTT-3.8.3-2", V5, "A2 03 0001 00", Protocol)]
    // DISCONNECT, AUTH
    [InlineData("section 2.4", V5, "E0 01 8B", Protocol)]
    [InlineData("section 4.13", V311, "E0 01 00", Malformed)]
    [InlineData("section 4.13", V311, "F0 00", Protocol)]
    [InlineData("section 2.4", V5, "F0 00", Protocol)]
    [InlineData("section 4.13", V5, "F0 01 18", Malformed)]
    [InlineData("section 4.13", V311, "C0 01 00", Malformed)]
    public void Packet_from_a_client_that_offends_is_refused(string statement, MqttProtocolVersion version, string hex, ReasonCode reason)
    {
        byte[] bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(bytes.Length - 2, bytes[1]);
        Assert.Null(PacketEcho.TryEcho(bytes, version, PacketSender.Client, out ParseError error));
        Assert.Equal(statement, error.Statement);
        Assert.Equal(reason, error.Reason);
    }

    [Theory]
    [InlineData("MQTT-3.2.2-1", V5, "20 03 02 00 00", Malformed)]
    [InlineData("MQTT-3.2.2-1", V5, "20 03 01 87 00", Malformed)]
    [InlineData("section 2.4", V311, "20 02 00 06", Protocol)]
    [InlineData("section 2.4", V5, "20 03 00 01 00", Protocol)]
    [InlineData("section 2.4", V311, "90 03 0001 03", Protocol)]
    [InlineData("MQTT-3.8.3-2", V5, "90 03 0001 00", Protocol)]
    [InlineData("MQTT-3.14.2-2", V5, "E0 07 00 05 1100000001", Protocol)]
    [InlineData("section 4.13", V311, "E0 00", Protocol)]
    public void Packet_from_a_server_that_offends_is_refused(string statement, MqttProtocolVersion version, string hex, ReasonCode reason)
    {
        byte[] bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(bytes.Length - 2, bytes[1]);
        Assert.Null(PacketEcho.TryEcho(bytes, version, PacketSender.Server, out ParseError error));
        Assert.Equal(statement, error.Statement);
        Assert.Equal(reason, error.Reason);
    }

    [Fact]
    public void User_properties_over_the_limit_are_refused_before_they_are_kept()
    {
        byte[] one = [0x26, 0, 1, (byte)'a', 0, 1, (byte)'b'];
        byte[] section = [.. Enumerable.Repeat(one, 3).SelectMany(p => p)];
        byte[] body = [0, 1, (byte)'t', (byte)section.Length, .. section];
        FixedHeader.TryRead([0x30, (byte)body.Length], 1000, out FixedHeader header);
        Assert.True(PublishPacket.TryParse(header, body, new ParseContext(V5, PacketSender.Client, UserPropertyLimit: 3), out _, out _));
        Assert.False(PublishPacket.TryParse(header, body, new ParseContext(V5, PacketSender.Client, UserPropertyLimit: 2), out _, out ParseError error));
        Assert.Equal(ReasonCode.QuotaExceeded, error.Reason);
    }

    [Fact]
    public void Filters_over_the_limit_are_refused()
    {
        byte[] body = [0, 1, .. Enumerable.Repeat<byte[]>([0, 1, (byte)'a', 0], 3).SelectMany(f => f)];
        Assert.True(SubscribePacket.TryParse(body, new ParseContext(V311, PacketSender.Client, FilterLimit: 3), out _, out _));
        Assert.False(SubscribePacket.TryParse(body, new ParseContext(V311, PacketSender.Client, FilterLimit: 2), out _, out ParseError error));
        Assert.Equal(ReasonCode.QuotaExceeded, error.Reason);
    }
}
