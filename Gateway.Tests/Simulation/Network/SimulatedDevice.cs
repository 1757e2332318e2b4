using System.Buffers;
using System.Globalization;
using System.Text;
using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Tests.Simulation.Network;

/// <summary>
/// A device with its own ledger: what it sent, in which order, what was acknowledged. After a lost connection it comes back and sends
/// again what was not acknowledged: with DUP where its session is still there, as a new message where it is not.
/// </summary>
internal sealed class SimulatedDevice
{
    private const int KeepAliveSeconds = 60;

    private readonly SimulationRandom _random;
    private readonly SimulationTrace _trace;
    private readonly string _kind;
    private readonly MqttProtocolVersion _version;
    private readonly bool _cleanStart;
    private readonly uint _expirySeconds;
    private readonly bool _marksEverythingAgain;
    private readonly int _window;
    private readonly int _qosPerMille;
    private byte[] _received = [];

    public SimulatedDevice(string id, string kind, SimulationRandom random, SimulationTrace trace)
    {
        (Id, _kind, _random, _trace) = (id, kind, random, trace);
        _version = random.Of(MqttProtocolVersion.V311, MqttProtocolVersion.V5);
        _cleanStart = random.PerMille(300);
        _expirySeconds = _cleanStart ? 0 : random.Of(20u, 600u, 86_400u);
        _marksEverythingAgain = random.PerMille(200);
        _window = random.Between(1, 7);
        _qosPerMille = random.Of(0, 500, 900, 1000);
        trace.Add($"device {id}: {_version} clean {_cleanStart} expiry {_expirySeconds} window {_window} qos2 {_qosPerMille}");
    }

    /// <summary>Device and client id.</summary>
    public string Id { get; }

    /// <summary>Its connection; null when it has none.</summary>
    public SimulatedLink? Link { get; private set; }

    /// <summary>Whether the gateway has let it in.</summary>
    public bool IsIn { get; private set; }

    /// <summary>Everything it ever wanted to say, by number.</summary>
    public List<SentMessage> Messages { get; } = [];

    /// <summary>Whether a start of the gateway may not know its session, so that a QoS 2 message may be stored twice; see README.md.</summary>
    public bool MayLoseSession { get; set; }

    /// <summary>Numbers of messages as they went onto the wire, again and again.</summary>
    public List<int> Wire { get; } = [];

    /// <summary>Whether nothing of it is under way.</summary>
    public bool IsSettled => Messages.TrueForAll(m => m.State == SentState.Done);

    private int InFlight => Messages.Count(m => m.State is SentState.Sent or SentState.Received);

    private ParseContext Context => new(_version, PacketSender.Server);

    /// <summary>Opens a connection; an earlier one is left to itself.</summary>
    public void Connect(SimulatedLink link)
    {
        Link = link;
        IsIn = false;
        _received = [];
        Send(o => MqttPacketWriter.Write(o, new ConnectPacket
        {
            Version = _version,
            ClientId = Id,
            CleanStart = _cleanStart,
            KeepAliveSeconds = KeepAliveSeconds,
            Properties = _version == MqttProtocolVersion.V5 ? new ConnectProperties { SessionExpiryIntervalSeconds = _expirySeconds } : ConnectProperties.None,
        }));
    }

    /// <summary>Its connection is gone, and it knows.</summary>
    public void Lost()
    {
        Link = null;
        IsIn = false;
    }

    /// <summary>Whether it can say something new.</summary>
    public bool MayPublish => IsIn && InFlight < _window;

    /// <summary>Says something new, or what is waiting to be said.</summary>
    public void Publish(long nowMilliseconds)
    {
        SentMessage? waiting = Messages.Find(m => m.State == SentState.New);
        SentMessage message = waiting ?? Invent(nowMilliseconds);
        if (waiting is null)
        {
            Messages.Add(message);
        }

        SendFirst(message);
    }

    /// <summary>Says what is waiting to be said, and nothing new.</summary>
    public void PublishWaiting()
    {
        if (Messages.Find(m => m.State == SentState.New) is { } message)
        {
            SendFirst(message);
        }
    }

    /// <summary>A sign of life.</summary>
    public void Ping() => Send(MqttPacketWriter.WritePingReq);

    /// <summary>Takes what the network brings.</summary>
    public void Take(byte[] bytes)
    {
        _received = [.. _received, .. bytes];
        while (Link is not null && FixedHeader.TryRead(_received, int.MaxValue, out FixedHeader header) == FrameStatus.Ok && header.TotalLengthBytes <= _received.Length)
        {
            byte[] body = _received.AsSpan(header.HeaderLengthBytes, header.BodyLengthBytes).ToArray();
            _received = _received[header.TotalLengthBytes..];
            Take(header, body);
        }
    }

    private void Take(in FixedHeader header, byte[] body)
    {
        switch (header.Type)
        {
            case PacketType.ConnAck:
                SimulationFailure.Unless(ConnAckPacket.TryParse(body, Context, out ConnAckPacket? answer, out _), $"{Id}: a CONNACK that cannot be read");
                Enter(answer!);
                break;
            case PacketType.PubAck or PacketType.PubRec or PacketType.PubComp:
                SimulationFailure.Unless(AckPacket.TryParse(header, body, Context, out AckPacket ack, out _), $"{Id}: a {header.Type} that cannot be read");
                Take(ack);
                break;
            case PacketType.Disconnect:
                _trace.Add($"{Id}: told to go");
                Link!.ClientLeaves(reset: false);
                Lost();
                break;
            case PacketType.PingResp:
                break;
            default:
                throw new SimulationFailure($"{Id}: a {header.Type} that nobody asked for");
        }
    }

