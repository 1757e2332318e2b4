namespace Gateway.Protocols.Mqtt.Sessions;

/// <summary>
/// What one client may cost. Each limit states its unit, its default and the meaning of zero. Immutable; checked nowhere but where it is
/// used, so a host validates the figures it reads from configuration with <see cref="Validate"/>.
/// </summary>
public sealed record MqttLimits
{
    /// <summary>Largest packet taken, bytes with the fixed header, judged from the fixed header; default 1 MiB; zero: the protocol's 256 MiB.</summary>
    public int PacketSizeBytes { get; init; } = 1024 * 1024;

    /// <summary>Unacknowledged QoS 1 and 2 messages taken from a client at once (Receive Maximum); default 1,024; zero: the protocol's 65,535.</summary>
    public int InboundReceiveMaximum { get; init; } = 1024;

    /// <summary>Unacknowledged messages sent to a client at once, when its own Receive Maximum is not lower; default 1,024; zero: the protocol's 65,535.</summary>
    public int OutboundReceiveMaximum { get; init; } = 1024;

    /// <summary>Messages waiting for one client, offline or slow; default 1,000; zero: none waits.</summary>
    public int QueueMessages { get; init; } = 1000;

    /// <summary>Bytes of those messages (topic, payload, properties); default 1 MiB; zero: none waits.</summary>
    public int QueueBytes { get; init; } = 1024 * 1024;

    /// <summary>Subscriptions of one session; default 100; zero: no limit.</summary>
    public int Subscriptions { get; init; } = 100;

    /// <summary>Topic filters in one SUBSCRIBE or UNSUBSCRIBE; default 1,024; zero: none, which forbids subscribing.</summary>
    public int FiltersPerPacket { get; init; } = 1024;

    /// <summary>Levels of a topic name or filter; default 32; zero: no limit.</summary>
    public int TopicLevels { get; init; } = 32;

    /// <summary>Length of a client id, bytes of UTF-8; default 128; zero: the protocol's 65,535.</summary>
    public int ClientIdBytes { get; init; } = 128;

    /// <summary>User properties in one packet; default 32; zero: none may be sent.</summary>
    public int UserProperties { get; init; } = 32;

    /// <summary>Payload of a Will, bytes; default 16 KiB; zero: the protocol's 65,535.</summary>
    public int WillPayloadBytes { get; init; } = 16 * 1024;

    /// <summary>How long a session outlives its connection at most; default 1 day; zero: no session does.</summary>
    public TimeSpan SessionExpiry { get; init; } = TimeSpan.FromDays(1);

    /// <summary>
    /// Longest keep alive; default 1 hour; zero: no cap. In v5 the client is told the capped value; in 3.1.1 it cannot be told and is
    /// held to its own, so there the cap does not apply.
    /// </summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Topic aliases taken from a client; default 16; zero: none.</summary>
    public int InboundTopicAliases { get; init; } = 16;

    /// <summary>Bytes of the topic names behind those aliases; default 16 KiB; zero: none can be kept.</summary>
    public int InboundTopicAliasBytes { get; init; } = 16 * 1024;

    /// <summary>Topic aliases used towards a client that takes them; default 16; zero: none.</summary>
    public int OutboundTopicAliases { get; init; } = 16;

    /// <summary>The packet size limit to judge fixed headers by, bytes.</summary>
    public int EffectivePacketSizeBytes =>
        PacketSizeBytes == 0 ? Packets.FixedHeader.RemainingLengthLimitBytes + Packets.FixedHeader.LengthLimitBytes : PacketSizeBytes;

    /// <summary>What is wrong with the figures, one line each; empty when nothing is.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> findings = [];
        Check(findings, nameof(PacketSizeBytes), PacketSizeBytes, 0, int.MaxValue);
        Check(findings, nameof(InboundReceiveMaximum), InboundReceiveMaximum, 0, ushort.MaxValue);
        Check(findings, nameof(OutboundReceiveMaximum), OutboundReceiveMaximum, 0, ushort.MaxValue);
        Check(findings, nameof(QueueMessages), QueueMessages, 0, int.MaxValue);
        Check(findings, nameof(QueueBytes), QueueBytes, 0, int.MaxValue);
        Check(findings, nameof(Subscriptions), Subscriptions, 0, int.MaxValue);
        Check(findings, nameof(FiltersPerPacket), FiltersPerPacket, 0, int.MaxValue);
        Check(findings, nameof(TopicLevels), TopicLevels, 0, ushort.MaxValue + 1);
        Check(findings, nameof(ClientIdBytes), ClientIdBytes, 0, ushort.MaxValue);
        Check(findings, nameof(UserProperties), UserProperties, 0, int.MaxValue);
        Check(findings, nameof(WillPayloadBytes), WillPayloadBytes, 0, ushort.MaxValue);
        Check(findings, nameof(InboundTopicAliases), InboundTopicAliases, 0, ushort.MaxValue);
        Check(findings, nameof(InboundTopicAliasBytes), InboundTopicAliasBytes, 0, int.MaxValue);
        Check(findings, nameof(OutboundTopicAliases), OutboundTopicAliases, 0, ushort.MaxValue);
        Check(findings, nameof(SessionExpiry) + " seconds", (long)SessionExpiry.TotalSeconds, 0, uint.MaxValue - 1L);
        Check(findings, nameof(KeepAlive) + " seconds", (long)KeepAlive.TotalSeconds, 0, ushort.MaxValue);
        return findings;
    }

    private static void Check(List<string> findings, string name, long value, long lowest, long highest)
    {
        if (value < lowest || value > highest)
        {
            findings.Add($"{name} is {value}; it must be {lowest} to {highest}");
        }
    }
}
