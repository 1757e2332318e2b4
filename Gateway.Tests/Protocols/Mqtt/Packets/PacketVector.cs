using System.Buffers;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Mqtt.Topics;

namespace Gateway.Tests.Protocols.Mqtt.Packets;

/// <summary>A packet, its bytes as the specification draws them, and how our writer is asked for it.</summary>
internal sealed record PacketVector(string Name, MqttProtocolVersion Version, PacketSender Sender, string Hex, Action<IBufferWriter<byte>> Write)
{
    private const MqttProtocolVersion V311 = MqttProtocolVersion.V311;
    private const MqttProtocolVersion V5 = MqttProtocolVersion.V5;
    private const PacketSender Client = PacketSender.Client;
    private const PacketSender Server = PacketSender.Server;
    private static readonly UserProperty[] User = [new("a", "b"), new("a", "c")];

    public byte[] Bytes => Convert.FromHexString(Hex.Replace(" ", "", StringComparison.Ordinal));

    public static IReadOnlyList<PacketVector> All { get; } =
    [
        new("connect 3.1.1 plain", V311, Client, "10 10 0004 4D515454 04 02 003C 0004 6465762D", o => MqttPacketWriter.Write(o, new ConnectPacket { Version = V311, ClientId = "dev-", KeepAliveSeconds = 60 })),
        new("connect 3.1.1 with all", V311, Client, "10 1D 0004 4D515454 04 EC 000A 0001 63 0003 742F77 0002 6279 0001 75 0002 7077", o => MqttPacketWriter.Write(o, new ConnectPacket
        {
            Version = V311, ClientId = "c", CleanStart = false, KeepAliveSeconds = 10, UserName = "u", Password = "pw"u8.ToArray(),
            Will = new Will { Topic = "t/w", Payload = "by"u8.ToArray(), Qos = Qos.AtLeastOnce, Retain = true },
        })),
        new("connect 5 plain", V5, Client, "10 0D 0004 4D515454 05 02 0000 00 0000", o => MqttPacketWriter.Write(o, new ConnectPacket { Version = V5, ClientId = "" })),
        new("connect 5 with all", V5, Client,
            "10 56 0004 4D515454 05 D6 001E 2B 1100000E10 21000A 2700010000 220005 1901 1700 15000178 16000201FF 26000161000162 26000161000163"
            + " 0001 63 10 1800000005 0101 020000003C 030001 6A 0001 77 0001 00 0001 75 0001 70",
            o => MqttPacketWriter.Write(o, new ConnectPacket
            {
                Version = V5, ClientId = "c", KeepAliveSeconds = 30, UserName = "u", Password = "p"u8.ToArray(),
                Properties = new ConnectProperties
                {
                    SessionExpiryIntervalSeconds = 3600, ReceiveMaximum = 10, MaximumPacketSizeBytes = 65536, TopicAliasMaximum = 5,
                    RequestResponseInformation = true, RequestProblemInformation = false, AuthenticationMethod = "x",
                    AuthenticationData = new byte[] { 1, 255 }, UserProperties = User,
                },
                Will = new Will
                {
                    Topic = "w", Payload = new byte[] { 0 }, Qos = Qos.ExactlyOnce, DelayIntervalSeconds = 5,
                    Properties = new PublishProperties { PayloadIsUtf8 = true, MessageExpiryIntervalSeconds = 60, ContentType = "j" },
                },
            })),
        new("connack 3.1.1", V311, Server, "20 02 01 00", o => MqttPacketWriter.Write(o, new ConnAckPacket(true, ReasonCode.Success), V311)),
        new("connack 3.1.1 refused", V311, Server, "20 02 00 05", o => MqttPacketWriter.Write(o, new ConnAckPacket(false, ReasonCode.NotAuthorized), V311)),
        new("connack 5", V5, Server, "20 03 00 00 00", o => MqttPacketWriter.Write(o, new ConnAckPacket(false, ReasonCode.Success), V5)),
        new("connack 5 with all", V5, Server,
            "20 46 01 00 43 1100000001 210002 2401 2500 2700000400 12000169 220003 1F000172 2800 2901 2A00 130004 1A000169 1C000173 1500016D 160001AA 26000161000162 26000161000163",
            o => MqttPacketWriter.Write(o, new ConnAckPacket(true, ReasonCode.Success)
            {
                Properties = new ConnAckProperties
                {
                    SessionExpiryIntervalSeconds = 1, ReceiveMaximum = 2, MaximumQos = 1, RetainAvailable = false, MaximumPacketSizeBytes = 1024,
                    AssignedClientIdentifier = "i", TopicAliasMaximum = 3, ReasonString = "r", WildcardSubscriptionAvailable = false,
                    SubscriptionIdentifierAvailable = true, SharedSubscriptionAvailable = false, ServerKeepAliveSeconds = 4,
                    ResponseInformation = "i", ServerReference = "s", AuthenticationMethod = "m", AuthenticationData = new byte[] { 0xAA }, UserProperties = User,
                },
            }, V5)),
        new("publish 3.1.1 qos 0", V311, Client, "30 07 0003 612F62 6869", o => MqttPacketWriter.WritePublish(o, V311, new PublishPacket { Topic = "a/b"u8, Payload = "hi"u8 })),
        new("publish 3.1.1 qos 1 dup retain", V311, Client, "3B 09 0003 612F62 000A 6869", o => MqttPacketWriter.WritePublish(o, V311, new PublishPacket { Topic = "a/b"u8, Payload = "hi"u8, Qos = Qos.AtLeastOnce, PacketIdentifier = 10, Dup = true, Retain = true })),
        new("publish 3.1.1 qos 2 empty", V311, Server, "34 07 0003 612F62 FFFF", o => MqttPacketWriter.WritePublish(o, V311, new PublishPacket { Topic = "a/b"u8, Qos = Qos.ExactlyOnce, PacketIdentifier = 65535 })),
        new("publish 5 plain", V5, Client, "32 09 0003 612F62 0001 00 7E", o => MqttPacketWriter.WritePublish(o, V5, new PublishPacket { Topic = "a/b"u8, Payload = "~"u8, Qos = Qos.AtLeastOnce, PacketIdentifier = 1 })),
        new("publish 5 alias only", V5, Client, "30 06 0000 03 230001", o => MqttPacketWriter.WritePublish(o, V5, default, new PublishAdditions { TopicAlias = 1 })),
        new("publish 5 with all", V5, Server,
            "34 31 0001 74 0102 2A 0101 020000000A 230007 08000172 09000299FF 0B01 0BFF7F 030001 6A 26000161000162 26000161000163 00",
            o => MqttPacketWriter.WritePublish(o, V5, new PublishPacket
            {
                Topic = "t"u8, PacketIdentifier = 0x0102, Qos = Qos.ExactlyOnce, Payload = [0],
                Properties = new PublishProperties
                {
                    PayloadIsUtf8 = true, MessageExpiryIntervalSeconds = 10, TopicAlias = 7, ResponseTopic = "r", CorrelationData = new byte[] { 0x99, 0xFF },
                    SubscriptionIdentifiers = [1, 16383], ContentType = "j", UserProperties = User,
                }.ToBytes(),
            })),
        new("puback", V311, Client, "40 02 0001", o => MqttPacketWriter.WritePubAck(o, 1)),
        new("pubrec", V5, Server, "50 02 0102", o => MqttPacketWriter.WriteAck(o, PacketType.PubRec, 0x0102)),
        new("pubrel", V311, Client, "62 02 0001", o => MqttPacketWriter.WriteAck(o, PacketType.PubRel, 1)),
        new("pubcomp", V311, Server, "70 02 0001", o => MqttPacketWriter.WriteAck(o, PacketType.PubComp, 1)),
        new("puback 5 reason", V5, Server, "40 03 0001 97", o => MqttPacketWriter.Write(o, new AckPacket(PacketType.PubAck, 1, ReasonCode.QuotaExceeded), V5)),
        new("pubrel 5 properties", V5, Client, "62 0F 0001 92 0B 1F000172 26000161000162", o => MqttPacketWriter.Write(o, new AckPacket(PacketType.PubRel, 1, ReasonCode.PacketIdentifierNotFound) { Properties = new AckProperties { ReasonString = "r", UserProperties = [User[0]] } }, V5)),
        new("subscribe 3.1.1", V311, Client, "82 0B 000A 0001 2B 01 0002 612F 02", o => MqttPacketWriter.Write(o, new SubscribePacket { PacketIdentifier = 10, Requests = [new(Filter("+"), new(Qos.AtLeastOnce)), new(Filter("a/"), new(Qos.ExactlyOnce))] }, V311)),
        new("subscribe 5 with all", V5, Client, "82 15 0001 0A 0B8001 26000161000162 0001 23 2E 0001 2B 10", o => MqttPacketWriter.Write(o, new SubscribePacket
        {
            PacketIdentifier = 1, SubscriptionIdentifier = 128, UserProperties = [User[0]],
            Requests = [new(Filter("#"), new(Qos.ExactlyOnce, NoLocal: true, RetainAsPublished: true, RetainHandling.DoNotSend)), new(Filter("+"), new(Qos.AtMostOnce, RetainHandling: RetainHandling.SendIfNew))],
        }, V5)),
        new("subscribe 5 shared", V5, Client, "82 10 0001 00 000A 2473686172652F672F61 01", o => MqttPacketWriter.Write(o, new SubscribePacket { PacketIdentifier = 1, Requests = [new(Filter("$share/g/a"), new(Qos.AtLeastOnce))] }, V5)),
        new("suback 3.1.1", V311, Server, "90 05 000A 00 02 80", o => MqttPacketWriter.Write(o, new SubAckPacket { PacketIdentifier = 10, Codes = [ReasonCode.Success, ReasonCode.GrantedQos2, ReasonCode.NotAuthorized] }, V311)),
        new("suback 5", V5, Server, "90 09 000A 04 1F000172 01 87", o => MqttPacketWriter.Write(o, new SubAckPacket { PacketIdentifier = 10, Codes = [ReasonCode.GrantedQos1, ReasonCode.NotAuthorized], Properties = new AckProperties { ReasonString = "r" } }, V5)),
        new("unsubscribe 3.1.1", V311, Client, "A2 05 0001 0001 23", o => MqttPacketWriter.Write(o, new UnsubscribePacket { PacketIdentifier = 1, Filters = [Filter("#")] }, V311)),
        new("unsubscribe 5", V5, Client, "A2 10 0001 07 26000161000162 0001 23 0001 2B", o => MqttPacketWriter.Write(o, new UnsubscribePacket { PacketIdentifier = 1, Filters = [Filter("#"), Filter("+")], UserProperties = [User[0]] }, V5)),
        new("unsuback 3.1.1", V311, Server, "B0 02 0001", o => MqttPacketWriter.Write(o, new UnsubAckPacket { PacketIdentifier = 1, Codes = [ReasonCode.Success] }, V311)),
        new("unsuback 5", V5, Server, "B0 05 0001 00 00 11", o => MqttPacketWriter.Write(o, new UnsubAckPacket { PacketIdentifier = 1, Codes = [ReasonCode.Success, ReasonCode.NoSubscriptionExisted] }, V5)),
        new("pingreq", V311, Client, "C0 00", MqttPacketWriter.WritePingReq),
        new("pingresp", V5, Server, "D0 00", MqttPacketWriter.WritePingResp),
        new("disconnect 3.1.1", V311, Client, "E0 00", o => MqttPacketWriter.Write(o, new DisconnectPacket(), V311)),
        new("disconnect 5 normal", V5, Client, "E0 00", o => MqttPacketWriter.Write(o, new DisconnectPacket(), V5)),
        new("disconnect 5 taken over", V5, Server, "E0 01 8E", o => MqttPacketWriter.Write(o, new DisconnectPacket(ReasonCode.SessionTakenOver), V5)),
        new("disconnect 5 from client", V5, Client, "E0 12 04 10 1100000000 1F000172 26000161000162", o => MqttPacketWriter.Write(o, new DisconnectPacket(ReasonCode.DisconnectWithWillMessage) { SessionExpiryIntervalSeconds = 0, ReasonString = "r", UserProperties = [User[0]] }, V5)),
        new("disconnect 5 moved", V5, Server, "E0 06 9D 04 1C000168", o => MqttPacketWriter.Write(o, new DisconnectPacket(ReasonCode.ServerMoved) { ServerReference = "h" }, V5)),
        new("auth 5 empty", V5, Server, "F0 00", o => MqttPacketWriter.Write(o, new AuthPacket())),
        new("auth 5", V5, Client, "F0 15 18 13 15000178 16000101 1F000172 26000161000162", o => MqttPacketWriter.Write(o, new AuthPacket(ReasonCode.ContinueAuthentication) { AuthenticationMethod = "x", AuthenticationData = new byte[] { 1 }, ReasonString = "r", UserProperties = [User[0]] })),
    ];

    public static TheoryData<string> Names => [.. All.Select(v => v.Name)];

    public static PacketVector Find(string name) => All.Single(v => v.Name == name);

    public static TopicFilter Filter(string text) => TopicFilter.TryParse(text, out TopicFilter filter) ? filter : throw new ArgumentException(text);
}
