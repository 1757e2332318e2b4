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

    /// <summary>Whether anybody would get a message on a topic, a kept session among them whose client is away.</summary>
    /// <param name="topic">Topic name, UTF-8.</param>
    public bool HasSubscriber(ReadOnlySpan<byte> topic) => router.HasSubscriptions && router.SubscribersOf(topic).Count > 0;

    /// <summary>
    /// Publishes with QoS 1; completes with true once no kept session can lose the message, with false where the log did not take it. A session
    /// that is connected may have it either way.
    /// </summary>
    /// <param name="topic">Topic name, UTF-8.</param>
    /// <param name="payload">The payload.</param>
    public Task<bool> PublishDurablyAsync(byte[] topic, ReadOnlyMemory<byte> payload)
    {
        CommitCompletion? written = sessions.IsAnyKept ? new CommitCompletion() : null;
        if (written is not null && Append(topic, payload, [], written) != AppendResult.Accepted)
        {
            return Task.FromResult(false);
        }

        Route(topic, payload, []);
        return written?.Durable ?? Task.FromResult(true);
    }

    /// <summary>Publishes with QoS 1.</summary>
    /// <param name="topic">Topic name, UTF-8.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="properties">MQTT 5 properties, without expiry and alias.</param>
    public void Publish(byte[] topic, ReadOnlyMemory<byte> payload, byte[] properties)
    {
        if (sessions.IsAnyKept)
        {
            Append(topic, payload, properties, null);
        }

        Route(topic, payload, properties);
    }

    /// <summary>Publishes with QoS 0 to whoever is connected: neither the log nor a session keeps it.</summary>
    /// <param name="topic">Topic name, UTF-8.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="properties">MQTT 5 properties, without expiry and alias.</param>
    public void PublishUnkept(byte[] topic, ReadOnlyMemory<byte> payload, byte[] properties) => Route(topic, payload, properties, Qos.AtMostOnce);

    private AppendResult Append(byte[] topic, ReadOnlyMemory<byte> payload, byte[] properties, CommitListener? listener) =>
        log.Append(LogRecordKind.Message, LogRecordFlags.Qos1 | LogRecordFlags.Version5, "gateway"u8, topic, properties, payload.Span, clock.Now, listener);

    private void Route(byte[] topic, ReadOnlyMemory<byte> payload, byte[] properties, Qos qos = Qos.AtLeastOnce) =>
        router.Publish(new MqttMessage { Topic = topic, Payload = payload, Properties = properties, Qos = qos, ReceivedAt = clock.Steady }, publisher: null);
}
