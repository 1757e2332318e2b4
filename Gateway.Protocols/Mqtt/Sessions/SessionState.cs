using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Readings;

namespace Gateway.Protocols.Mqtt.Sessions;

/// <summary>What of a session outlives the process: the stored session state of v5 section 4.1. Immutable.</summary>
public sealed record SessionState
{
    /// <summary>The client id it belongs to.</summary>
    public required string ClientId { get; init; }

    /// <summary>How long it outlives its connection.</summary>
    public required TimeSpan Expiry { get; init; }

    /// <summary>When the client went, steady time; null while it was connected.</summary>
    public EventTime? DetachedAt { get; init; }

    /// <summary>Subscriptions.</summary>
    public IReadOnlyCollection<Subscription> Subscriptions { get; init; } = [];

    /// <summary>Identifiers of QoS 2 messages received, durable and not yet released.</summary>
    public IReadOnlyCollection<ushort> Held { get; init; } = [];

    /// <summary>Messages owed to the client, in the order they are owed.</summary>
    public IReadOnlyList<OwedMessage> Owed { get; init; } = [];
}

/// <summary>A message a session owes its client. Immutable.</summary>
/// <param name="Message">The message; null when PUBREC has come and only PUBREL is owed.</param>
/// <param name="Qos">QoS to deliver with.</param>
/// <param name="Retain">RETAIN flag to set.</param>
/// <param name="SubscriptionIdentifiers">Identifiers to send with it.</param>
/// <param name="PacketIdentifier">Identifier it was sent with; 0 when it was not sent yet.</param>
public sealed record OwedMessage(MqttMessage? Message, Qos Qos, bool Retain, uint[] SubscriptionIdentifiers, ushort PacketIdentifier);
