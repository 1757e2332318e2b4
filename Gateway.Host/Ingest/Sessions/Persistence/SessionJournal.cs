using System.Text;
using Gateway.Host.IngestLog;
using Gateway.Protocols.Mqtt.Sessions;
using Gateway.Protocols.Mqtt.Topics;

namespace Gateway.Host.Ingest.Sessions.Persistence;

/// <summary>
/// Writes the changes of kept sessions, those with an expiry, to the ingest log, between the messages they happened between. What a
/// client is told of them (SUBACK, UNSUBACK, PUBCOMP) waits for the commit like a PUBACK. Called under the session's gate.
/// </summary>
internal sealed class SessionJournal(SegmentLog log, GatewayClock clock)
{
    private int _kept;

    /// <summary>
    /// Whether a message that is only routed must be in the log too: some kept session may owe it to its client, and the publisher's
    /// acknowledgement says that it does.
    /// </summary>
    public bool IsAnyKept => Volatile.Read(ref _kept) > 0;

    /// <summary>One session more, or less, is kept.</summary>
    public void Count(int change) => Interlocked.Add(ref _kept, change);

    /// <summary>A kept session began, or its expiry changed.</summary>
    public void Opened(MqttSession session, string owner) => Append(session, new SessionChange(SessionChangeKind.Opened) { Expiry = session.Expiry, Owner = owner });

    /// <summary>The client of a kept session went.</summary>
    public void Detached(MqttSession session) => Append(session, new SessionChange(SessionChangeKind.Detached));

    /// <summary>A kept session is to end; whether the log has that.</summary>
    public Task<bool> Ending(MqttSession session)
    {
        CommitCompletion written = new();
        return Append(session, new SessionChange(SessionChangeKind.Ended), written) == AppendResult.Accepted ? written.Durable : Task.FromResult(false);
    }

    /// <summary>A subscription was made.</summary>
    public void Subscribed(MqttSession session, in Subscription subscription) =>
        Append(session, new SessionChange(SessionChangeKind.Subscribed) { Subscription = subscription });

    /// <summary>A subscription was taken back.</summary>
    public void Unsubscribed(MqttSession session, TopicFilter filter) =>
        Append(session, new SessionChange(SessionChangeKind.Unsubscribed) { Subscription = new Subscription(filter, default, 0) });

    /// <summary>The client released a QoS 2 identifier.</summary>
    public void Released(MqttSession session, ushort packetIdentifier) =>
        Append(session, new SessionChange(SessionChangeKind.Released) { PacketIdentifier = packetIdentifier });

    // A log that is closing takes nothing more, and needs nothing more: the last snapshot follows.
    private AppendResult Append(MqttSession session, SessionChange change, CommitListener? listener = null) =>
        log.Append(LogRecordKind.Session, LogRecordFlags.None, Encoding.UTF8.GetBytes(session.ClientId), default, default, change.ToBytes(), clock.Now, listener);
}
