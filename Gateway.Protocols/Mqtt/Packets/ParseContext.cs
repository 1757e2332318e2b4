namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>What the parser must know besides the bytes. Immutable.</summary>
/// <param name="Version">The version agreed in CONNECT.</param>
/// <param name="Sender">Who sent the packet.</param>
/// <param name="UserPropertyLimit">At most this many user properties in one packet; counted before anything is allocated.</param>
/// <param name="FilterLimit">At most this many topic filters or codes in one packet; counted before anything is allocated.</param>
public readonly record struct ParseContext(MqttProtocolVersion Version, PacketSender Sender, int UserPropertyLimit = 32, int FilterLimit = 1024)
{
    /// <summary>Whether packets carry properties and reason codes.</summary>
    public bool IsV5 => Version == MqttProtocolVersion.V5;
}
