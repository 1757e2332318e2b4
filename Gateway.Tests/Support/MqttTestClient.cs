using System.Buffers;
using System.Net.Sockets;
using System.Text;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Mqtt.Topics;

namespace Gateway.Tests.Support;

/// <summary>
/// A publisher that keeps its own ledger: what it sent, what was acknowledged. It speaks MQTT with the gateway's codec and a socket,
/// so that a test can be cut off at any byte.
/// </summary>
public sealed class MqttTestClient : IAsyncDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _filled;

    private MqttTestClient(MqttProtocolVersion version) => Version = version;

    /// <summary>3.1.1 or 5.</summary>
    public MqttProtocolVersion Version { get; }

    /// <summary>Connects and waits for an accepting CONNACK.</summary>
    public static async Task<MqttTestClient> ConnectAsync(int port, string clientId, MqttProtocolVersion version = MqttProtocolVersion.V311)
    {
        (MqttTestClient client, ConnAckPacket answer) = await ConnectAsync(port, new ConnectPacket { Version = version, ClientId = clientId, CleanStart = true, KeepAliveSeconds = 60 });
        Assert.Equal(ReasonCode.Success, answer.ReasonCode);
        return client;
    }

    /// <summary>Connects and waits for the CONNACK, whatever it says.</summary>
    public static async Task<(MqttTestClient Client, ConnAckPacket Answer)> ConnectAsync(int port, ConnectPacket packet)
    {
        MqttTestClient client = new(packet.Version);
        await client._socket.ConnectAsync("127.0.0.1", port);
        ArrayBufferWriter<byte> output = new();
        MqttPacketWriter.Write(output, packet);
        await client._socket.SendAsync(output.WrittenMemory);
        (FixedHeader header, byte[] body) = await client.ReceiveAsync() ?? throw new InvalidOperationException("closed before CONNACK");
        Assert.Equal(PacketType.ConnAck, header.Type);
        Assert.True(ConnAckPacket.TryParse(body, client.Context, out ConnAckPacket? connAck, out _));
        return (client, connAck!);
    }

    /// <summary>How packets of the gateway are read.</summary>
    public ParseContext Context => new(Version, PacketSender.Server);

    /// <summary>Sends a packet that <paramref name="write"/> writes; false when the network is gone.</summary>
    public async Task<bool> SendAsync(Action<IBufferWriter<byte>> write)
    {
        ArrayBufferWriter<byte> output = new();
        write(output);
        return await SendAsync(output.WrittenMemory);
    }

    /// <summary>Subscribes to one filter and waits for the SUBACK's code.</summary>
    public async Task<ReasonCode> SubscribeAsync(string filter, Qos qos = Qos.AtMostOnce)
    {
        Assert.True(TopicFilter.TryParse(filter, out TopicFilter parsed));
        await SendAsync(o => MqttPacketWriter.Write(o, new SubscribePacket { PacketIdentifier = 1, Requests = [new SubscriptionRequest(parsed, new SubscriptionOptions { MaximumQos = qos })] }, Version));
        (FixedHeader header, byte[] body) = await ReceiveAsync() ?? throw new InvalidOperationException("closed before SUBACK");
        Assert.Equal(PacketType.SubAck, header.Type);
        Assert.True(SubAckPacket.TryParse(body, Context, out SubAckPacket? answer, out _));
        return Assert.Single(answer!.Codes);
    }

    /// <summary>Asks for a PINGRESP and takes everything that comes before it.</summary>
    public async Task<IReadOnlyList<(FixedHeader Header, byte[] Body)>> PingAsync()
    {
        await SendAsync(MqttPacketWriter.WritePingReq);
        List<(FixedHeader, byte[])> before = [];
        while (await ReceiveAsync() is { } packet)
        {
            if (packet.Header.Type == PacketType.PingResp)
            {
                return before;
            }

            before.Add(packet);
        }

        throw new InvalidOperationException("closed before PINGRESP");
    }

    /// <summary>No more packets go out; those of the gateway are still read.</summary>
    public void FinishSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Sends a PUBLISH; false when the network is gone.</summary>
    public async Task<bool> PublishAsync(string topic, string payload, ushort packetIdentifier, bool dup = false)
    {
        ArrayBufferWriter<byte> output = new();
        PublishPacket packet = new()
        {
            Topic = Encoding.UTF8.GetBytes(topic),
            Payload = Encoding.UTF8.GetBytes(payload),
            Qos = Qos.AtLeastOnce,
            PacketIdentifier = packetIdentifier,
            Dup = dup,
        };
        MqttPacketWriter.WritePublish(output, Version, packet);
        return await SendAsync(output.WrittenMemory);
    }

    /// <summary>Sends bytes as they are; false when the network is gone.</summary>
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (bytes.Length > 0)
            {
                bytes = bytes[await _socket.SendAsync(bytes)..];
            }

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>The next packet; null when the network is gone.</summary>
    public async Task<(FixedHeader Header, byte[] Body)?> ReceiveAsync()
    {
        while (true)
        {
            if (FixedHeader.TryRead(_buffer.AsSpan(0, _filled), int.MaxValue, out FixedHeader header) == FrameStatus.Ok && header.TotalLengthBytes <= _filled)
            {
                byte[] body = _buffer.AsSpan(header.HeaderLengthBytes, header.BodyLengthBytes).ToArray();
                _buffer.AsSpan(header.TotalLengthBytes, _filled - header.TotalLengthBytes).CopyTo(_buffer);
                _filled -= header.TotalLengthBytes;
                return (header, body);
            }

            try
            {
                int read = await _socket.ReceiveAsync(_buffer.AsMemory(_filled));
                if (read == 0)
                {
                    return null;
                }

                _filled += read;
            }
            catch (SocketException)
            {
                return null;
            }
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
