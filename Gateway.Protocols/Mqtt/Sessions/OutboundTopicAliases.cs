namespace Gateway.Protocols.Mqtt.Sessions;

/// <summary>Aliases the server uses on one connection, given in order of first use and never taken back (v5 section 3.3.2.3.4).</summary>
internal sealed class OutboundTopicAliases(int maximum)
{
    private readonly Dictionary<byte[], ushort> _byTopic = new(Topics.TopicLevelComparer.Instance);

    /// <summary>The alias of a topic the client already knows.</summary>
    public bool TryGet(ReadOnlySpan<byte> topic, out ushort alias) =>
        _byTopic.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(topic, out alias);

    /// <summary>The alias the next new topic can have, 0 when all are given.</summary>
    public ushort NextFree => _byTopic.Count < maximum ? (ushort)(_byTopic.Count + 1) : (ushort)0;

    /// <summary>Remembers an alias that was sent with its topic.</summary>
    public void Set(ReadOnlySpan<byte> topic, ushort alias) => _byTopic[topic.ToArray()] = alias;
}
