using System.Net.Sockets;

namespace Gateway.Tests.Hostile;

/// <summary>A client that sends and takes bytes in bulk, and leaves as a broken network does. It looks at no packet but the CONNACK.</summary>
public sealed class FloodClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[64 * 1024];

    private FloodClient()
    {
    }

    /// <summary>Opens the network connection; sends nothing.</summary>
    /// <param name="port">The gateway's.</param>
    /// <param name="receiveBufferBytes">What the system holds for it while it does not read; 0 leaves that to the system.</param>
    public static async Task<FloodClient> OpenAsync(int port, int receiveBufferBytes = 0)
    {
        FloodClient client = new();
        if (receiveBufferBytes > 0)
        {
            client._socket.ReceiveBufferSize = receiveBufferBytes;
        }

        await client._socket.ConnectAsync("127.0.0.1", port);
        return client;
    }

    /// <summary>Opens, sends a CONNECT and takes the CONNACK, which must accept.</summary>
    public static async Task<FloodClient> ConnectAsync(int port, byte[] connect, int receiveBufferBytes = 0)
    {
        FloodClient client = await OpenAsync(port, receiveBufferBytes);
        byte[] connAck = await client.RequestAsync(connect);
        Assert.True(connAck[0] == 0x20 && connAck[3] == 0, $"an accepting CONNACK was due, this came: {Convert.ToHexString(connAck)}");
        return client;
    }

    /// <summary>Sends a packet and takes the one that answers it.</summary>
    public async Task<byte[]> RequestAsync(byte[] packet)
    {
        await MustSendAsync(packet);
        return await TakePacketAsync();
    }

    /// <summary>Takes one packet.</summary>
    public async Task<byte[]> TakePacketAsync()
    {
        byte[] head = await TakeAsync(2);
        int length = head[1] & 0x7F;
        List<byte> packet = [.. head];
        for (int shift = 7; packet[^1] >= 0x80; shift += 7)
        {
            packet.AddRange(await TakeAsync(1));
            length |= (packet[^1] & 0x7F) << shift;
        }

        packet.AddRange(await TakeAsync(length));
        return [.. packet];
    }

    /// <summary>Sends bytes; false when the gateway has closed.</summary>
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        using CancellationTokenSource limit = new(Patience);
        try
        {
            while (bytes.Length > 0)
            {
                bytes = bytes[await _socket.SendAsync(bytes, limit.Token)..];
            }

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Sends bytes to a gateway that must still be there; says its last word when it is not.</summary>
    public async Task MustSendAsync(ReadOnlyMemory<byte> bytes)
    {
        if (!await SendAsync(bytes))
        {
            byte[] last = await ReadToEndAsync();
            Assert.Fail($"the gateway has closed; its last bytes were {Convert.ToHexString(last.AsSpan(Math.Max(0, last.Length - 200)))}");
        }
    }

    /// <summary>Takes so many bytes and looks at none.</summary>
    public async Task SkipAsync(long count)
    {
        using CancellationTokenSource limit = new(Patience);
        while (count > 0)
        {
            int read = await _socket.ReceiveAsync(_buffer.AsMemory(0, (int)Math.Min(count, _buffer.Length)), limit.Token);
            Assert.True(read > 0, $"the gateway closed with {count} bytes due");
            count -= read;
        }
    }

    /// <summary>Takes everything up to a PINGRESP, for which there may be no identifier 0xD000 before it; false when the gateway closes.</summary>
    public async Task<bool> SkipToPingRespAsync()
    {
        using CancellationTokenSource limit = new(Patience);
        byte last = 0;
        try
        {
            while (await _socket.ReceiveAsync(_buffer, limit.Token) is var read and > 0)
            {
                ReadOnlySpan<byte> bytes = _buffer.AsSpan(0, read);
                if (bytes.IndexOf<byte>([0xD0, 0x00]) >= 0 || (last == 0xD0 && bytes[0] == 0x00))
                {
                    return true;
                }

                last = bytes[^1];
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return false; // it closed with bytes of this client unread
        }

        return false;
    }

    /// <summary>Takes what comes until the gateway closes; returns the last bytes of it, 64 KiB at most.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        using CancellationTokenSource limit = new(Patience);
        byte[] last = [];
        try
        {
            while (await _socket.ReceiveAsync(_buffer, limit.Token) is var read and > 0)
            {
                last = [.. last.TakeLast(_buffer.Length - read), .. _buffer.AsSpan(0, read)];
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return last; // it closed with bytes of this client unread
        }

        return last;
    }

    /// <summary>Sends no more; what comes is still read.</summary>
    public void FinishSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Goes as a broken network does: with a reset.</summary>
    public void Cut()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Dispose();
    }

    /// <inheritdoc />
    public void Dispose() => _socket.Dispose();

    private async Task<byte[]> TakeAsync(int count)
    {
        byte[] bytes = new byte[count];
        using CancellationTokenSource limit = new(Patience);
        for (int at = 0; at < count;)
        {
            int read = await _socket.ReceiveAsync(bytes.AsMemory(at), limit.Token);
            Assert.True(read > 0, "the gateway closed where a packet was due");
            at += read;
        }

        return bytes;
    }
}
