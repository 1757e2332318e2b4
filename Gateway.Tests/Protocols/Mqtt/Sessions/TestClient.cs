using System.Buffers;
using System.Text;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Mqtt.Sessions;
using Gateway.Protocols.Mqtt.Topics;
using Gateway.Protocols.Readings;

namespace Gateway.Tests.Protocols.Mqtt.Sessions;

/// <summary>A client of one server connection without a network: it writes packets with our codec and lists what the server wrote.</summary>
internal sealed class TestClient
{
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly ArrayBufferWriter<byte> _input = new();

    public TestClient(MqttProtocolVersion version = MqttProtocolVersion.V5, MqttLimits? limits = null)
    {
        Version = version;
        Limits = limits ?? new MqttLimits();
        Server = new MqttServerConnection(Limits);
    }

    public static EventTime Start { get; } = new(1_769_504_400_000);

    public MqttProtocolVersion Version { get; }

    public MqttLimits Limits { get; }

    public MqttServerConnection Server { get; }

    public EventTime Now { get; set; } = Start;

    public MqttSession Session => Server.Session!;

    public IBufferWriter<byte> Output => _output;

    /// <summary>Connects, with a new session unless one is given; the CONNACK is the first answer.</summary>
    public TestClient Connect(MqttSession? session = null, ConnectPacket? packet = null)
    {
        packet ??= new ConnectPacket { Version = Version, ClientId = "dev", CleanStart = session is null };
        Assert.True(TryConnect(packet));
        bool present = session is not null;
        Server.Accept(new ConnectAcceptance { Session = session ?? new MqttSession("dev", Limits), SessionPresent = present }, Now, _output);
        return this;
    }

    public bool TryConnect(ConnectPacket packet)
    {
        byte[] bytes = Written(o => MqttPacketWriter.Write(o, packet));
        return TryConnect(bytes);
    }

    public bool TryConnect(byte[] bytes)
    {
        Assert.Equal(FrameStatus.Ok, FixedHeader.TryRead(bytes, int.MaxValue, out FixedHeader header));
        return Server.TryReceiveConnect(header, bytes.AsSpan(header.HeaderLengthBytes), _output, out _);
    }

    public ReceiveResult Send(Action<IBufferWriter<byte>> write) => Send(Written(write));

