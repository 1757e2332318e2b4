using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Gateway.Host.Access;
using Gateway.Host.City;
using Gateway.Host.Ingest.Commands;
using Gateway.Host.Ingest.Routing;
using Gateway.Host.Ingest.Sessions.Persistence;
using Gateway.Host.IngestLog;
using Gateway.Host.Pipeline;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Mqtt.Sessions;
using Gateway.Protocols.Mqtt.Topics;
using Gateway.Protocols.Payloads.Pseudonyms;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Ingest;

/// <summary>What becomes of the messages a client publishes on one topic; kept by the connection, made anew for another snapshot.</summary>
internal sealed class TopicDecision
{
    /// <summary>The snapshot it was made with.</summary>
    public required CitySnapshot Snapshot { get; init; }

    /// <summary>Topic name, UTF-8.</summary>
    public required byte[] Topic { get; init; }

    /// <summary>Topic name.</summary>
    public required string TopicText { get; init; }

    /// <summary>Whether the client may publish here.</summary>
    public required bool IsAllowed { get; init; }

    /// <summary>The profile that binds the topic; null when its messages are only routed.</summary>
    public DeviceProfile? Profile { get; init; }

    /// <summary>The profile whose card numbers a message here may hold: of the topic, of the device it names, or of the device that publishes; null for none.</summary>
    public DeviceProfile? CardProfile { get; init; }

    /// <summary>The device whose reply to a command a message here is; null when it is none.</summary>
    public string? ReplyFrom { get; init; }

    /// <summary>The registered device's counts; null for strangers.</summary>
    public LedgerEntry? Entry { get; init; }
}

/// <summary>What the door did with a message.</summary>
internal enum DoorResult
{
    /// <summary>Nothing durable is owed: acknowledge when everything before it is.</summary>
    RoutedOnly,

    /// <summary>Part of the next commit.</summary>
    Appended,

    /// <summary>Refused: not authorised.</summary>
    NotAuthorized,

    /// <summary>Refused: too many retained messages, or the log is as long as it may be.</summary>
    QuotaExceeded,

    /// <summary>Refused: the payload is not the UTF-8 it says it is.</summary>
    PayloadFormatInvalid,

    /// <summary>The gateway is closing.</summary>
    Closed,
}

