using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Benchmarks.EndToEnd;

/// <summary>One device of the load: a non-blocking socket, packets that wait in slots to be patched and sent in one write, and the acknowledgements it waits for.</summary>
internal sealed class LoadConnection : IDisposable
{
    private const int OutputLimitBytes = 64 * 1024;
    private const ushort KeepAliveSeconds = 600;

    private readonly PublishTemplate _template;
    private readonly long[] _sentAt;
    private readonly int _identifiers;
    private readonly byte[] _output;
    private readonly int _slots;
    private int _outputAt;
    private int _outputEnd;
    private byte[] _partial = [];

    /// <summary>Connects and sends CONNECT; the answer comes later.</summary>
    public LoadConnection(string deviceId, int port, int window, MqttProtocolVersion version)
    {
        _template = new PublishTemplate(deviceId, version);
        _sentAt = new long[window];
        _identifiers = ushort.MaxValue / window * window; // so that no two messages under way share a place
        _slots = Math.Clamp(OutputLimitBytes / _template.LengthBytes, 1, window);
        _output = new byte[_slots * _template.LengthBytes];
        for (int slot = 0; slot < _slots; slot++)
        {
            _template.Packet.CopyTo(_output.AsSpan(slot * _template.LengthBytes));
        }

        Socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Socket.Connect(IPAddress.Loopback, port);
        ArrayBufferWriter<byte> connect = new();
        MqttPacketWriter.Write(connect, new ConnectPacket { ClientId = deviceId, Version = version, CleanStart = true, KeepAliveSeconds = KeepAliveSeconds });
        Socket.Send(connect.WrittenSpan);
        Socket.Blocking = false;
    }

    /// <summary>The socket.</summary>
    public Socket Socket { get; }

    /// <summary>Whether the server has accepted it.</summary>
    public bool IsConnected { get; private set; }

    /// <summary>Whether the socket takes no more at the moment.</summary>
    public bool IsBlocked { get; private set; }

    /// <summary>Messages handed out in slots.</summary>
    public long Sent { get; private set; }

    /// <summary>Messages acknowledged.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Messages to send in this run.</summary>
    public long Quota { get; set; }

    /// <summary>Device time of message 0.</summary>
    public long FirstTimestamp { get; set; }

    /// <summary>Patches as many messages as window, slots and <paramref name="allowed"/> permit and sends them; says how many.</summary>
    public int Fill(long allowed, long now)
    {
        if (IsBlocked)
        {
            return 0;
        }

        long window = _sentAt.Length - (Sent - Acknowledged);
        int count = (int)Math.Min(Math.Min(allowed, _slots), Math.Min(window, Quota - Sent));
        for (int slot = 0; slot < count; slot++)
        {
            int place = (int)(Sent % _identifiers);
            _template.Patch(_output.AsSpan(slot * _template.LengthBytes), (ushort)(place + 1), FirstTimestamp + Sent, Sent);
            _sentAt[place % _sentAt.Length] = now;
            Sent++;
        }

        if (count > 0)
        {
            _outputEnd = count * _template.LengthBytes;
            Flush();
        }

        return count;
    }

    /// <summary>Sends what is left; afterwards <see cref="IsBlocked"/> says whether something still is.</summary>
    public void Flush()
    {
        IsBlocked = false;
        while (_outputAt < _outputEnd)
        {
            int sent = Socket.Send(_output.AsSpan(_outputAt, _outputEnd - _outputAt), SocketFlags.None, out SocketError error);
            if (error == SocketError.WouldBlock)
            {
                IsBlocked = true;
                return;
            }

            if (error != SocketError.Success)
            {
                throw new MeasurementException($"the server closed a connection: {error}");
            }

            _outputAt += sent;
        }

        _outputAt = _outputEnd = 0;
    }

    /// <summary>Reads what has come and counts acknowledgements; says how many.</summary>
    public int Receive(byte[] buffer, LatencyHistogram latencies, Func<long> clock)
    {
        _partial.CopyTo(buffer, 0);
        int received = Socket.Receive(buffer.AsSpan(_partial.Length), SocketFlags.None, out SocketError error);
        if (error == SocketError.WouldBlock)
        {
            return 0;
        }

        if (error != SocketError.Success || received == 0)
        {
            throw new MeasurementException($"the server closed a connection after {Acknowledged} of {Sent} messages ({error})");
        }

        ReadOnlySpan<byte> rest = buffer.AsSpan(0, _partial.Length + received);
        long now = clock();
        int acknowledged = 0;
        while (FixedHeader.TryRead(rest, buffer.Length, out FixedHeader header) is var status && status == FrameStatus.Ok && header.TotalLengthBytes <= rest.Length)
        {
            acknowledged += Take(header, rest.Slice(header.HeaderLengthBytes, header.BodyLengthBytes), latencies, now);
            rest = rest[header.TotalLengthBytes..];
        }

        _partial = rest.IsEmpty ? [] : rest.ToArray();
        Acknowledged += acknowledged;
        return acknowledged;
    }

    /// <inheritdoc />
    public void Dispose() => Socket.Dispose();

    private int Take(in FixedHeader header, ReadOnlySpan<byte> body, LatencyHistogram latencies, long now)
    {
        switch (header.Type)
        {
            case PacketType.PubAck:
                if (body.Length > 2 && body[2] >= 0x80)
                {
                    throw new MeasurementException($"the server refused a message with reason 0x{body[2]:X2}");
                }

                int place = BinaryPrimitives.ReadUInt16BigEndian(body) - 1;
                latencies.Add(System.Diagnostics.Stopwatch.GetElapsedTime(_sentAt[place % _sentAt.Length], now));
                return 1;
            case PacketType.ConnAck when body[1] == 0:
                IsConnected = true;
                return 0;
            case PacketType.ConnAck:
                throw new MeasurementException($"the server refused a connection with code 0x{body[1]:X2}");
            case PacketType.Disconnect:
                throw new MeasurementException($"the server disconnected a client with reason 0x{(body.IsEmpty ? 0 : body[0]):X2}");
            default:
                return 0;
        }
    }
}
