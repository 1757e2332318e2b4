using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Benchmarks.EndToEnd;

/// <summary>A detector that has one thing to say: connects, sounds its alarm, waits for the PUBACK.</summary>
internal sealed class BreachPublisher : IDisposable
{
    private const int PacketSizeLimitBytes = 256;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = (int)AnswerLimit.TotalMilliseconds };
    private readonly string _deviceId;
    private readonly MqttProtocolVersion _version;

    private BreachPublisher(string deviceId, MqttProtocolVersion version)
    {
        _deviceId = deviceId;
        _version = version;
    }

    /// <summary>Connects and waits to be accepted.</summary>
    public static BreachPublisher Connect(string deviceId, int port, MqttProtocolVersion version)
    {
        BreachPublisher publisher = new(deviceId, version);
        publisher._socket.Connect(IPAddress.Loopback, port);
        ArrayBufferWriter<byte> connect = new();
        MqttPacketWriter.Write(connect, new ConnectPacket { ClientId = deviceId, Version = version, CleanStart = true });
        publisher._socket.Send(connect.WrittenSpan);
        publisher.Await(PacketType.ConnAck);
        return publisher;
    }

    /// <summary>Sends the alarm and waits for its PUBACK; the time just before it was sent.</summary>
    public long Publish()
    {
        ArrayBufferWriter<byte> bytes = new();
        MqttPacketWriter.WritePublish(bytes, _version, new PublishPacket
        {
            Topic = Encoding.UTF8.GetBytes(SmokeMessage.TopicOf(_deviceId)),
            Payload = Encoding.UTF8.GetBytes(SmokeMessage.Breach(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds())),
            Qos = Qos.AtLeastOnce,
            PacketIdentifier = 1,
        });
        long before = Stopwatch.GetTimestamp();
        _socket.Send(bytes.WrittenSpan);
        Await(PacketType.PubAck);
        return before;
    }

    /// <inheritdoc />
    public void Dispose() => _socket.Dispose();

    private void Await(PacketType wanted)
    {
        Span<byte> answer = stackalloc byte[PacketSizeLimitBytes];
        int length = 0;
        FixedHeader header;
        while (FixedHeader.TryRead(answer[..length], PacketSizeLimitBytes, out header) != FrameStatus.Ok || header.TotalLengthBytes > length)
        {
            int received = _socket.Receive(answer[length..]);
            if (received == 0)
            {
                throw new MeasurementException($"the gateway closed the connection of {_deviceId} instead of answering with {wanted}");
            }

            length += received;
        }

        if (header.Type != wanted)
        {
            throw new MeasurementException($"the gateway answered {_deviceId} with {header.Type} instead of {wanted}");
        }
    }
}
