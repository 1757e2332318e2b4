using System.Buffers;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Mqtt.Sessions;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Ingest.Connections;

/// <summary>
/// The bytes of one connection as packets: whole ones go to whom they are for, what is not whole waits or is refused. Under the session's
/// gate.
/// </summary>
internal sealed class InboundPackets(MqttServer server, MqttConnection connection, MessageIntake messages, ControlIntake control)
{
    // Under one holding of the gate, which the log's committer wants too.
    private const int TurnBytes = 64 * 1024;

    private readonly PartialPacket _partial = new(server.Budgets.PartialPackets);

    private MqttServerConnection Machine => connection.Machine;

    /// <summary>A CONNECT to be decided on; set by <see cref="TakeConnect"/>, and taken from here.</summary>
    public ConnectPacket? Connect { get; set; }

    /// <summary>Whether it stopped because it had its turn, and not for want of bytes.</summary>
    public bool IsInterrupted { get; private set; }

    /// <summary>The connection is over: nothing more of what it began will come.</summary>
    public void End() => _partial.Release();

    /// <summary>The first packet. Returns how far the bytes were used.</summary>
    public SequencePosition TakeConnect(in ReadOnlySequence<byte> buffer, IBufferWriter<byte> output)
    {
        EventTime steady = server.Clock.Steady;
        FrameStatus status = FixedHeader.TryRead(buffer, Math.Min(server.Options.Limits.EffectivePacketSizeBytes, MqttServer.ConnectSizeLimitBytes), out FixedHeader header);
        if (status is FrameStatus.Malformed or FrameStatus.TooLarge)
        {
            Machine.Fail(FixedHeader.ErrorOf(status), steady, output);
            return buffer.End;
        }

        if (status == FrameStatus.NeedMore)
        {
            return buffer.Start;
        }

        // Another packet than CONNECT is refused by its header: nothing of it is waited for.
        bool isConnect = header.Type == PacketType.Connect;
        if (isConnect && header.TotalLengthBytes > buffer.Length)
        {
            Hold(header, steady, output);
            return buffer.Start;
        }

        _partial.Release();
        connection.Heard(steady);
        byte[]? rented = null;
        ReadOnlySpan<byte> body = isConnect ? PartialPacket.Contiguous(buffer.Slice(header.HeaderLengthBytes, header.BodyLengthBytes), out rented) : default;
        if (Machine.TryReceiveConnect(header, body, output, out ConnectPacket? packet))
        {
            Connect = packet;
        }

        PartialPacket.GiveBack(rented);
        return isConnect ? buffer.GetPosition(header.TotalLengthBytes) : buffer.End;
    }

    /// <summary>Packets after CONNECT. Returns how far the bytes were used.</summary>
    public SequencePosition Take(in ReadOnlySequence<byte> buffer, IBufferWriter<byte> output)
    {
        ReadOnlySequence<byte> rest = buffer;
        EventTime now = server.Clock.Now;
        EventTime steady = server.Clock.Steady;
        int limit = server.Options.Limits.EffectivePacketSizeBytes;
        long end = buffer.Length - TurnBytes;
        IsInterrupted = false;
        while (Machine.State == ConnectionState.Connected && !rest.IsEmpty)
        {
            ReadOnlySpan<byte> first = rest.FirstSpan;
            int at = 0;
            bool isFull = false;
            while (!isFull
                && Machine.State == ConnectionState.Connected
                && FixedHeader.TryRead(first[at..], limit, out FixedHeader header) == FrameStatus.Ok
                && header.TotalLengthBytes <= first.Length - at)
            {
                isFull = !Take(header, first.Slice(at + header.HeaderLengthBytes, header.BodyLengthBytes), now, steady, output);
                at += isFull ? 0 : header.TotalLengthBytes;
            }

            rest = rest.Slice(at);
            if (isFull || Machine.State != ConnectionState.Connected || rest.IsEmpty || !TakeSplit(ref rest, limit, now, steady, output))
            {
                break;
            }

            IsInterrupted = rest.Length <= end && !rest.IsEmpty;
            if (IsInterrupted)
            {
                break;
            }
        }

        if (_partial.IsProgress(buffer.Length, rest.Length))
        {
            connection.Heard(steady);
        }

        return rest.Start;
    }

    /// <summary>One packet that does not lie in one piece, or is not whole yet, or never will be. False when nothing more can be done now.</summary>
    private bool TakeSplit(ref ReadOnlySequence<byte> rest, int limit, EventTime now, EventTime steady, IBufferWriter<byte> output)
    {
        FrameStatus status = FixedHeader.TryRead(rest, limit, out FixedHeader header);
        if (status is FrameStatus.Malformed or FrameStatus.TooLarge)
        {
            if (status == FrameStatus.TooLarge)
            {
                server.Door.Ledger.Reject(Pipeline.Rejection.PacketTooLarge);
            }

            Machine.Fail(FixedHeader.ErrorOf(status), steady, output);
            rest = rest.Slice(rest.End);
            return false;
        }

        if (status == FrameStatus.NeedMore || header.TotalLengthBytes > rest.Length)
        {
            if (status == FrameStatus.Ok)
            {
                Hold(header, steady, output);
            }

            return false;
        }

        ReadOnlySpan<byte> body = PartialPacket.Contiguous(rest.Slice(header.HeaderLengthBytes, header.BodyLengthBytes), out byte[]? rented);
        bool isTaken = Take(header, body, now, steady, output);
        PartialPacket.GiveBack(rented);
        if (isTaken)
        {
            _partial.Release();
            rest = rest.Slice(header.TotalLengthBytes);
        }

        return isTaken;
    }

    /// <summary>One whole packet. False when it must come again: the log has no space at the moment.</summary>
    private bool Take(in FixedHeader header, ReadOnlySpan<byte> body, EventTime now, EventTime steady, IBufferWriter<byte> output) =>
        header.Type == PacketType.Publish ? messages.Take(header, body, now, steady, output) : control.Take(header, body, steady, output);

    /// <summary>Waits for the rest of a packet, if there is room for it.</summary>
    private void Hold(in FixedHeader header, EventTime steady, IBufferWriter<byte> output)
    {
        if (!_partial.TryHold(header.TotalLengthBytes))
        {
            Machine.Fail(SessionErrors.TooMuchUnderWay, steady, output);
        }
    }
}
