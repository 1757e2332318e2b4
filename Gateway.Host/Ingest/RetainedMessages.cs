using System.Text;
using Gateway.Host.IngestLog;
using Gateway.Host.Pipeline;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Mqtt.Sessions;
using Gateway.Protocols.Mqtt.Topics;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Ingest;

/// <summary>
/// The retained messages, by topic. They reach the disk with the log record of the message and come back from the case store and the
/// log's tail at start. Safe for threads.
/// </summary>
internal sealed class RetainedMessages(int limit)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, MqttMessage> _messages = new(StringComparer.Ordinal);

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _messages.Count;
            }
        }
    }

    /// <summary>Whether a message on this topic can be kept: it replaces or removes one, or there is room.</summary>
    public bool HasRoomFor(string topic, bool isEmpty)
    {
        lock (_gate)
        {
            return isEmpty || _messages.Count < limit || _messages.ContainsKey(topic);
        }
    }

    /// <summary>Keeps a message; one without payload removes what there was [MQTT-3.3.1-6].</summary>
    public void Set(string topic, MqttMessage message)
    {
        lock (_gate)
        {
            if (message.Payload.IsEmpty)
            {
                _messages.Remove(topic);
            }
            else
            {
                _messages[topic] = message;
            }
        }
    }

    /// <summary>The messages a filter matches.</summary>
    public IReadOnlyList<MqttMessage> Matching(TopicFilter filter, EventTime now)
    {
        lock (_gate)
        {
            if (!filter.HasWildcard)
            {
                return _messages.TryGetValue(filter.Text, out MqttMessage? one) && !one.IsExpired(now) ? [one] : [];
            }

            return [.. _messages.Values.Where(m => filter.Matches(m.Topic.Span) && !m.IsExpired(now))];
        }
    }

    /// <summary>Puts back what the store kept.</summary>
    public void Restore(IReadOnlyDictionary<string, byte[]> stored, EventTime now)
    {
        foreach ((string topic, byte[] bytes) in stored)
        {
            if (RetainedRecord.Decode(bytes) is { } kept)
            {
                Set(topic, Message(topic, kept.Qos, kept.Properties, kept.Payload, now));
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
                if (record.Kind == LogRecordKind.Message && record.Flags.HasFlag(LogRecordFlags.Retain))
                {
                    string topic = Encoding.UTF8.GetString(record.Topic);
                    byte[] properties = record.Flags.HasFlag(LogRecordFlags.Version5) ? record.Properties.ToArray() : [];
                    Set(topic, Message(topic, (byte)(record.Flags & (LogRecordFlags.Qos1 | LogRecordFlags.Qos2)), properties, record.Payload.ToArray(), now));
                }

                records = records[length..];
            }
        }
    }

    private static MqttMessage Message(string topic, byte qos, byte[] properties, byte[] payload, EventTime now) => new()
    {
        Topic = Encoding.UTF8.GetBytes(topic),
        Payload = payload,
        Properties = PublishProperties.Forwardable(properties),
        ExpiryIntervalSeconds = PublishProperties.Read(properties).MessageExpiryIntervalSeconds,
        Qos = (Qos)qos,
        Retain = true,
        ReceivedAt = now,
    };
}
