namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>Whether retained messages are sent when a subscription is made (v5 section 3.8.3.1).</summary>
public enum RetainHandling : byte
{
    /// <summary>At every SUBSCRIBE; what 3.1.1 always does.</summary>
    SendAlways = 0,

    /// <summary>Only when the subscription did not exist before.</summary>
    SendIfNew = 1,

    /// <summary>Never.</summary>
    DoNotSend = 2,
}
