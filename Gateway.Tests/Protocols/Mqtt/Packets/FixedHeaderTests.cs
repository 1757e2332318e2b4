using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Tests.Protocols.Mqtt.Packets;

public sealed class FixedHeaderTests
{
    [Theory]
    [InlineData("30 00", 0, 2)]
    [InlineData("30 7F", 127, 2)]
    [InlineData("30 8001", 128, 3)]
    [InlineData("30 FF7F", 16383, 3)]
    [InlineData("30 808001", 16384, 4)]
    [InlineData("30 FFFF7F", 2097151, 4)]
    [InlineData("30 80808001", 2097152, 5)]
    [InlineData("30 FFFFFF7F", 268435455, 5)]
    public void Length_is_read_at_its_bounds(string hex, int bodyLength, int headerLength)
    {
        Assert.Equal(FrameStatus.Ok, FixedHeader.TryRead(Bytes(hex), int.MaxValue, out FixedHeader header));
        Assert.Equal(bodyLength, header.BodyLengthBytes);
        Assert.Equal(headerLength, header.HeaderLengthBytes);
        Assert.True(header.IsMinimal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("30 80")]
    [InlineData("30 808080")]
    public void Length_that_is_not_whole_needs_more(string hex) =>
        Assert.Equal(FrameStatus.NeedMore, FixedHeader.TryRead(Bytes(hex), 100, out _));

    [Theory]
    [InlineData("30 80808080", "MQTT-1.5.5: five bytes")]
    [InlineData("30 FFFFFFFF", "the fourth byte has a successor")]
    [InlineData("00", "type 0")]
    [InlineData("36", "MQTT-3.3.1-4: QoS 3")]
    [InlineData("3E", "MQTT-3.3.1-4: QoS 3 with DUP")]
    [InlineData("11", "MQTT-2.1.3-1: CONNECT flags")]
    [InlineData("60", "MQTT-3.6.1-1: PUBREL flags")]
    [InlineData("63", "MQTT-3.6.1-1: PUBREL flags")]
    [InlineData("80", "MQTT-3.8.1-1: SUBSCRIBE flags")]
    [InlineData("A0", "MQTT-3.10.1-1: UNSUBSCRIBE flags")]
    [InlineData("C1", "MQTT-2.1.3-1: PINGREQ flags")]
    [InlineData("E8", "MQTT-3.14.1-1: DISCONNECT flags")]
    public void Header_that_is_not_as_prescribed_is_malformed(string hex, string statement)
    {
        FrameStatus status = FixedHeader.TryRead(Bytes(hex), 1 << 20, out _);
        Assert.True(status == FrameStatus.Malformed, statement);
        Assert.Equal(ReasonCode.MalformedPacket, FixedHeader.ErrorOf(status).Reason);
    }

    [Theory]
    [InlineData(131, FrameStatus.Ok)]
    [InlineData(130, FrameStatus.TooLarge)]
    public void Limit_counts_the_whole_packet(int limit, FrameStatus expected) =>
        Assert.Equal(expected, FixedHeader.TryRead(Bytes("30 8001"), limit, out _));

    [Fact]
    public void Length_written_with_padding_is_told_apart()
    {
        Assert.Equal(FrameStatus.Ok, FixedHeader.TryRead(Bytes("C0 8000"), 100, out FixedHeader header));
        Assert.Equal(0, header.BodyLengthBytes);
        Assert.False(header.IsMinimal);
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
