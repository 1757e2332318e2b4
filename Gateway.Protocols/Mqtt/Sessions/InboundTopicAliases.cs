using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Protocols.Mqtt.Sessions;

/// <summary>Aliases a client set on one connection (v5 section 3.3.2.3.4): bounded in number and bytes, made at the first alias.</summary>
internal sealed class InboundTopicAliases(int maximum, int limitBytes)
{
    private readonly byte[]?[] _topics = new byte[maximum][];
    private int _bytes;

    /// <summary>Sets or resolves the alias of a PUBLISH; <paramref name="topic"/> becomes the full topic name.</summary>
    public ParseError Resolve(ushort alias, ref ReadOnlySpan<byte> topic)
    {
        if (alias > maximum)
        {
            return SessionErrors.TopicAliasOverMaximum;
        }

        ref byte[]? known = ref _topics[alias - 1];
        if (topic.IsEmpty)
        {
            topic = known;
            return known is null ? SessionErrors.TopicAliasNotSet : default;
        }

        if (known is not null && topic.SequenceEqual(known))
        {
            return default;
        }

        _bytes += topic.Length - (known?.Length ?? 0);
        if (_bytes > limitBytes)
        {
            return SessionErrors.TopicAliasBytes;
        }

        known = topic.ToArray();
        return default;
    }
}
