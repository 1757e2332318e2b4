namespace Gateway.Protocols.Mqtt.Sessions;

/// <summary>The host's yes to a CONNECT. Immutable.</summary>
public sealed record ConnectAcceptance
{
    /// <summary>The session, new or resumed; no other connection may be attached to it (take it over first).</summary>
    public required MqttSession Session { get; init; }

    /// <summary>Whether the session existed before [MQTT-3.2.2-2, -3].</summary>
    public required bool SessionPresent { get; init; }

    /// <summary>The client id chosen for a client that came without one [MQTT-3.2.2-16]; else null.</summary>
    public string? AssignedClientId { get; init; }

    /// <summary>User properties of the CONNACK, v5 only; in order.</summary>
    public IReadOnlyList<Packets.UserProperty> UserProperties { get; init; } = [];

    /// <summary>Basis for response topics, sent when the client asked for it; else null.</summary>
    public string? ResponseInformation { get; init; }
}
