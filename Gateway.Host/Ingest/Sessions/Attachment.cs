using Gateway.Host.Ingest.Connections;
using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Host.Ingest.Sessions;

/// <summary>What came of attaching a connection to a session.</summary>
internal readonly record struct Attachment
{
    /// <summary>A delayed Will that is to be published now, and whose it is.</summary>
    public (MqttConnection Connection, Will Will)? Will { get; init; }

    /// <summary>
    /// A kept session whose end must be in the log before the connection is attached to another, and whether it is; null when the connection
    /// is attached, or refused.
    /// </summary>
    public (ClientSession Session, Task<bool> Written)? Former { get; init; }
}
