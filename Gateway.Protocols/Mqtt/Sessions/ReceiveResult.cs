using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Protocols.Mqtt.Sessions;

/// <summary>What the host has to do after a packet other than CONNECT and PUBLISH.</summary>
public enum ReceiveAction : byte
{
    /// <summary>Nothing, but to flush what was written.</summary>
    None,

    /// <summary>Authorise each filter, then call <see cref="MqttServerConnection.CompleteSubscribe"/>.</summary>
    Subscribe,

    /// <summary>Done and answered: take the filters out of the filter tree.</summary>
    Unsubscribed,

    /// <summary>Done and answered: the client released the identifier of a QoS 2 message, which need not be held any more.</summary>
    Released,

    /// <summary>The connection is over, by the client's DISCONNECT or an error: flush, publish the Will if there is one, close.</summary>
    Closed,
}

/// <summary>The action, with the packet it is about. Immutable.</summary>
/// <param name="Action">What to do.</param>
public readonly record struct ReceiveResult(ReceiveAction Action)
{
    /// <summary>For <see cref="ReceiveAction.Subscribe"/>.</summary>
    public SubscribePacket? Subscribe { get; init; }

    /// <summary>For <see cref="ReceiveAction.Unsubscribed"/>.</summary>
    public UnsubscribePacket? Unsubscribe { get; init; }

    /// <summary>For <see cref="ReceiveAction.Released"/>.</summary>
    public ushort PacketIdentifier { get; init; }
}
