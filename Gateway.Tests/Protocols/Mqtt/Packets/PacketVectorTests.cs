using System.Buffers;
using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Tests.Protocols.Mqtt.Packets;

public sealed class PacketVectorTests
{
    public static TheoryData<string> Names => PacketVector.Names;

    [Theory, MemberData(nameof(Names))]
    public void Writer_writes_the_bytes_of_the_specification(string name)
    {
        PacketVector vector = PacketVector.Find(name);
        ArrayBufferWriter<byte> output = new();
        vector.Write(output);
        Assert.Equal(Convert.ToHexString(vector.Bytes), Convert.ToHexString(output.WrittenSpan));
    }

    [Theory, MemberData(nameof(Names))]
    public void Parser_understands_everything_that_was_written(string name)
    {
        PacketVector vector = PacketVector.Find(name);
        byte[]? echo = PacketEcho.TryEcho(vector.Bytes, vector.Version, vector.Sender, out ParseError error);

        Assert.Equal(default, error);
        Assert.Equal(Convert.ToHexString(vector.Bytes), Convert.ToHexString(echo!));
    }

    [Theory, MemberData(nameof(Names))]
    public void Prefix_asks_for_more(string name)
    {
        byte[] bytes = PacketVector.Find(name).Bytes;
        for (int length = 0; length < bytes.Length; length++)
        {
            FrameStatus status = FixedHeader.TryRead(bytes.AsSpan(0, length), PacketEcho.SizeLimitBytes, out FixedHeader header);
            Assert.Equal(length < 2 ? FrameStatus.NeedMore : FrameStatus.Ok, status);
            Assert.True(length < 2 || header.TotalLengthBytes == bytes.Length);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Split_in_two_anywhere_parses_the_same(string name)
    {
        PacketVector vector = PacketVector.Find(name);
        byte[] bytes = vector.Bytes;
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            ReadOnlySequence<byte> split = TwoSegments(bytes, cut);
            Assert.Equal(FrameStatus.Ok, FixedHeader.TryRead(split, PacketEcho.SizeLimitBytes, out FixedHeader header));
            Assert.Equal(bytes.Length, header.TotalLengthBytes);
            byte[]? echo = PacketEcho.TryEcho(split.Slice(0, header.TotalLengthBytes).ToArray(), vector.Version, vector.Sender, out _);
            Assert.Equal(bytes, echo);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Body_cut_short_is_refused_or_is_a_shorter_packet(string name)
    {
        // What remains after a cut must either be refused or, where trailing fields are optional, echo exactly itself: never more than was there.
        PacketVector vector = PacketVector.Find(name);
        byte[] bytes = vector.Bytes;
        for (int length = 2; length < bytes.Length; length++)
        {
            byte[] cut = bytes[..length];
            cut[1] = (byte)(length - 2);
            byte[]? echo = PacketEcho.TryEcho(cut, vector.Version, vector.Sender, out ParseError error);
            Assert.True(echo is not null ? echo.Length <= cut.Length : error.IsError, $"{name} cut to {length}");
        }
    }

    private static ReadOnlySequence<byte> TwoSegments(byte[] bytes, int cut)
    {
        Segment first = new(bytes.AsMemory(0, cut), 0);
        Segment second = new(bytes.AsMemory(cut), cut);
        first.Append(second);
        return new ReadOnlySequence<byte>(first, 0, second, second.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long runningIndex)
        {
            Memory = memory;
            RunningIndex = runningIndex;
        }

        public void Append(Segment next) => Next = next;
    }
}
