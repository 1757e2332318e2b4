namespace Gateway.Protocols.Mqtt.Sessions;

/// <summary>Where a network connection stands.</summary>
public enum ConnectionState : byte
{
    /// <summary>Nothing valid has come yet; the host gives it a short time.</summary>
    AwaitingConnect,

    /// <summary>CONNECT is valid; the host authenticates and answers with Accept or Refuse. No packet may be fed meanwhile.</summary>
    AwaitingDecision,

    /// <summary>In use.</summary>
    Connected,

    /// <summary>Over; only <see cref="MqttServerConnection.Acknowledge(System.ReadOnlySpan{PendingAck}, System.Buffers.IBufferWriter{byte})"/> still has an effect, on the session.</summary>
    Closed,
}
