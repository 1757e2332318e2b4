namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>Which side sent a packet: a few rules of the specification bind one side only.</summary>
public enum PacketSender : byte
{
    /// <summary>Sent by a client; what the server parses.</summary>
    Client,

    /// <summary>Sent by a server; what a client parses.</summary>
    Server,
}
