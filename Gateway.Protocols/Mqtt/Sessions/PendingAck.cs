using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Protocols.Mqtt.Sessions;

/// <summary>An acknowledgement that is due for a received message. Immutable.</summary>
/// <param name="PacketIdentifier">Of the PUBLISH.</param>
/// <param name="Qos">Of the PUBLISH: PUBACK for 1, PUBREC for 2; 0 is passed over.</param>
/// <param name="ReasonCode">Success when durable, a failure when refused.</param>
public readonly record struct PendingAck(ushort PacketIdentifier, Qos Qos, ReasonCode ReasonCode = ReasonCode.Success);
