using Gateway.Protocols.Mqtt.Sessions;

namespace Gateway.Host.Ingest;

/// <summary>Memory that all clients together may take. Safe for threads.</summary>
internal sealed class MqttBudgets(MqttOptions options)
{
    /// <summary>Messages that wait for subscribers, or for their acknowledgements.</summary>
    public ByteBudget Queues { get; } = new(options.QueueLimitBytes);

    /// <summary>Subscriptions, Wills and QoS 2 identifiers.</summary>
    public ByteBudget Sessions { get; } = new(options.SessionLimitBytes);

    /// <summary>Packets that have begun and are not whole.</summary>
    public ByteBudget PartialPackets { get; } = new(options.PartialPacketLimitBytes);
}
