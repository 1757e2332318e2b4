namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>The protocol versions spoken here, by their Protocol Level byte in CONNECT.</summary>
public enum MqttProtocolVersion : byte
{
    /// <summary>MQTT 3.1.1.</summary>
    V311 = 4,

    /// <summary>MQTT 5.0.</summary>
    V5 = 5,
}
