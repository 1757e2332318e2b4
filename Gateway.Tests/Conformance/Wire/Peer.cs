using System.Net.Sockets;
using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Tests.Conformance.Wire;

/// <summary>
/// A client on a TCP connection of its own that sends what it is told and reads packet by packet, each with a deadline. It does nothing by
/// itself: no acknowledgement, no ping.
/// </summary>
public sealed class Peer : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly List<byte> _unread = [];
    private readonly byte[] _buffer = new byte[16 * 1024];

    private Peer(MqttProtocolVersion version) => Version = version;

    /// <summary>Version it speaks.</summary>
    public MqttProtocolVersion Version { get; }

    /// <summary>Whether it speaks version 5.</summary>
    public bool IsV5 => Version == MqttProtocolVersion.V5;

    /// <summary>Opens the network connection; sends nothing.</summary>
    public static async Task<Peer> OpenAsync(int port, MqttProtocolVersion version)
    {
        Peer peer = new(version);
        await peer._socket.ConnectAsync("127.0.0.1", port);
        return peer;
    }

    /// <summary>Sends bytes; false when the server has closed meanwhile: what it said before is still to be read.</summary>
    public async Task<bool> SendAsync(params byte[][] packets)
    {
        try
        {
            byte[] bytes = Bytes.Join(packets);
            for (int sent = 0; sent < bytes.Length;)
            {
                sent += await _socket.SendAsync(bytes.AsMemory(sent));
            }

            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted)
        {
            return false;
        }
    }

    /// <summary>The next packet.</summary>
    public async Task<Received> ReceiveAsync() =>
        await TryReceiveAsync() ?? throw new Xunit.Sdk.XunitException($"the server closed where a packet was due{Unread()}");

    /// <summary>The next packet, which must be of a type.</summary>
    public async Task<Received> ReceiveAsync(PacketType type)
    {
        Received packet = await TryReceiveAsync() ?? throw new Xunit.Sdk.XunitException($"the server closed where {type} was due{Unread()}");
        Assert.True(packet.Type == type, $"{type} was due, this came: {packet}");
        return packet;
    }

    /// <summary>The next packet, which must be an acknowledgement of this packet with this reason.</summary>
    public async Task<Received> ReceiveAckAsync(PacketType type, int id, int reason = 0)
    {
        Received ack = await ReceiveAsync(type);
        Assert.True(ack.PacketIdentifier == id, $"{type} of {id} was due, this came: {ack}");
        Assert.True(ack.ReasonCode == reason, $"{type} of {id} with 0x{reason:X2} was due, this came: {ack}");
        return ack;
    }

    /// <summary>The next packet, which must be a PUBLISH with this payload.</summary>
    public async Task<Received> ReceivePublishAsync(string payload)
    {
        Received publish = await ReceiveAsync(PacketType.Publish);
        Assert.True(publish.Payload == payload, $"PUBLISH of '{payload}' was due, this came: {publish}");
        return publish;
    }

    /// <summary>The server closes and sends nothing before.</summary>
    public async Task ReceiveEndAsync() => Assert.Null(await TryReceiveAsync());

    /// <summary>The server closes: in version 5 with this reason in a DISCONNECT, in 3.1.1 without a word.</summary>
    public async Task ReceiveCloseAsync(int reason)
    {
        if (IsV5)
        {
            Received disconnect = await ReceiveAsync(PacketType.Disconnect);
            Assert.True(disconnect.ReasonCode == reason, $"DISCONNECT with 0x{reason:X2} was due, this came: {disconnect}");
            Assert.False(disconnect.Has(PropertyId.SessionExpiryInterval), $"a server sends no session expiry: {disconnect}");
        }

        await ReceiveEndAsync();
    }

    /// <summary>The server refuses the CONNECT with this reason (3.1.1: this return code) and closes.</summary>
    public async Task<Received> ReceiveRefusalAsync(int reason)
    {
        Received connAck = await ReceiveAsync(PacketType.ConnAck);
        Assert.True(connAck.ReasonCode == reason, $"CONNACK with 0x{reason:X2} was due, this came: {connAck}");
        Assert.Equal(0, connAck.ConnAckFlags);
        await ReceiveEndAsync();
        return connAck;
    }

    /// <summary>Nothing is on its way: the answer to a ping is the next that comes.</summary>
    public async Task ReceiveNothingAsync()
    {
        await SendAsync(Packets.PingReq);
        await ReceiveAsync(PacketType.PingResp);
    }

    /// <summary>Sends a CONNECT and takes the accepting CONNACK.</summary>
    public async Task<Received> ConnectAsync(ConnectOptions options)
    {
        await SendAsync(options.ToPacket(Version));
        Received connAck = await ReceiveAsync(PacketType.ConnAck);
        Assert.True(connAck.ReasonCode == 0, $"an accepting CONNACK was due, this came: {connAck}");
        return connAck;
    }

    /// <summary>Subscribes and takes the SUBACK, which must grant everything.</summary>
    public async Task<Received> SubscribeAsync(params (string Filter, int Options)[] filters) => await SubscribeAsync([], filters);

    /// <summary>Subscribes and takes the SUBACK, which must grant everything.</summary>
    public async Task<Received> SubscribeAsync(byte[][] properties, params (string Filter, int Options)[] filters)
    {
        const int Id = 40_000;
        await SendAsync(Packets.Subscribe(Version, Id, properties, filters));
        Received subAck = await ReceiveAckAsync(PacketType.SubAck, Id);
        Assert.Equal(filters.Select(f => (byte)(f.Options & 3)), subAck.ReasonCodes);
        return subAck;
    }

    /// <summary>Publishes and completes the exchange of the QoS.</summary>
    public async Task PublishAsync(string topic, string payload, int qos = 0, bool retain = false, params byte[][] properties)
    {
        const int Id = 50_000;
        await SendAsync(Packets.Publish(Version, topic, payload, qos, Id, retain, properties: properties));
        if (qos == 1)
        {
            await ReceiveAckAsync(PacketType.PubAck, Id);
        }
        else if (qos == 2)
        {
            await ReceiveAckAsync(PacketType.PubRec, Id);
            await SendAsync(Packets.Ack(PacketType.PubRel, Id));
            await ReceiveAckAsync(PacketType.PubComp, Id);
        }
    }

    /// <summary>Leaves with a DISCONNECT and waits until the server has closed.</summary>
    public async Task LeaveAsync(int reason = 0, params byte[][] properties)
    {
        await SendAsync(Packets.Disconnect(reason, properties));
        await ReceiveEndAsync();
    }

    /// <summary>Says no more, as a network that broke, and waits until the server has closed.</summary>
    public async Task BreakAsync()
    {
        _socket.Shutdown(SocketShutdown.Send);
        while (await TryReceiveAsync() is not null)
        {
        }
    }

    /// <inheritdoc />
    public void Dispose() => _socket.Dispose();

    /// <summary>The next packet, or null when the server has closed.</summary>
    private async Task<Received?> TryReceiveAsync()
    {
        while (true)
        {
            if (WholePacketLength() is { } length)
            {
                byte[] packet = [.. _unread.Take(length)];
                _unread.RemoveRange(0, length);
                return new Received(Version, packet);
            }

            int read;
            using CancellationTokenSource limit = new(Deadline);
            try
            {
                read = await _socket.ReceiveAsync(_buffer, limit.Token);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
            {
                read = 0;
            }
            catch (OperationCanceledException)
            {
                throw new Xunit.Sdk.XunitException($"nothing came for {Deadline}{Unread()}");
            }

            if (read == 0)
            {
                Assert.True(_unread.Count == 0, $"the server closed inside a packet{Unread()}");
                return null;
            }

            _unread.AddRange(_buffer.AsSpan(0, read));
        }
    }

    private int? WholePacketLength()
    {
        int length = 0;
        for (int i = 1; i < _unread.Count && i < 5; i++)
        {
            length |= (_unread[i] & 0x7F) << (7 * (i - 1));
            if (_unread[i] < 0x80)
            {
                return _unread.Count >= length + i + 1 ? length + i + 1 : null;
            }
        }

        return null;
    }

    private string Unread() => _unread.Count == 0 ? "" : $"; unread: {Convert.ToHexString([.. _unread])}";
}