/// <summary>
/// Where messages come in: decides by topic what becomes of a message, pseudonymises what points at a person, and hands the bytes to
/// the log. Safe for threads.
/// </summary>
internal sealed class IngestDoor(SegmentLog log, LogQuota quota, Ledger ledger, CityWatcher city, TopicRules rules, RetainedMessages retained, SessionJournal sessions, Pseudonymizer pseudonymizer)
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_rewritten;

    /// <summary>The snapshot that decisions are made with now.</summary>
    public CitySnapshot Snapshot => city.Latest;

    /// <summary>The counts.</summary>
    public Ledger Ledger => ledger;

    /// <summary>Decides what becomes of a client's messages on a topic.</summary>
    public TopicDecision Decide(ClientPrincipal principal, ReadOnlySpan<byte> topic)
    {
        CitySnapshot snapshot = city.Latest;
        string text = Encoding.UTF8.GetString(topic);
        DeviceProfile? profile = snapshot.Definition.Devices.Bind(text, out ReadOnlySpan<char> id);
        string? deviceId = profile is null ? null : id.ToString();
        Device? device = deviceId is null ? null : snapshot.Definition.Devices.Find(deviceId);
        return new TopicDecision
        {
            Snapshot = snapshot,
            Topic = topic.ToArray(),
            TopicText = text,
            IsAllowed = rules.MayPublish(principal, text, deviceId, IsRegistered(snapshot, principal)),
            Profile = profile,
            CardProfile = CardProfileOf(snapshot, principal, text, profile, device),
            ReplyFrom = CommandTopics.ReplyFrom(text),
            Entry = device is null ? null : ledger.Device(device.Id),
        };
    }

    /// <summary>Whether a client may subscribe to a filter.</summary>
    public bool MaySubscribe(ClientPrincipal principal, TopicFilter filter)
    {
        CitySnapshot snapshot = city.Latest;
        string? deviceId = snapshot.Definition.Devices.Bind(filter.Matched, out ReadOnlySpan<char> id) is null ? null : id.ToString();
        return rules.MaySubscribe(principal, filter, deviceId, IsRegistered(snapshot, principal));
    }

    /// <summary>Takes one message.</summary>
    /// <param name="decision">What was decided for its topic.</param>
    /// <param name="packet">The message.</param>
    /// <param name="isVersion5">Whether its properties are v5 properties.</param>
    /// <param name="clientId">The publisher.</param>
    /// <param name="now">Receive time.</param>
    /// <param name="listener">Hears when it is durable; null for QoS 0.</param>
    /// <param name="payload">The payload as it may be seen from here on.</param>
    public DoorResult Take(TopicDecision decision, in PublishPacket packet, bool isVersion5, ReadOnlySpan<byte> clientId, EventTime now, CommitListener? listener, out ReadOnlySpan<byte> payload)
    {
        payload = packet.Payload;
        if (!decision.IsAllowed)
        {
            ledger.Reject(Rejection.NotAuthorized);
            return DoorResult.NotAuthorized;
        }

        if (packet.PayloadIsDeclaredUtf8 && !Utf8.IsValid(payload))
        {
            ledger.Reject(Rejection.PayloadFormatInvalid);
            return DoorResult.PayloadFormatInvalid;
        }

        if (quota.Refuses(decision.Profile is { LifeSafety: true }))
        {
            ledger.Reject(Rejection.LogFull);
            return DoorResult.QuotaExceeded;
        }

        if (packet.Retain && !retained.HasRoomFor(decision.TopicText, packet.Topic.Length + payload.Length + packet.Properties.Length, payload.IsEmpty))
        {
            ledger.Reject(Rejection.QuotaExceeded);
            return DoorResult.QuotaExceeded;
        }

        if (decision.CardProfile is { } profile)
        {
            payload = Pseudonymise(payload, profile);
        }

        if (decision.Profile is null && !packet.Retain && (packet.Qos == Qos.AtMostOnce || !sessions.IsAnyKept))
        {
            return DoorResult.RoutedOnly;
        }

        LogRecordFlags flags = (LogRecordFlags)packet.Qos
            | (packet.Retain ? LogRecordFlags.Retain : LogRecordFlags.None)
            | (packet.Dup ? LogRecordFlags.Duplicate : LogRecordFlags.None)
            | (isVersion5 ? LogRecordFlags.Version5 : LogRecordFlags.None)
            | (decision.Profile is not null ? LogRecordFlags.Ingested : LogRecordFlags.None)
            | (decision.Entry is not null ? LogRecordFlags.DeviceCounted : LogRecordFlags.None);
        Count(decision, 1); // before the record: the pipeline may have its outcome before the append returns
        if (log.Append(LogRecordKind.Message, flags, clientId, packet.Topic, packet.Properties, payload, now, listener, packet.Qos == Qos.ExactlyOnce ? packet.PacketIdentifier : (ushort)0) != AppendResult.Accepted)
        {
            Count(decision, -1);
            ledger.Reject(Rejection.Closing);
            return DoorResult.Closed;
        }

        return DoorResult.Appended;
    }

    /// <summary>The properties of a message as they may be seen from here on.</summary>
    public ReadOnlySpan<byte> PropertiesOf(TopicDecision decision, ReadOnlySpan<byte> properties) =>
        decision.CardProfile is not { } profile || properties.IsEmpty ? properties : pseudonymizer.RewriteProperties(properties, profile);

    /// <summary>Counts messages that were taken and that the log could not make durable.</summary>
    public void CountRefused(ReadOnlySpan<byte> records)
    {
        while (LogRecord.TryRead(records, out LogRecord record, out int length))
        {
            if (record.Has(LogRecordFlags.Ingested))
            {
                ledger.Total.RefuseByLog(1);
                if (record.Has(LogRecordFlags.DeviceCounted))
                {
                    ledger.Device(CountedDevice(Encoding.UTF8.GetString(record.Topic))).RefuseByLog(1);
                }
            }

            records = records[length..];
        }
    }

    /// <summary>Keeps a message for later subscribers when it was published retained.</summary>
    public void Retain(TopicDecision decision, MqttMessage message)
    {
        if (message.Retain)
        {
            retained.Set(decision.TopicText, message);
        }
    }

    private void Count(TopicDecision decision, int messages)
    {
        if (decision.Profile is not null)
        {
            ledger.Total.Accept(messages);
            decision.Entry?.Accept(messages);
        }
    }

    /// <summary>The device a message was counted for; a reload may have come since.</summary>
    private string CountedDevice(string topic)
    {
        CitySnapshot snapshot = city.Latest.Definition.Devices.Bind(topic, out _) is null ? city.Before : city.Latest;
        snapshot.Definition.Devices.Bind(topic, out ReadOnlySpan<char> id);
        return id.ToString();
    }

    private static bool IsRegistered(CitySnapshot snapshot, ClientPrincipal principal) => snapshot.Definition.Devices.Find(principal.Name) is not null;

    /// <summary>
    /// The first with cards of: the profile that binds the topic, that of the device it names (a door may publish as another kind, or on a topic
    /// that no profile binds, such as <c>.../status</c>), and that of the publisher. None behind a command: a door that is told to let a card in
    /// needs its number.
    /// </summary>
    private static DeviceProfile? CardProfileOf(CitySnapshot snapshot, ClientPrincipal principal, string topic, DeviceProfile? bound, Device? device)
    {
        DeviceRegister devices = snapshot.Definition.Devices;
        DeviceProfile?[] profiles = CommandTopics.IsCommand(topic)
            ? [bound]
            : [bound, device?.Profile, CommandTopics.DeviceIn(topic) is { } id ? devices.Find(id)?.Profile : null, devices.Find(principal.Name)?.Profile];
        return profiles.FirstOrDefault(p => p is { HasPseudonyms: true });
    }

    private ReadOnlySpan<byte> Pseudonymise(ReadOnlySpan<byte> payload, DeviceProfile profile)
    {
        ArrayBufferWriter<byte> rewritten = t_rewritten ??= new ArrayBufferWriter<byte>(1024);
        rewritten.ResetWrittenCount();
        pseudonymizer.Rewrite(payload, profile, rewritten);
        return rewritten.WrittenSpan;
    }
}
