using System.Buffers;
using System.Text;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Mqtt.Topics;

namespace Gateway.Tests.Protocols.Mqtt.Packets;

/// <summary>Valid packets of every type, chosen by a seed.</summary>
internal sealed class RandomPackets(int seed)
{
    private static readonly string[] Texts = ["a", "city/v1", "七层", "😀", "﻿x", "with space", new string('x', 300)];
    private static readonly string[] Filters = ["#", "+", "a/+/b", "+/#", "$share/g/a/#", "/", "a//b", "$SYS/#", "城市/+"];
    private readonly Random _random = new(seed);

    /// <summary>Writes one packet; says who may send it.</summary>
    public PacketSender Write(IBufferWriter<byte> output, PacketType type, MqttProtocolVersion version)
    {
        bool isV5 = version == MqttProtocolVersion.V5;
        ushort id = (ushort)_random.Next(1, 65536);
        switch (type)
        {
            case PacketType.Connect:
                MqttPacketWriter.Write(output, Connect(version));
                return PacketSender.Client;
            case PacketType.ConnAck:
                MqttPacketWriter.Write(output, new ConnAckPacket(Coin(), ReasonCode.Success) { Properties = isV5 ? ConnAck() : ConnAckProperties.None }, version);
                return PacketSender.Server;
            case PacketType.Publish:
                PublishPacket publish = new()
                {
                    Topic = Encoding.UTF8.GetBytes(Text()),
                    Payload = Bytes(),
                    Qos = (Qos)_random.Next(3),
                    PacketIdentifier = id,
                    Retain = Coin(),
                    Properties = isV5 ? Publish(fromServer: true).ToBytes() : [],
                };
                MqttPacketWriter.WritePublish(output, version, publish);
                return PacketSender.Server;
            case PacketType.PubAck or PacketType.PubRec or PacketType.PubRel or PacketType.PubComp:
                MqttPacketWriter.Write(output, new AckPacket(type, id) { Properties = isV5 ? Ack() : AckProperties.None }, version);
                return PacketSender.Client;
            case PacketType.Subscribe:
                MqttPacketWriter.Write(output, Subscribe(id, isV5), version);
                return PacketSender.Client;
            case PacketType.SubAck:
                MqttPacketWriter.Write(output, new SubAckPacket { PacketIdentifier = id, Codes = [ReasonCode.GrantedQos1, ReasonCode.UnspecifiedError], Properties = Ack() }, version);
                return PacketSender.Server;
            case PacketType.Unsubscribe:
                MqttPacketWriter.Write(output, new UnsubscribePacket { PacketIdentifier = id, Filters = [Filter(), Filter()], UserProperties = User() }, version);
                return PacketSender.Client;
            case PacketType.UnsubAck:
                MqttPacketWriter.Write(output, new UnsubAckPacket { PacketIdentifier = id, Codes = [ReasonCode.Success, ReasonCode.NoSubscriptionExisted], Properties = Ack() }, version);
                return PacketSender.Server;
            case PacketType.Disconnect:
                MqttPacketWriter.Write(output, new DisconnectPacket(isV5 ? ReasonCode.QuotaExceeded : 0) { SessionExpiryIntervalSeconds = Maybe((uint)id), ReasonString = MaybeText(), UserProperties = User() }, version);
                return PacketSender.Client;
            case PacketType.Auth when isV5:
                MqttPacketWriter.Write(output, new AuthPacket(ReasonCode.ContinueAuthentication) { AuthenticationMethod = "m", AuthenticationData = Bytes(), ReasonString = MaybeText(), UserProperties = User() });
                return PacketSender.Client;
            case PacketType.PingResp:
                MqttPacketWriter.WritePingResp(output);
                return PacketSender.Server;
            default:
                MqttPacketWriter.WritePingReq(output);
                return PacketSender.Client;
        }
    }

    private ConnectPacket Connect(MqttProtocolVersion version)
    {
        bool isV5 = version == MqttProtocolVersion.V5;
        string? user = MaybeText();
        return new ConnectPacket
        {
            Version = version,
            ClientId = Text(),
            CleanStart = Coin(),
            KeepAliveSeconds = (ushort)_random.Next(65536),
            UserName = user,
            Password = user is not null && Coin() ? Bytes() : default(ReadOnlyMemory<byte>?),
            Will = Coin() ? null : new Will
            {
                Topic = Text(),
                Payload = Bytes(),
                Qos = (Qos)_random.Next(3),
                Retain = Coin(),
                DelayIntervalSeconds = isV5 ? (uint)_random.Next(100) : 0,
                Properties = isV5 ? Publish(fromServer: false) with { TopicAlias = null } : PublishProperties.None,
            },
            Properties = !isV5 ? ConnectProperties.None : new ConnectProperties
            {
                SessionExpiryIntervalSeconds = Maybe(uint.MaxValue),
                ReceiveMaximum = (ushort?)Maybe(7),
                MaximumPacketSizeBytes = Maybe(1),
                TopicAliasMaximum = (ushort?)Maybe(0),
                RequestProblemInformation = Coin(),
                AuthenticationMethod = "m",
                AuthenticationData = Bytes(),
                UserProperties = User(),
            },
        };
    }

    private ConnAckProperties ConnAck() => new()
    {
        SessionExpiryIntervalSeconds = Maybe(9),
        ReceiveMaximum = (ushort?)Maybe(65535),
        MaximumQos = (byte?)Maybe(1),
        AssignedClientIdentifier = MaybeText(),
        ReasonString = MaybeText(),
        ServerKeepAliveSeconds = (ushort?)Maybe(5),
        ResponseInformation = MaybeText(),
        UserProperties = User(),
    };

    private PublishProperties Publish(bool fromServer) => new()
    {
        PayloadIsUtf8 = Coin() ? Coin() : null,
        MessageExpiryIntervalSeconds = Maybe(uint.MaxValue),
        TopicAlias = (ushort?)Maybe(1),
        ResponseTopic = MaybeText(),
        CorrelationData = Coin() ? Bytes() : default(ReadOnlyMemory<byte>?),
        ContentType = MaybeText(),
        SubscriptionIdentifiers = fromServer && Coin() ? [1, 128, 268_435_455] : [],
        UserProperties = User(),
    };

    private AckProperties Ack() => new() { ReasonString = MaybeText(), UserProperties = User() };

    private SubscribePacket Subscribe(ushort id, bool isV5) => new()
    {
        PacketIdentifier = id,
        SubscriptionIdentifier = isV5 ? (uint)_random.Next(3) * 100 : 0,
        UserProperties = User(),
        Requests = [.. Enumerable.Range(0, _random.Next(1, 5)).Select(_ => Filter()).Select(f => new SubscriptionRequest(f, isV5
            ? new SubscriptionOptions((Qos)_random.Next(3), Coin() && !f.IsShared, Coin(), (RetainHandling)_random.Next(3))
            : new SubscriptionOptions((Qos)_random.Next(3))))],
    };

    private TopicFilter Filter() => PacketVector.Filter(Filters[_random.Next(Filters.Length)]);

    private List<UserProperty> User() => [.. Enumerable.Range(0, _random.Next(4)).Select(_ => new UserProperty(Text(), Text()))];

    private byte[] Bytes()
    {
        byte[] bytes = new byte[_random.Next(200)];
        _random.NextBytes(bytes);
        return bytes;
    }

    private bool Coin() => _random.Next(2) == 0;

    private uint? Maybe(uint value) => Coin() ? value : null;

    private string Text() => Texts[_random.Next(Texts.Length)];

    private string? MaybeText() => Coin() ? Text() : null;
}
