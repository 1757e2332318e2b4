namespace Gateway.Protocols.Mqtt.Sessions;

/// <summary>What became of a message for one session.</summary>
public enum DeliveryOutcome : byte
{
    /// <summary>Written to the output.</summary>
    Sent,

    /// <summary>Waits in the session's queue.</summary>
    Queued,

    /// <summary>Dropped: QoS 0 while the client is away, which nothing promises to keep.</summary>
    NotConnected,

    /// <summary>Dropped and counted: the queue is full.</summary>
    QueueFull,

    /// <summary>Dropped and counted: its lifetime is over.</summary>
    Expired,

    /// <summary>Dropped and counted: over the client's Maximum Packet Size [MQTT-3.1.2-24, -25].</summary>
    TooLarge,
}
