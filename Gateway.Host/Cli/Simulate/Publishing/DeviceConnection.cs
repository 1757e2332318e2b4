using System.Buffers;
using System.Text;
using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Host.Cli.Simulate.Publishing;

/// <summary>
/// One device's MQTT 5 connection: publishes at QoS 1 with a bounded number of unacknowledged messages and counts what comes back. Safe
/// for threads; acknowledgements are read in the background.
/// </summary>
internal sealed class DeviceConnection : IAsyncDisposable
{
    /// <summary>How answers are parsed.</summary>
    public static readonly ParseContext Context = new(MqttProtocolVersion.V5, PacketSender.Server);

    private const int WindowLimit = 256;
    private readonly PacketStream _packets;
    private readonly RunStatistics _statistics;
    private readonly TimeProvider _time;
    private readonly TimeSpan _pingAfter;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly SemaphoreSlim _window;
    private readonly Lock _gate = new();
    private readonly Stack<ushort> _freeIdentifiers = new();
    private readonly InFlight[] _inFlight; // by packet identifier
    private readonly ArrayBufferWriter<byte> _output = new(512);
    private readonly Task _reading;
    private long _sentAt;
    private volatile bool _isBroken;
    private volatile bool _isFinished;

    /// <summary>Takes over an accepted connection.</summary>
    public DeviceConnection(SimulatedDevice device, PacketStream packets, ConnAckPacket accepted, ushort keepAliveSeconds, RunStatistics statistics, TimeProvider time)
    {
        Device = device;
        Accepted = accepted;
        AcceptedAt = time.GetTimestamp();
        _sentAt = AcceptedAt;
        _packets = packets;
        _statistics = statistics;
        _time = time;
        _pingAfter = keepAliveSeconds == 0 ? TimeSpan.MaxValue : TimeSpan.FromSeconds(keepAliveSeconds / 2.0);
        int window = Math.Min(WindowLimit, (int)(accepted.Properties.ReceiveMaximum ?? ushort.MaxValue));
        _window = new SemaphoreSlim(window);
        _inFlight = new InFlight[window + 1];
        for (int identifier = window; identifier >= 1; identifier--)
        {
            _freeIdentifiers.Push((ushort)identifier);
        }

        _reading = ReadAnswersAsync();
    }

    /// <summary>The device.</summary>
    public SimulatedDevice Device { get; }

    /// <summary>The gateway's answer to CONNECT.</summary>
    public ConnAckPacket Accepted { get; }

    /// <summary>Timestamp of that answer.</summary>
    public long AcceptedAt { get; }

    /// <summary>Whether the connection is gone; then messages count as lost.</summary>
    public bool IsBroken => _isBroken;

    /// <summary>A reason code as people read it.</summary>
    public static string Describe(ReasonCode code, string? reason) =>
        $"{code} (0x{(byte)code:X2})" + (string.IsNullOrEmpty(reason) ? "" : $": {reason}");

    /// <summary>Publishes a message of the run; waits while the window is full.</summary>
    public Task PublishAsync(string topic, ReadOnlyMemory<byte> payload, CancellationToken cancellation) => SendAsync(topic, payload, isStatus: false, cancellation);

    /// <summary>Publishes the device's retained status, which is not counted among the messages of the run.</summary>
    public Task PublishStatusAsync(ReadOnlyMemory<byte> status, CancellationToken cancellation) => SendAsync(Device.StatusTopic, status, isStatus: true, cancellation);

    /// <summary>Pings when nothing was sent for half the keep-alive time.</summary>
    public async Task PingIfIdleAsync(CancellationToken cancellation)
    {
        if (!_isBroken && _time.GetElapsedTime(Volatile.Read(ref _sentAt)) >= _pingAfter)
        {
            await WriteAsync(MqttPacketWriter.WritePingReq, cancellation);
        }
    }

    /// <summary>Announces the device offline, waits for every missing acknowledgement and says goodbye.</summary>
    public async Task FinishAsync(CancellationToken cancellation)
    {
        await PublishStatusAsync(DeviceConnector.Offline, cancellation);
        for (int i = 1; i < _inFlight.Length && !_isBroken; i++)
        {
            await _window.WaitAsync(cancellation); // all of the window back: everything is answered
        }

        if (!_isBroken)
        {
            _isFinished = true;
            await WriteAsync(static output => MqttPacketWriter.Write(output, new DisconnectPacket(), MqttProtocolVersion.V5), cancellation);
        }
    }

