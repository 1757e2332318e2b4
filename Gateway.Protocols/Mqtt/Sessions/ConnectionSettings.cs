using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Protocols.Mqtt.Sessions;

/// <summary>What a CONNECT and the server's limits come to for one connection. Immutable.</summary>
public sealed record ConnectionSettings
{
    /// <summary>Protocol version.</summary>
    public required MqttProtocolVersion Version { get; init; }

    /// <summary>Whether the client asked to begin anew: the host then discards the old session [MQTT-3.1.2-4].</summary>
    public required bool CleanStart { get; init; }

    /// <summary>How long the session outlives the connection, capped; zero: it ends with the connection.</summary>
    public required TimeSpan SessionExpiry { get; init; }

    /// <summary>Keep alive in force, capped; zero: none.</summary>
    public required TimeSpan KeepAlive { get; init; }

    /// <summary>Unacknowledged messages the client may have under way to us.</summary>
    public required int InboundReceiveMaximum { get; init; }

    /// <summary>Unacknowledged messages we may have under way to the client.</summary>
    public required int OutboundReceiveMaximum { get; init; }

    /// <summary>Largest packet the client takes, bytes.</summary>
    public required int ClientPacketSizeLimitBytes { get; init; }

    /// <summary>Aliases the client may set.</summary>
    public required int InboundTopicAliasMaximum { get; init; }

    /// <summary>Aliases we may set.</summary>
    public required int OutboundTopicAliasMaximum { get; init; }

    /// <summary>Whether the client asked for response information.</summary>
    public required bool WantsResponseInformation { get; init; }

    /// <summary>
    /// Silence after which the connection is closed with <see cref="ReasonCode.KeepAliveTimeout"/>: 1.5 times the keep alive
    /// [MQTT-3.1.2-22]; zero: never.
    /// </summary>
    public TimeSpan SilenceLimit => KeepAlive * 1.5;

    internal static ConnectionSettings From(ConnectPacket packet, MqttLimits limits)
    {
        bool isV5 = packet.Version == MqttProtocolVersion.V5;
        ConnectProperties p = packet.Properties;
        TimeSpan asked = TimeSpan.FromSeconds(packet.KeepAliveSeconds);
        bool cap = isV5 && limits.KeepAlive > TimeSpan.Zero && (asked == TimeSpan.Zero || asked > limits.KeepAlive);
        TimeSpan expiry = isV5 ? TimeSpan.FromSeconds(p.SessionExpiryIntervalSeconds ?? 0) : packet.CleanStart ? TimeSpan.Zero : limits.SessionExpiry;
        return new ConnectionSettings
        {
            Version = packet.Version,
            CleanStart = packet.CleanStart,
            SessionExpiry = expiry < limits.SessionExpiry ? expiry : limits.SessionExpiry,
            KeepAlive = cap ? limits.KeepAlive : asked,
            InboundReceiveMaximum = OrAll(limits.InboundReceiveMaximum),
            OutboundReceiveMaximum = Math.Min(p.ReceiveMaximum ?? ushort.MaxValue, OrAll(limits.OutboundReceiveMaximum)),
            ClientPacketSizeLimitBytes = (int)Math.Min(p.MaximumPacketSizeBytes ?? int.MaxValue, int.MaxValue),
            InboundTopicAliasMaximum = isV5 ? limits.InboundTopicAliases : 0,
            OutboundTopicAliasMaximum = Math.Min(p.TopicAliasMaximum ?? 0, limits.OutboundTopicAliases),
            WantsResponseInformation = p.RequestResponseInformation == true,
        };
    }

    private static int OrAll(int limit) => limit == 0 ? ushort.MaxValue : limit;
}
