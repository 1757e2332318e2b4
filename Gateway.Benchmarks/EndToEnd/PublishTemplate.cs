using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Benchmarks.EndToEnd;

/// <summary>
/// A device's PUBLISH, QoS 1, encoded once; packet identifier, time and sequence are put into copies of it. So no message repeats
/// another, and encoding costs the generator nothing.
/// </summary>
internal sealed class PublishTemplate
{
    private const int SequenceLimit = 100_000_000; // the leading 1 of the nine digits stays
    private static readonly byte[] DigitPairs = [.. Enumerable.Range(0, 100).SelectMany(n => new[] { (byte)('0' + (n / 10)), (byte)('0' + (n % 10)) })];

    private readonly byte[] _packet;
    private readonly int _identifierAt;
    private readonly int _payloadAt;

    /// <summary>Encodes the packet of a device.</summary>
    public PublishTemplate(string deviceId, MqttProtocolVersion version)
    {
        byte[] topic = Encoding.UTF8.GetBytes(SmokeMessage.TopicOf(deviceId));
        ArrayBufferWriter<byte> bytes = new();
        MqttPacketWriter.WritePublish(bytes, version, new PublishPacket
        {
            Topic = topic,
            Payload = SmokeMessage.Payload,
            Qos = Qos.AtLeastOnce,
            PacketIdentifier = 1,
        });
        _packet = bytes.WrittenSpan.ToArray();
        _identifierAt = _packet.AsSpan().IndexOf(topic) + topic.Length;
        _payloadAt = _packet.Length - SmokeMessage.PayloadLengthBytes;
    }

    /// <summary>Bytes of a packet.</summary>
    public int LengthBytes => _packet.Length;

    /// <summary>The packet to copy.</summary>
    public ReadOnlySpan<byte> Packet => _packet;

    /// <summary>Makes a copy another message.</summary>
    public void Patch(Span<byte> copy, ushort packetIdentifier, long unixMilliseconds, long sequence)
    {
        BinaryPrimitives.WriteUInt16BigEndian(copy[_identifierAt..], packetIdentifier);
        Span<byte> payload = copy[_payloadAt..];
        WriteDigits(payload.Slice(SmokeMessage.TimeAt, SmokeMessage.TimeDigits), (ulong)unixMilliseconds);
        WriteDigits(payload.Slice(SmokeMessage.SequenceAt, SmokeMessage.SequenceDigits), SequenceLimit + ((ulong)sequence % SequenceLimit));
    }

    private static void WriteDigits(Span<byte> digits, ulong value)
    {
        int at = digits.Length;
        while (at >= 2)
        {
            (value, ulong pair) = Math.DivRem(value, 100);
            at -= 2;
            DigitPairs.AsSpan((int)pair * 2, 2).CopyTo(digits[at..]);
        }

        if (at == 1)
        {
            digits[0] = (byte)('0' + (value % 10));
        }
    }
}
