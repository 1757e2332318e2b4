using Gateway.Host.IngestLog;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Mqtt.Sessions;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Ingest.Routing;

/// <summary>A message as the log or the case store has kept it, for those it is still owed to.</summary>
internal static class RecordedMessage
{
    /// <summary>The message of a log record.</summary>
    public static MqttMessage Of(in LogRecord record, EventTime receivedAt) => Of(
        record.Topic.ToArray(),
        (Qos)(record.Flags & (LogRecordFlags.Qos1 | LogRecordFlags.Qos2)),
        record.Has(LogRecordFlags.Retain),
        record.Has(LogRecordFlags.Version5) ? record.Properties.ToArray() : [],
        record.Payload.ToArray(),
        receivedAt);

    /// <summary>A message from its parts; the properties are those of MQTT 5, or empty.</summary>
    public static MqttMessage Of(byte[] topic, Qos qos, bool retain, byte[] properties, byte[] payload, EventTime receivedAt) => new()
    {
        Topic = topic,
        Payload = payload,
        Properties = PublishProperties.Forwardable(properties),
        ExpiryIntervalSeconds = PublishProperties.Read(properties).MessageExpiryIntervalSeconds,
        Qos = qos,
        Retain = retain,
        ReceivedAt = receivedAt,
    };
}
