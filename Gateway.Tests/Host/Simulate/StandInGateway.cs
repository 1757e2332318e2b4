using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Tests.Host.Simulate;

/// <summary>Stands in for the gateway: accepts MQTT 5 connections, keeps what is published, answers as the test says.</summary>
internal sealed class StandInGateway : IAsyncDisposable
{
    private static readonly ParseContext Context = new(MqttProtocolVersion.V5, PacketSender.Client);
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly ConcurrentBag<Socket> _sockets = [];
    private readonly Task _accepting;

    public StandInGateway()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>One published message.</summary>
    public sealed record Published(string ClientId, string Topic, string Payload, bool Retain);

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public ConcurrentQueue<ConnectPacket> Connects { get; } = [];

    public ConcurrentQueue<Published> Messages { get; } = [];

    public ConcurrentQueue<string> Goodbyes { get; } = [];

    public ConnAckPacket Answer { get; init; } = new(false, ReasonCode.Success);

    /// <summary>The reason code for a message; null closes the connection.</summary>
    public Func<Published, ReasonCode?> Judge { get; init; } = _ => ReasonCode.Success;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        foreach (Socket socket in _sockets)
        {
            socket.Dispose();
        }

        await Task.WhenAll(_connections);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptSocketAsync();
                _sockets.Add(socket);
                _connections.Add(ServeAsync(socket));
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            // The listener was stopped: the test is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        byte[] buffer = new byte[1 << 16];
        int held = 0;
        string clientId = "";
        try
        {
            while (true)
            {
                int count = await socket.ReceiveAsync(buffer.AsMemory(held), SocketFlags.None);
                if (count == 0)
                {
                    return;
                }

                held += count;
                ArrayBufferWriter<byte> output = new();
                int used = 0;
                bool open = true;
                while (open && FixedHeader.TryRead(buffer.AsSpan(used, held - used), buffer.Length, out FixedHeader header) == FrameStatus.Ok && header.TotalLengthBytes <= held - used)
                {
                    open = Take(header, buffer.AsSpan(used + header.HeaderLengthBytes, header.BodyLengthBytes), ref clientId, output);
                    used += header.TotalLengthBytes;
                }

                Buffer.BlockCopy(buffer, used, buffer, 0, held - used);
                held -= used;
                await socket.SendAsync(output.WrittenMemory, SocketFlags.None);
                if (!open)
                {
                    socket.Dispose();
                    return;
                }
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            // The client or the test has closed the connection.
        }
    }

    private bool Take(in FixedHeader header, ReadOnlySpan<byte> body, ref string clientId, ArrayBufferWriter<byte> output)
    {
        switch (header.Type)
        {
            case PacketType.Connect:
                Assert.True(ConnectPacket.TryParse(body, Context, out ConnectPacket? connect, out _, out ParseError error), error.ToString());
                clientId = connect!.ClientId;
                Connects.Enqueue(connect);
                MqttPacketWriter.Write(output, Answer, MqttProtocolVersion.V5);
                return !Answer.ReasonCode.IsFailure();
            case PacketType.Publish:
                Assert.True(PublishPacket.TryParse(header, body, Context, out PublishPacket publish, out error), error.ToString());
                Published message = new(clientId, Encoding.UTF8.GetString(publish.Topic), Encoding.UTF8.GetString(publish.Payload), publish.Retain);
                Messages.Enqueue(message);
                if (Judge(message) is not { } code)
                {
                    return false;
                }

                MqttPacketWriter.Write(output, new AckPacket(PacketType.PubAck, publish.PacketIdentifier, code), MqttProtocolVersion.V5);
                return true;
            case PacketType.Disconnect:
                Goodbyes.Enqueue(clientId);
                return true;
            default:
                return true;
        }
    }
}