    private void Enter(ConnAckPacket answer)
    {
        _trace.Add($"{Id}: CONNACK {answer.ReasonCode} session {answer.SessionPresent}");
        if (answer.ReasonCode != ReasonCode.Success)
        {
            return;
        }

        SimulationFailure.Unless(!answer.SessionPresent || !_cleanStart, $"{Id}: a session that it did not want");
        IsIn = true;
        foreach (SentMessage message in Messages.Where(m => m.State is SentState.Sent or SentState.Received).ToList())
        {
            if (!answer.SessionPresent)
            {
                // What the gateway has of it is gone, but for the message, if it was acknowledged.
                message.IsSentAnew |= message.State == SentState.Sent;
                message.State = message.State == SentState.Received ? SentState.Done : SentState.New;
                if (message.State == SentState.New)
                {
                    SendFirst(message);
                }
            }
            else if (message.State == SentState.Received)
            {
                SendAck(PacketType.PubRel, message.PacketIdentifier);
            }
            else
            {
                Transmit(message, isAgain: true);
            }
        }
    }

    private void Take(in AckPacket ack)
    {
        ushort identifier = ack.PacketIdentifier;
        SentState expected = ack.Type == PacketType.PubComp ? SentState.Received : SentState.Sent;
        Qos qos = ack.Type == PacketType.PubAck ? Qos.AtLeastOnce : Qos.ExactlyOnce;
        SentMessage message = Messages.Find(m => m.State == expected && m.Qos == qos && m.PacketIdentifier == identifier)
            ?? throw new SimulationFailure($"{Id}: a {ack.Type} {identifier} for nothing it sent");
        _trace.Add($"{Id}: {ack.Type} {identifier} {ack.ReasonCode} for {message.Number}");
        if (ack.Type == PacketType.PubComp)
        {
            message.State = SentState.Done;
        }
        else if (ack.ReasonCode.IsFailure())
        {
            // A message that was refused may be in the log after the gateway's next start.
            message.IsSentAnew = true;
            message.State = SentState.New;
        }
        else
        {
            message.IsAcknowledged = true;
            message.State = qos == Qos.AtLeastOnce ? SentState.Done : SentState.Received;
            if (qos == Qos.ExactlyOnce)
            {
                SendAck(PacketType.PubRel, identifier);
            }
        }
    }

    private void SendFirst(SentMessage message)
    {
        if (message.Qos == Qos.AtMostOnce)
        {
            Transmit(message, isAgain: false);
            message.State = SentState.Done;
            return;
        }

        HashSet<ushort> used = [.. Messages.Where(m => m.State is SentState.Sent or SentState.Received).Select(m => m.PacketIdentifier)];
        ushort identifier = 1;
        while (used.Contains(identifier))
        {
            identifier++;
        }

        message.PacketIdentifier = identifier;
        message.State = SentState.Sent;
        Transmit(message, isAgain: message.IsSentAnew && _marksEverythingAgain);
    }

    private void Transmit(SentMessage message, bool isAgain)
    {
        Wire.Add(message.Number);
        _trace.Add($"{Id}: PUBLISH {message.Number} {message.Qos} id {message.PacketIdentifier} dup {isAgain}");
        Send(o => MqttPacketWriter.WritePublish(o, _version, new PublishPacket
        {
            Topic = Encoding.UTF8.GetBytes(message.Topic),
            Payload = Encoding.UTF8.GetBytes(message.Payload),
            Qos = message.Qos,
            PacketIdentifier = message.Qos == Qos.AtMostOnce ? (ushort)0 : message.PacketIdentifier,
            Dup = isAgain,
        }));
    }

    private void SendAck(PacketType type, ushort identifier) => Send(o => MqttPacketWriter.Write(o, new AckPacket(type, identifier), _version));

    private void Send(Action<IBufferWriter<byte>> write)
    {
        ArrayBufferWriter<byte> bytes = new();
        write(bytes);
        Link!.ToGateway.Add(bytes.WrittenSpan);
    }

    private SentMessage Invent(long now)
    {
        int number = Messages.Count;
        bool isGood = !_random.PerMille(40);
        string head = string.Create(CultureInfo.InvariantCulture, $"{{\"ts\":{now - _random.Below(3000)},\"seq\":{number},");
        string values = _kind switch
        {
            "smoke" => string.Create(CultureInfo.InvariantCulture, $"\"smoke_density\":{_random.Below(400) / 1000.0},\"temperature\":{_random.Between(15, 80)}}}"),
            "flood" => string.Create(CultureInfo.InvariantCulture, $"\"water_level\":{_random.Below(80) / 100.0}}}"),
            _ => $"\"event\":\"{_random.Of("door_forced", "door_closed", "door_opened", "tamper", "door_held_open")}\",\"door\":\"D-1\"}}",
        };
        return new SentMessage
        {
            Number = number,
            Topic = $"city/v1/{_kind}/{Id}/telemetry",
            Payload = isGood ? head + values : string.Create(CultureInfo.InvariantCulture, $"not json {number}"),
            Qos = _random.PerMille(100) ? Qos.AtMostOnce : _random.PerMille(_qosPerMille) ? Qos.ExactlyOnce : Qos.AtLeastOnce,
            IsGood = isGood,
        };
    }
}
