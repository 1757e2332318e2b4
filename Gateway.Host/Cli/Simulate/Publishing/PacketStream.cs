using System.Net.Sockets;
using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Host.Cli.Simulate.Publishing;

/// <summary>A packet that has arrived, or why none will come any more.</summary>
/// <param name="Header">Its fixed header.</param>
/// <param name="Body">What follows; valid until the next packet is asked for.</param>
/// <param name="Failure">What broke the connection; empty for a packet.</param>
internal readonly record struct ReceivedPacket(FixedHeader Header, ReadOnlyMemory<byte> Body, string Failure);

/// <summary>MQTT packets over a socket. One caller may send while another receives. Owns the socket.</summary>
internal sealed class PacketStream(Socket socket) : IDisposable
{
    private const int PacketSizeLimitBytes = 1 << 20;
    private byte[] _buffer = new byte[1024];
    private int _start;
    private int _end;

    /// <summary>Sends bytes; empty, or what broke the connection.</summary>
    public async ValueTask<string> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None)..];
            }

            return "";
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            return failure.Message;
        }
    }

    /// <summary>The next packet.</summary>
    public async ValueTask<ReceivedPacket> ReceiveAsync()
    {
        while (true)
        {
            FrameStatus status = FixedHeader.TryRead(_buffer.AsSpan(_start, _end - _start), PacketSizeLimitBytes, out FixedHeader header);
            if (status == FrameStatus.Ok && header.TotalLengthBytes <= _end - _start)
            {
                ReadOnlyMemory<byte> body = _buffer.AsMemory(_start + header.HeaderLengthBytes, header.BodyLengthBytes);
                _start += header.TotalLengthBytes;
                return new ReceivedPacket(header, body, "");
            }

            if (status is not (FrameStatus.Ok or FrameStatus.NeedMore))
            {
                return Failed(FixedHeader.ErrorOf(status).ToString());
            }

            MakeRoom(header.TotalLengthBytes);
            try
            {
                int count = await socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None);
                if (count == 0)
                {
                    return Failed("closed by the gateway");
                }

                _end += count;
            }
            catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
            {
                return Failed(failure.Message);
            }
        }
    }

    /// <inheritdoc />
    public void Dispose() => socket.Dispose();

    private static ReceivedPacket Failed(string failure) => new(default, default, failure);

    private void MakeRoom(int packetLengthBytes)
    {
        int held = _end - _start;
        byte[] target = packetLengthBytes > _buffer.Length ? new byte[packetLengthBytes] : _buffer;
        Buffer.BlockCopy(_buffer, _start, target, 0, held);
        (_buffer, _start, _end) = (target, 0, held);
    }
}
