using Gateway.Host.Ingest;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Access.Limits;

/// <summary>How fast one connection may publish: messages and bytes a second, each with a burst of one second's worth. Not safe for threads.</summary>
internal sealed class PublishRate
{
    private TokenBucket _messages;
    private TokenBucket _bytes;

    private PublishRate(MqttOptions options, EventTime now)
    {
        _messages = new TokenBucket(options.MessagesPerSecond, now);
        _bytes = new TokenBucket(options.BytesPerSecond, now);
    }

    /// <summary>The rate that the options set; null when they set none.</summary>
    public static PublishRate? Of(MqttOptions options, EventTime now) =>
        options.MessagesPerSecond > 0 || options.BytesPerSecond > 0 ? new PublishRate(options, now) : null;

    /// <summary>Time until a message may be taken; zero when it may.</summary>
    public TimeSpan UntilOpen(EventTime now)
    {
        TimeSpan messages = _messages.UntilOpen(now);
        TimeSpan bytes = _bytes.UntilOpen(now);
        return messages > bytes ? messages : bytes;
    }

    /// <summary>Takes a message of a length, unless the rate is exceeded: then nothing is taken, and it is false.</summary>
    public bool TryTake(int lengthBytes, EventTime now)
    {
        if (UntilOpen(now) > TimeSpan.Zero)
        {
            return false;
        }

        _messages.Take(1);
        _bytes.Take(lengthBytes);
        return true;
    }
}
