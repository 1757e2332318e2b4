using System.Buffers;
using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Tests.Protocols.Mqtt.Packets;

/// <summary>What holds for all packets, tried with many. The seeds are fixed; a failure names the seed and the bytes.</summary>
public sealed class PacketPropertyTests
{
    [Theory]
    [InlineData(MqttProtocolVersion.V311)]
    [InlineData(MqttProtocolVersion.V5)]
    public void Packet_survives_the_round_trip(MqttProtocolVersion version)
    {
        ArrayBufferWriter<byte> output = new();
        for (int seed = 0; seed < 3000; seed++)
        {
            PacketType type = (PacketType)(1 + (seed % 15));
            output.ResetWrittenCount();
            PacketSender sender = new RandomPackets(seed).Write(output, type, version);
            byte[]? echo = PacketEcho.TryEcho(output.WrittenSpan, version, sender, out ParseError error);
            Assert.True(echo is not null, $"seed {seed}, {type}: {error}: {Convert.ToHexString(output.WrittenSpan)}");
            Assert.Equal(output.WrittenSpan.ToArray(), echo);
        }
    }

    [Fact]
    public void Mutated_packet_never_throws_and_what_is_accepted_is_stable()
    {
        const int Inputs = 250_000;
        Random random = new(20260127);
        byte[][] vectors = [.. PacketVector.All.Select(v => v.Bytes)];
        int accepted = 0;
        for (int i = 0; i < Inputs; i++)
        {
            byte[] bytes = Mutate(vectors[random.Next(vectors.Length)], vectors[random.Next(vectors.Length)], random);
            MqttProtocolVersion version = (i & 1) == 0 ? MqttProtocolVersion.V311 : MqttProtocolVersion.V5;
            PacketSender sender = (i & 2) == 0 ? PacketSender.Client : PacketSender.Server;
            byte[]? echo = PacketEcho.TryEcho(bytes, version, sender, out _);
            if (echo is null)
            {
                continue;
            }

            // Whatever was understood is written in one normal form, which is understood as the same.
            accepted++;
            version = (PacketType)(bytes[0] >> 4) == PacketType.Connect ? (MqttProtocolVersion)echo[8] : version;
            byte[]? again = PacketEcho.TryEcho(echo, version, sender, out ParseError error);
            Assert.True(again is not null && again.AsSpan().SequenceEqual(echo), $"input {i} {Convert.ToHexString(bytes)}: {error}");
        }

        Assert.InRange(accepted, Inputs / 50, Inputs);
    }

    [Fact]
    public void Parser_allocates_no_more_than_the_packet_can_justify()
    {
        // Lengths that promise much in packets that hold little.
        string[] hostile = ["30 04 FFFF 6161", "82 08 0001 FFFF 61616161", "10 0B 0004 4D515454 05 02 0000 FF", "30 08 0001 61 FFFFFF7F 26", "30 0A 0001 61 05 26FFFF6161 00"];
        foreach (string hex in hostile)
        {
            byte[] bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
            PacketEcho.TryEcho(bytes, MqttProtocolVersion.V5, PacketSender.Client, out _);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Null(PacketEcho.TryEcho(bytes, MqttProtocolVersion.V5, PacketSender.Client, out ParseError error));
            Assert.Equal(ReasonCode.MalformedPacket, error.Reason);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024);
        }
    }

    [Theory]
    [InlineData(MqttProtocolVersion.V311)]
    [InlineData(MqttProtocolVersion.V5)]
    public void Publish_is_parsed_and_acknowledged_without_allocation(MqttProtocolVersion version)
    {
        ArrayBufferWriter<byte> output = new(4096);
        byte[] properties = new PublishProperties { MessageExpiryIntervalSeconds = 60, UserProperties = [new("k", "v")] }.ToBytes();
        MqttPacketWriter.WritePublish(output, version, new PublishPacket
        {
            Topic = "city/v1/flood/FLD-000001/telemetry"u8,
            Payload = new byte[108],
            Qos = Qos.AtLeastOnce,
            PacketIdentifier = 7,
            Properties = properties,
        });
        byte[] bytes = output.WrittenSpan.ToArray();
        ParseContext context = new(version, PacketSender.Client);
        byte[] ack = new byte[4];
        int parsed = 0;
        long before = 0;
        for (int i = 0; i < 1000; i++)
        {
            // The first rounds may compile; the rest must be free.
            before = i == 100 ? GC.GetAllocatedBytesForCurrentThread() : before;
            FixedHeader.TryRead(bytes, 1 << 20, out FixedHeader header);
            if (PublishPacket.TryParse(header, bytes.AsSpan(header.HeaderLengthBytes), context, out PublishPacket packet, out _))
            {
                parsed += MqttPacketWriter.WriteAck(ack, PacketType.PubAck, packet.PacketIdentifier);
            }
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(4000, parsed);
    }

    [Fact]
    public void Forwardable_properties_are_the_end_to_end_ones_in_order()
    {
        PublishProperties all = new()
        {
            PayloadIsUtf8 = true,
            MessageExpiryIntervalSeconds = 1,
            TopicAlias = 2,
            ResponseTopic = "r",
            CorrelationData = new byte[] { 1 },
            SubscriptionIdentifiers = [3],
            ContentType = "c",
            UserProperties = [new("a", "1"), new("a", "2")],
        };
        byte[] expected = (all with { MessageExpiryIntervalSeconds = null, TopicAlias = null, SubscriptionIdentifiers = [] }).ToBytes();
        Assert.Equal(expected, PublishProperties.Forwardable(all.ToBytes()));
    }

    private static byte[] Mutate(byte[] vector, byte[] other, Random random)
    {
        List<byte> bytes = [.. vector];
        for (int count = random.Next(1, 4); count > 0; count--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(7))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.Insert(at, (byte)random.Next(256)); break;
                case 3 when bytes.Count > 2: bytes.RemoveAt(at); break;
                case 4 when bytes.Count > 2: bytes.RemoveRange(at, bytes.Count - at); bytes.Add(0); break;
                case 5: bytes.AddRange(other.AsSpan(random.Next(other.Length))); break;
                default: bytes[at] = random.Next(2) == 0 ? (byte)0 : (byte)0xFF; break;
            }
        }

        // Mostly keep the frame right, so that the mutation reaches the body.
        if (random.Next(8) != 0 && bytes.Count is > 1 and < 128)
        {
            bytes[1] = (byte)(bytes.Count - 2);
        }

        return [.. bytes];
    }
}
