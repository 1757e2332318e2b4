namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>The control packet types, by their number in the first four bits of the fixed header (v5 section 2.1.2).</summary>
public enum PacketType : byte
{
    /// <summary>Forbidden on the wire; inside this library it stands for the properties of a Will.</summary>
    Reserved = 0,

    /// <summary>Client to server: opens a connection.</summary>
    Connect = 1,

    /// <summary>Server to client: answers CONNECT.</summary>
    ConnAck = 2,

    /// <summary>Both ways: an application message.</summary>
    Publish = 3,

    /// <summary>Both ways: completes QoS 1.</summary>
    PubAck = 4,

    /// <summary>Both ways: QoS 2, received.</summary>
    PubRec = 5,

    /// <summary>Both ways: QoS 2, released.</summary>
    PubRel = 6,

    /// <summary>Both ways: completes QoS 2.</summary>
    PubComp = 7,

    /// <summary>Client to server.</summary>
    Subscribe = 8,

    /// <summary>Server to client.</summary>
    SubAck = 9,

    /// <summary>Client to server.</summary>
    Unsubscribe = 10,

    /// <summary>Server to client.</summary>
    UnsubAck = 11,

    /// <summary>Client to server.</summary>
    PingReq = 12,

    /// <summary>Server to client.</summary>
    PingResp = 13,

    /// <summary>Client to server; in v5 both ways.</summary>
    Disconnect = 14,

    /// <summary>v5 only, both ways: enhanced authentication.</summary>
    Auth = 15,
}
