namespace Gateway.Protocols.Mqtt.Sessions;

/// <summary>Messages a session lost since it began, by reason; for metrics. Immutable.</summary>
/// <param name="QueueFull">The queue was full.</param>
/// <param name="Expired">Their lifetime was over.</param>
/// <param name="TooLarge">They were over the client's Maximum Packet Size.</param>
public readonly record struct SessionDropCounts(long QueueFull, long Expired, long TooLarge)
{
    /// <summary>All of them.</summary>
    public long Total => QueueFull + Expired + TooLarge;
}
