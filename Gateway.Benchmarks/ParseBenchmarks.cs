using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Benchmarks;

/// <summary>
/// The bytes of the door: 64 QoS 1 PUBLISH packets of one read, parsed in place the way a connection walks them, and the PUBACK of each.
/// </summary>
[MemoryDiagnoser]
public class ParseBenchmarks
{
    private const int PacketsPerRead = 64;
    private const int PacketSizeLimitBytes = 1024 * 1024;

    private readonly ArrayBufferWriter<byte> _acks = new(PacketsPerRead * MqttPacketWriter.AckLengthBytes);
    private byte[] _read = [];
    private ParseContext _context;

    /// <summary>4 for MQTT 3.1.1, 5 for MQTT 5.0.</summary>
    [Params(4, 5)]
    public int Protocol { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        MqttProtocolVersion version = Protocol == 5 ? MqttProtocolVersion.V5 : MqttProtocolVersion.V311;
        _context = new ParseContext(version, PacketSender.Client);
        ArrayBufferWriter<byte> packets = new();
        for (int i = 0; i < PacketsPerRead; i++)
        {
            MqttPacketWriter.WritePublish(packets, version, new PublishPacket
            {
                Topic = Encoding.UTF8.GetBytes(SmokeMessage.TopicOf("SMK-000017")),
                Payload = SmokeMessage.Payload,
                Qos = Qos.AtLeastOnce,
                PacketIdentifier = (ushort)(i + 1),
            });
        }

        _read = packets.WrittenSpan.ToArray();
    }

    /// <summary>Fixed header and body of one packet.</summary>
    [Benchmark(OperationsPerInvoke = PacketsPerRead)]
    public int ParsePublish()
    {
        ReadOnlySpan<byte> rest = _read;
        int payloadBytes = 0;
        while (FixedHeader.TryRead(rest, PacketSizeLimitBytes, out FixedHeader header) == FrameStatus.Ok)
        {
            ReadOnlySpan<byte> body = rest.Slice(header.HeaderLengthBytes, header.BodyLengthBytes);
            if (!PublishPacket.TryParse(header, body, _context, out PublishPacket packet, out ParseError error))
            {
                throw new InvalidOperationException(error.ToString());
            }

            payloadBytes += packet.Payload.Length;
            rest = rest[header.TotalLengthBytes..];
        }

        return payloadBytes;
    }

    /// <summary>One acknowledgement without reason and properties, as it is in both versions.</summary>
    [Benchmark(OperationsPerInvoke = PacketsPerRead)]
    public int WritePubAck()
    {
        _acks.ResetWrittenCount();
        for (int i = 1; i <= PacketsPerRead; i++)
        {
            MqttPacketWriter.WritePubAck(_acks, (ushort)i);
        }

        return _acks.WrittenCount;
    }
}
