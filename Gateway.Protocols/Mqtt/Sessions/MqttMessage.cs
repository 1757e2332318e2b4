using System.Text;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Readings;

namespace Gateway.Protocols.Mqtt.Sessions;

/// <summary>
/// An application message as it waits for subscribers or is retained: one instance however many subscribers it has. Immutable. Times
/// are of the host's steady clock (see <see cref="MqttSession"/>).
/// </summary>
public sealed class MqttMessage
{
    /// <summary>Topic name, UTF-8.</summary>
    public required ReadOnlyMemory<byte> Topic { get; init; }

    /// <summary>The payload.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Raw v5 properties that go on to subscribers, see <see cref="PublishProperties.Forwardable"/>.</summary>
    public ReadOnlyMemory<byte> Properties { get; init; }

    /// <summary>QoS it was published with.</summary>
    public Qos Qos { get; init; }

    /// <summary>Whether it was published retained.</summary>
    public bool Retain { get; init; }

    /// <summary>When the server received it.</summary>
    public EventTime ReceivedAt { get; init; }

    /// <summary>Lifetime from <see cref="ReceivedAt"/>, seconds; null when it does not expire.</summary>
    public uint? ExpiryIntervalSeconds { get; init; }

    /// <summary>What it counts for in a queue, bytes.</summary>
    public int SizeBytes => Topic.Length + Payload.Length + Properties.Length;

    /// <summary>Copies a received PUBLISH. <paramref name="packet"/>'s topic must be resolved if it came as an alias.</summary>
    public static MqttMessage From(in PublishPacket packet, EventTime receivedAt) => new()
    {
        Topic = packet.Topic.ToArray(),
        Payload = packet.Payload.ToArray(),
        Properties = PublishProperties.Forwardable(packet.Properties),
        Qos = packet.Qos,
        Retain = packet.Retain,
        ReceivedAt = receivedAt,
        ExpiryIntervalSeconds = packet.MessageExpiryIntervalSeconds,
    };

    /// <summary>The message of a Will, published at <paramref name="publishedAt"/>.</summary>
    public static MqttMessage From(Will will, EventTime publishedAt) => new()
    {
        Topic = Encoding.UTF8.GetBytes(will.Topic),
        Payload = will.Payload,
        Properties = PublishProperties.Forwardable(will.Properties.ToBytes()),
        Qos = will.Qos,
        Retain = will.Retain,
        ReceivedAt = publishedAt,
        ExpiryIntervalSeconds = will.Properties.MessageExpiryIntervalSeconds,
    };

    /// <summary>Whether its lifetime is over [MQTT-3.3.2-5].</summary>
    public bool IsExpired(EventTime now) =>
        ExpiryIntervalSeconds is uint seconds && now - ReceivedAt >= TimeSpan.FromSeconds(seconds);

    /// <summary>Lifetime left, whole seconds, never below zero; null when it does not expire [MQTT-3.3.2-6].</summary>
    public uint? RemainingSeconds(EventTime now)
    {
        if (ExpiryIntervalSeconds is not uint seconds)
        {
            return null;
        }

        double waited = Math.Max(0, Math.Floor((now - ReceivedAt).TotalSeconds));
        return waited >= seconds ? 0 : seconds - (uint)waited;
    }
}
