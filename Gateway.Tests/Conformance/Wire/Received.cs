using System.Text;
using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Tests.Conformance.Wire;

/// <summary>A packet that came from the server, taken apart; its text is its bytes. A packet that is not well formed fails the test.</summary>
public sealed class Received
{
    private readonly byte[] _bytes;

    /// <summary>Takes a whole packet apart.</summary>
    public Received(MqttProtocolVersion version, byte[] bytes)
    {
        _bytes = bytes;
        Type = (PacketType)(bytes[0] >> 4);
        Flags = bytes[0] & 0x0F;
        PacketCursor all = new(bytes[1..]);
        all.Variable();
        PacketCursor body = new(all.Rest);
        bool isV5 = version == MqttProtocolVersion.V5;
        switch (Type)
        {
            case PacketType.ConnAck:
                ConnAckFlags = body.Byte();
                ReasonCode = body.Byte();
                Properties = isV5 ? body.Properties() : [];
                break;
            case PacketType.Publish:
                ReadPublish(body, isV5);
                break;
            case PacketType.PubAck or PacketType.PubRec or PacketType.PubRel or PacketType.PubComp:
                PacketIdentifier = body.Two();
                ReasonCode = isV5 && !body.IsAtEnd ? body.Byte() : 0;
                Properties = isV5 && !body.IsAtEnd ? body.Properties() : [];
                break;
            case PacketType.SubAck or PacketType.UnsubAck:
                PacketIdentifier = body.Two();
                Properties = isV5 ? body.Properties() : [];
                ReasonCodes = body.Rest;
                break;
            case PacketType.PingResp:
                break;
            case PacketType.Disconnect when isV5:
                ReasonCode = body.IsAtEnd ? 0 : body.Byte();
                Properties = body.IsAtEnd ? [] : body.Properties();
                break;
            default:
                Assert.Fail($"a server does not send this: {this}");
                break;
        }

        Assert.True(body.IsAtEnd, $"bytes are left over: {this}");
        Assert.True(Type == PacketType.Publish || Flags == (Type == PacketType.PubRel ? 2 : 0), $"the flags of the fixed header are wrong: {this}");
    }

    /// <summary>Type of packet.</summary>
    public PacketType Type { get; }

    /// <summary>Flags of the fixed header.</summary>
    public int Flags { get; }

    /// <summary>Whole size.</summary>
    public int SizeBytes => _bytes.Length;

    /// <summary>Packet identifier, 0 for none.</summary>
    public int PacketIdentifier { get; private set; }

    /// <summary>Reason or return code.</summary>
    public int ReasonCode { get; }

    /// <summary>The codes of SUBACK and UNSUBACK.</summary>
    public byte[] ReasonCodes { get; } = [];

    /// <summary>Connect acknowledge flags.</summary>
    public int ConnAckFlags { get; }

    /// <summary>Topic of a PUBLISH; empty behind an alias.</summary>
    public string Topic { get; private set; } = "";

    /// <summary>Payload of a PUBLISH as text.</summary>
    public string Payload { get; private set; } = "";

    /// <summary>QoS of a PUBLISH.</summary>
    public int Qos => (Flags >> 1) & 3;

    /// <summary>DUP of a PUBLISH.</summary>
    public bool Dup => (Flags & 8) != 0;

    /// <summary>RETAIN of a PUBLISH.</summary>
    public bool Retain => (Flags & 1) != 0;

    /// <summary>Properties; empty in 3.1.1.</summary>
    public IReadOnlyList<ReceivedProperty> Properties { get; private set; } = [];

    /// <summary>User properties as name=value, in order.</summary>
    public IEnumerable<string> UserProperties => Properties.Where(p => p.Id == PropertyId.UserProperty).Select(p => $"{p.Text}={p.SecondText}");

    /// <summary>Whether a property is there.</summary>
    public bool Has(PropertyId id) => Properties.Any(p => p.Id == id);

    /// <summary>The number of a property, or null.</summary>
    public long? Number(PropertyId id) => Properties.FirstOrDefault(p => p.Id == id)?.Number;

    /// <summary>The text of a property, or null.</summary>
    public string? Text(PropertyId id) => Properties.FirstOrDefault(p => p.Id == id)?.Text;

    /// <inheritdoc />
    public override string ToString() => $"{Type} {Convert.ToHexString(_bytes)}";

    private void ReadPublish(PacketCursor body, bool isV5)
    {
        Topic = Encoding.UTF8.GetString(body.Binary());
        Assert.NotEqual(3, Qos);
        PacketIdentifier = Qos > 0 ? body.Two() : 0;
        Assert.True(Qos == 0 || PacketIdentifier > 0, $"the packet identifier is 0: {this}");
        Properties = isV5 ? body.Properties() : [];
        Payload = Encoding.UTF8.GetString(body.Rest);
    }
}
