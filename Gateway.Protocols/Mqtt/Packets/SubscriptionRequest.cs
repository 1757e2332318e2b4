using Gateway.Protocols.Mqtt.Topics;

namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>One line of SUBSCRIBE. Immutable.</summary>
/// <param name="Filter">What to subscribe to; syntactically valid.</param>
/// <param name="Options">How.</param>
public readonly record struct SubscriptionRequest(TopicFilter Filter, SubscriptionOptions Options);
