using System.Collections.Concurrent;
using System.Text;
using Gateway.Host.IngestLog;
using Gateway.Host.Pipeline;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Mqtt.Sessions;
using Gateway.Protocols.Mqtt.Topics;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Ingest.Routing;

/// <summary>
/// The retained messages, by topic. They reach the disk with the log record of the message and come back from the case store and the
/// log's tail at start. Safe for threads.
/// </summary>
internal sealed class RetainedMessages(int limit, long limitBytes)
{
    // Read without a lock: a subscriber's look at every topic must not hold up those who publish.
    private readonly ConcurrentDictionary<string, MqttMessage> _messages = new(StringComparer.Ordinal);
    private long _bytes;
    private int _count;

    /// <summary>How many there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Their topics, payloads and properties, bytes.</summary>
    public long SizeBytes => Interlocked.Read(ref _bytes);

    /// <summary>
    /// Whether a message on this topic can be kept: it removes one, or replaces one, or there is room. A few publishers that ask in the
    /// same instant may go over the limit together.
    /// </summary>
    public bool HasRoomFor(string topic, int sizeBytes, bool isEmpty) =>
        isEmpty || ((Count < limit || _messages.ContainsKey(topic)) && SizeBytes + sizeBytes <= limitBytes);

    /// <summary>Keeps a message; one without payload removes what there was [MQTT-3.3.1-6].</summary>
    public void Set(string topic, MqttMessage message)
    {
        lock (_messages)
        {
            if (_messages.TryGetValue(topic, out MqttMessage? last))
            {
                _bytes -= last.SizeBytes;
                _count--;
            }

            if (message.Payload.IsEmpty)
            {
                _messages.TryRemove(topic, out _);
                return;
            }

            _messages[topic] = message;
            _bytes += message.SizeBytes;
            _count++;
        }
    }

    /// <summary>The message of a topic; null when there is none or its time is over.</summary>
    public MqttMessage? Find(string topic, EventTime now) => _messages.TryGetValue(topic, out MqttMessage? message) && !message.IsExpired(now) ? message : null;

    /// <summary>The topics a filter matches.</summary>
    public IReadOnlyList<string> TopicsOf(TopicFilter filter)
    {
        if (!filter.HasWildcard)
        {
            string topic = filter.Matched.ToString();
            return _messages.ContainsKey(topic) ? [topic] : [];
        }

        List<string> topics = [];
        foreach ((string topic, MqttMessage message) in _messages)
        {
            if (filter.Matches(message.Topic.Span))
            {
                topics.Add(topic);
            }
        }

        topics.Sort(StringComparer.Ordinal); // the same order for everybody, and kinds and devices together
        return topics;
    }

    /// <summary>Puts back what the store kept.</summary>
    public void Restore(IReadOnlyDictionary<string, byte[]> stored, EventTime now)
    {
        foreach ((string topic, byte[] bytes) in stored)
        {
            if (RetainedRecord.Decode(bytes) is { } kept)
            {
                Set(topic, RecordedMessage.Of(Encoding.UTF8.GetBytes(topic), (Qos)kept.Qos, retain: true, kept.Properties, kept.Payload, now));
            }
        }
    }

    /// <summary>Puts back what stands in the log behind the store's last commit.</summary>
    public void Restore(SegmentLog log, long fromOffset, EventTime now)
    {
        LogReader reader = new(log, fromOffset);
        while (reader.TryReadFrame(out _, out ReadOnlySpan<byte> records, out _))
        {
            while (LogRecord.TryRead(records, out LogRecord record, out int length))
            {
                if (record.Kind == LogRecordKind.Message && record.Has(LogRecordFlags.Retain))
                {
                    Set(Encoding.UTF8.GetString(record.Topic), RecordedMessage.Of(record, now));
                }

                records = records[length..];
            }
        }
    }
}