    public ReceiveResult Send(string hex) => Send(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));

    public ReceiveResult Ack(PacketType type, ushort id, ReasonCode reason = ReasonCode.Success) =>
        Send(o => MqttPacketWriter.Write(o, new AckPacket(type, id, reason), Version));

    public InboundVerdict Publish(ushort id, Qos qos, string topic = "t", PublishProperties? properties = null) => Publish(id, qos, topic, properties, out _);

    public InboundVerdict Publish(ushort id, Qos qos, string topic, PublishProperties? properties, out string resolvedTopic)
    {
        byte[] bytes = Written(o => MqttPacketWriter.WritePublish(o, Version, new PublishPacket
        {
            Topic = Encoding.UTF8.GetBytes(topic),
            PacketIdentifier = id,
            Qos = qos,
            Payload = "p"u8,
            Properties = properties?.ToBytes() ?? [],
        }));
        FixedHeader.TryRead(bytes, int.MaxValue, out FixedHeader header);
        InboundVerdict verdict = Server.ReceivePublish(header, bytes.AsSpan(header.HeaderLengthBytes), Now, _output, out PublishPacket packet);
        resolvedTopic = Encoding.UTF8.GetString(packet.Topic);
        return verdict;
    }

    public bool Acknowledge(ushort id, Qos qos, ReasonCode reason = ReasonCode.Success) => Server.Acknowledge(new PendingAck(id, qos, reason), _output);

    public DeliveryOutcome Deliver(string topic, Qos qos, bool connected = true, uint? expirySeconds = null, int payloadBytes = 1) =>
        Session.Deliver(Message(topic, qos, Now, expirySeconds, payloadBytes), qos, false, [], Now, connected ? _output : null);

    public static MqttMessage Message(string topic, Qos qos, EventTime receivedAt, uint? expirySeconds = null, int payloadBytes = 1) => new()
    {
        Topic = Encoding.UTF8.GetBytes(topic),
        Payload = new byte[payloadBytes],
        Qos = qos,
        ReceivedAt = receivedAt,
        ExpiryIntervalSeconds = expirySeconds,
    };

    /// <summary>What the server wrote since the last call, one line a packet, for example <c>PUBLISH t q1 #1 dup</c>.</summary>
    public string[] Answers()
    {
        List<string> lines = [];
        ReadOnlySpan<byte> rest = _output.WrittenSpan;
        while (!rest.IsEmpty)
        {
            Assert.Equal(FrameStatus.Ok, FixedHeader.TryRead(rest, int.MaxValue, out FixedHeader header));
            lines.Add(Describe(header, rest.Slice(header.HeaderLengthBytes, header.BodyLengthBytes)));
            rest = rest[header.TotalLengthBytes..];
        }

        _output.ResetWrittenCount();
        return [.. lines];
    }

    public static SubscribePacket Subscribe(params string[] filters) => new()
    {
        PacketIdentifier = 9,
        Requests = [.. filters.Select(f => new SubscriptionRequest(TopicFilter.TryParse(f, out TopicFilter filter) ? filter : throw new ArgumentException(f), new SubscriptionOptions(Qos.AtLeastOnce)))],
    };

    private ReceiveResult Send(byte[] bytes)
    {
        Assert.Equal(FrameStatus.Ok, FixedHeader.TryRead(bytes, int.MaxValue, out FixedHeader header));
        return Server.Receive(header, bytes.AsSpan(header.HeaderLengthBytes), Now, _output);
    }

    private byte[] Written(Action<IBufferWriter<byte>> write)
    {
        _input.ResetWrittenCount();
        write(_input);
        return _input.WrittenSpan.ToArray();
    }

    private string Describe(in FixedHeader header, ReadOnlySpan<byte> body)
    {
        ParseContext context = new(Version, PacketSender.Server);
        ParseError error;
        switch (header.Type)
        {
            case PacketType.ConnAck when ConnAckPacket.TryParse(body, context, out ConnAckPacket? ack, out error):
                return $"CONNACK {ack!.ReasonCode}{(ack.SessionPresent ? " present" : "")}";
            case PacketType.Publish when PublishPacket.TryParse(header, body, context, out PublishPacket p, out error):
                string topic = p.Topic.IsEmpty ? $"alias {p.TopicAlias}" : p.TopicAlias == 0 ? Encoding.UTF8.GetString(p.Topic) : $"{Encoding.UTF8.GetString(p.Topic)} = alias {p.TopicAlias}";
                string expiry = p.MessageExpiryIntervalSeconds is uint left ? $" expires {left}" : "";
                return $"PUBLISH {topic} q{(int)p.Qos}{(p.Qos == 0 ? "" : $" #{p.PacketIdentifier}")}{(p.Dup ? " dup" : "")}{(p.Retain ? " retain" : "")}{expiry}";
            case PacketType.PubAck or PacketType.PubRec or PacketType.PubRel or PacketType.PubComp when AckPacket.TryParse(header, body, context, out AckPacket a, out error):
                return $"{a.Type.ToString().ToUpperInvariant()} #{a.PacketIdentifier}{(a.ReasonCode == 0 ? "" : $" {a.ReasonCode}")}";
            case PacketType.SubAck when SubAckPacket.TryParse(body, context, out SubAckPacket? s, out error):
                return $"SUBACK #{s!.PacketIdentifier} {string.Join(' ', s.Codes)}";
            case PacketType.UnsubAck when UnsubAckPacket.TryParse(body, context, out UnsubAckPacket? u, out error):
                return $"UNSUBACK #{u!.PacketIdentifier}{string.Concat(u.Codes.Select(c => $" {c}"))}";
            case PacketType.Disconnect when DisconnectPacket.TryParse(body, context, out DisconnectPacket? d, out error):
                return $"DISCONNECT {d!.ReasonCode}";
            default:
                return header.Type.ToString().ToUpperInvariant();
        }
    }
}
