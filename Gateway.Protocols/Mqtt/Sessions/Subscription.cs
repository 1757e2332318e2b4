using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Mqtt.Topics;

namespace Gateway.Protocols.Mqtt.Sessions;

/// <summary>One subscription of a session. Immutable.</summary>
/// <param name="Filter">The filter.</param>
/// <param name="Options">The options as granted.</param>
/// <param name="SubscriptionIdentifier">Identifier, 0 for none.</param>
public readonly record struct Subscription(TopicFilter Filter, SubscriptionOptions Options, uint SubscriptionIdentifier);

/// <summary>What a SUBSCRIBE changed, for the host: add it to the filter tree, then send retained messages if wanted. Immutable.</summary>
/// <param name="Subscription">The subscription that is now in place.</param>
/// <param name="IsNew">Whether the session did not have it before.</param>
public readonly record struct SubscriptionChange(Subscription Subscription, bool IsNew)
{
    /// <summary>Whether retained messages that match are to be sent now [MQTT-3.3.1-9 to -11]; never for a shared subscription.</summary>
    public bool WantsRetained => !Subscription.Filter.IsShared && Subscription.Options.RetainHandling switch
    {
        RetainHandling.SendAlways => true,
        RetainHandling.SendIfNew => IsNew,
        _ => false,
    };
}