    /// <summary>Closes the connection; what is not answered counts as lost.</summary>
    public async ValueTask DisposeAsync()
    {
        _isFinished = true;
        _packets.Dispose();
        await _reading;
    }

    private async Task SendAsync(string topic, ReadOnlyMemory<byte> payload, bool isStatus, CancellationToken cancellation)
    {
        if (!_isBroken)
        {
            await _window.WaitAsync(cancellation);
        }

        ushort identifier;
        lock (_gate)
        {
            if (_isBroken)
            {
                _window.Release(); // wakes the next one that waits, to find the same
                _statistics.CountLost(isStatus ? 0 : 1);
                return;
            }

            identifier = _freeIdentifiers.Pop();
            _inFlight[identifier] = new InFlight(_time.GetTimestamp(), topic, isStatus);
        }

        if (!isStatus)
        {
            _statistics.CountPublished();
        }

        await WriteAsync(output => WritePublish(output, topic, payload.Span, identifier, isStatus), cancellation);
    }

    private static void WritePublish(IBufferWriter<byte> output, string topic, ReadOnlySpan<byte> payload, ushort identifier, bool retain) =>
        MqttPacketWriter.WritePublish(output, MqttProtocolVersion.V5, new PublishPacket
        {
            Topic = Encoding.UTF8.GetBytes(topic),
            Payload = payload,
            PacketIdentifier = identifier,
            Qos = Qos.AtLeastOnce,
            Retain = retain,
        });

    private async Task WriteAsync(Action<IBufferWriter<byte>> write, CancellationToken cancellation)
    {
        await _sending.WaitAsync(cancellation);
        try
        {
            _output.ResetWrittenCount();
            write(_output);
            Volatile.Write(ref _sentAt, _time.GetTimestamp());
            // Without the token: half a packet would end the connection. Who cancels closes it in the end, and that ends the send.
            string failure = await _packets.SendAsync(_output.WrittenMemory);
            if (failure.Length > 0)
            {
                Break(failure);
            }
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReadAnswersAsync()
    {
        while (true)
        {
            ReceivedPacket packet = await _packets.ReceiveAsync();
            if (packet.Failure.Length > 0)
            {
                Break(packet.Failure);
                return;
            }

            if (packet.Header.Type == PacketType.PubAck)
            {
                TakeAnswer(packet);
            }
            else if (packet.Header.Type == PacketType.Disconnect)
            {
                string why = DisconnectPacket.TryParse(packet.Body.Span, Context, out DisconnectPacket? goodbye, out _) ? Describe(goodbye!.ReasonCode, goodbye.ReasonString) : "no reason given";
                Break($"the gateway disconnects: {why}");
            }
        }
    }

    private void TakeAnswer(in ReceivedPacket packet)
    {
        if (!AckPacket.TryParse(packet.Header, packet.Body.Span, Context, out AckPacket answer, out ParseError malformed))
        {
            Break($"a PUBACK cannot be read: {malformed}");
            return;
        }

        InFlight message;
        lock (_gate)
        {
            if (_isBroken || answer.PacketIdentifier >= _inFlight.Length || _inFlight[answer.PacketIdentifier].Topic is null)
            {
                return;
            }

            message = _inFlight[answer.PacketIdentifier];
            _inFlight[answer.PacketIdentifier] = default;
            _freeIdentifiers.Push(answer.PacketIdentifier);
        }

        _window.Release();
        if (answer.ReasonCode.IsFailure())
        {
            string trouble = $"{Device.Id}: publish to {message.Topic} refused: {Describe(answer.ReasonCode, answer.Properties.ReasonString)}";
            if (message.IsStatus)
            {
                _statistics.Note(trouble);
            }
            else
            {
                _statistics.CountRefused(trouble);
            }
        }
        else if (!message.IsStatus)
        {
            _statistics.CountAcknowledged(_time.GetElapsedTime(message.SentAt));
        }
    }

    private void Break(string why)
    {
        int lost;
        lock (_gate)
        {
            if (_isBroken)
            {
                return;
            }

            _isBroken = true;
            lost = _inFlight.Count(m => m.Topic is not null && !m.IsStatus);
        }

        _statistics.CountLost(lost);
        if (!_isFinished)
        {
            _statistics.Note($"{Device.Id}: connection lost: {why}");
        }

        _window.Release(); // wakes whoever waits for room, to find the connection broken
    }

    /// <summary>A message without its answer; the default is a free identifier.</summary>
    private readonly record struct InFlight(long SentAt, string? Topic, bool IsStatus);
}
