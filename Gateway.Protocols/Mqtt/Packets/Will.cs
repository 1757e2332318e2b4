namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>The message a server publishes when a client goes without saying so (v5 section 3.1.3.2). Immutable.</summary>
public sealed record Will : IWireProperties
{
    /// <summary>Topic name: not empty, no wildcard.</summary>
    public required string Topic { get; init; }

    /// <summary>The message, at most 65,535 bytes.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Quality of service.</summary>
    public Qos Qos { get; init; }

    /// <summary>Whether to publish it retained.</summary>
    public bool Retain { get; init; }

    /// <summary>Seconds to wait before publishing; a reconnection within them cancels it. 0 in 3.1.1.</summary>
    public uint DelayIntervalSeconds { get; init; }

    /// <summary>Properties to publish it with.</summary>
    public PublishProperties Properties { get; init; } = PublishProperties.None;

    /// <inheritdoc />
    void IWireProperties.WriteProperties(ref WireWriter writer)
    {
        writer.Property(PropertyId.WillDelayInterval, DelayIntervalSeconds == 0 ? null : (uint?)DelayIntervalSeconds);
        Properties.WriteProperties(ref writer);
    }
}
