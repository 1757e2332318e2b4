using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Protocols.Mqtt.Topics;

/// <summary>One subscriber that a message goes to, its overlapping subscriptions merged. Immutable.</summary>
/// <param name="Subscriber">Who.</param>
/// <param name="MaximumQos">The highest QoS of the subscriptions that match [MQTT-3.3.4-2].</param>
/// <param name="RetainAsPublished">Whether one of them keeps the RETAIN flag.</param>
/// <param name="SubscriptionIdentifiers">The identifiers of all of them [MQTT-3.3.4-4]; empty when none has one. Not to be altered.</param>
/// <typeparam name="TSubscriber">What stands for a subscriber.</typeparam>
public readonly record struct TopicMatch<TSubscriber>(
    TSubscriber Subscriber,
    Qos MaximumQos,
    bool RetainAsPublished,
    uint[] SubscriptionIdentifiers)
    where TSubscriber : class
{
    /// <summary>The QoS to deliver a message of this QoS with [MQTT-3.8.4-8].</summary>
    public Qos Effective(Qos published) => published < MaximumQos ? published : MaximumQos;

    internal TopicMatch<TSubscriber> Merge(in TopicMatch<TSubscriber> other) => this with
    {
        MaximumQos = MaximumQos > other.MaximumQos ? MaximumQos : other.MaximumQos,
        RetainAsPublished = RetainAsPublished || other.RetainAsPublished,
        SubscriptionIdentifiers = SubscriptionIdentifiers.Length == 0 ? other.SubscriptionIdentifiers
            : other.SubscriptionIdentifiers.Length == 0 ? SubscriptionIdentifiers
            : [.. SubscriptionIdentifiers, .. other.SubscriptionIdentifiers],
    };
}
