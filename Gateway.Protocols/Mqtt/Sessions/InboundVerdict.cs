namespace Gateway.Protocols.Mqtt.Sessions;

/// <summary>What the host has to do with a received PUBLISH.</summary>
public enum InboundVerdict : byte
{
    /// <summary>
    /// A new message: store it, and at QoS 1 and 2 call <see cref="MqttServerConnection.Acknowledge(in PendingAck, System.Buffers.IBufferWriter{byte})"/>
    /// when it is durable.
    /// </summary>
    Store,

    /// <summary>A QoS 2 message held already: nothing to store; its PUBREC is written or is still to come from the first one.</summary>
    Duplicate,

    /// <summary>
    /// A QoS 2 message that an earlier connection sent and that is not known to be durable yet: store nothing, acknowledge it when
    /// everything appended up to now is durable.
    /// </summary>
    DuplicateAwaitingCommit,

    /// <summary>The connection is closed; see <see cref="MqttServerConnection.Error"/>.</summary>
    Refused,
}
