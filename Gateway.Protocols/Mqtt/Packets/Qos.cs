namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>Quality of service of a message (section 4.3).</summary>
public enum Qos : byte
{
    /// <summary>Sent once, not acknowledged.</summary>
    AtMostOnce = 0,

    /// <summary>Acknowledged with PUBACK; may arrive twice.</summary>
    AtLeastOnce = 1,

    /// <summary>PUBREC, PUBREL, PUBCOMP; arrives once.</summary>
    ExactlyOnce = 2,
}
