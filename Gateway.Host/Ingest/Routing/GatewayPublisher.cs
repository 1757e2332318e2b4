using Gateway.Host.Ingest.Sessions.Persistence;
using Gateway.Host.IngestLog;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Mqtt.Sessions;

namespace Gateway.Host.Ingest.Routing;

/// <summary>Publishes the gateway's own messages. They are in the log while some kept session may owe them to its client. Safe for threads.</summary>
internal sealed class GatewayPublisher(SegmentLog log, MessageRouter router, SessionJournal sessions, GatewayClock clock)
{
    /// <summary>Whether anybody would get a message.</summary>
    public bool HasSubscribers => router.HasSubscriptions;

    /// <summary>Publishes with QoS 1.</summary>
    /// <param name="topic">Topic name, UTF-8.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="properties">MQTT 5 properties, without expiry and alias.</param>
    public void Publish(byte[] topic, ReadOnlyMemory<byte> payload, byte[] properties)
    {
        if (sessions.IsAnyKept)
        {
            log.Append(LogRecordKind.Message, LogRecordFlags.Qos1 | LogRecordFlags.Version5, "gateway"u8, topic, properties, payload.Span, clock.Now, listener: null);
        }

        router.Publish(new MqttMessage { Topic = topic, Payload = payload, Properties = properties, Qos = Qos.AtLeastOnce, ReceivedAt = clock.Steady }, publisher: null);
    }
}
