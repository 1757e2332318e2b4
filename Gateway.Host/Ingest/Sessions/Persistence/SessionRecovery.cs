using System.Text;
using Gateway.Host.Ingest.Routing;
using Gateway.Host.IngestLog;
using Gateway.Protocols.Mqtt.Sessions;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Ingest.Sessions.Persistence;

/// <summary>
/// Brings the kept sessions back at start: those of the last snapshot, then every change and every message that the log has after it, in
/// order. What a client acknowledged after the snapshot, before the process was killed, it may be sent again.
/// </summary>
internal sealed class SessionRecovery(SegmentLog log, SessionRegistry sessions, MessageRouter router, GatewayClock clock)
{
    /// <summary>Brings them back; before anybody can connect.</summary>
    public void Restore(SessionSnapshot? snapshot)
    {
        foreach (StoredSession stored in snapshot?.Sessions ?? [])
        {
            sessions.Restore(stored);
        }

        LogReader reader = new(log, snapshot?.Offset ?? 0);
        while (reader.TryReadFrame(out _, out ReadOnlySpan<byte> records, out int skip))
        {
            while (LogRecord.TryRead(records, out LogRecord record, out int length))
            {
                if (skip-- <= 0)
                {
                    Apply(record);
                }

                records = records[length..];
            }
        }
    }

    private void Apply(in LogRecord record)
    {
        if (record.Kind == LogRecordKind.Session && SessionChange.Read(record.Payload) is { } change)
        {
            Apply(Encoding.UTF8.GetString(record.ClientId), change, record.ReceivedAt);
        }
        else if (record.Kind == LogRecordKind.Message && (record.Flags & (LogRecordFlags.Qos1 | LogRecordFlags.Qos2)) != 0 && sessions.SessionCount > 0)
        {
            Apply(record, sessions.Find(Encoding.UTF8.GetString(record.ClientId)));
        }
    }

    private void Apply(in LogRecord record, ClientSession? publisher)
    {
        if (record.PacketIdentifier != 0)
        {
            publisher?.Machine.RestoreHold(record.PacketIdentifier);
        }

        if (!router.HasSubscriptions)
        {
            return;
        }

        router.Publish(RecordedMessage.Of(record, record.ReceivedAt), publisher);
    }

    private void Apply(string clientId, SessionChange change, EventTime at)
    {
        ClientSession? session = sessions.Find(clientId);
        switch (change.Kind)
        {
            case SessionChangeKind.Opened when session is null:
                sessions.Restore(new StoredSession(new SessionState { ClientId = clientId, Expiry = change.Expiry }, change.Owner));
                break;
            case SessionChangeKind.Opened:
                session.Machine.RestoreExpiry(change.Expiry, null, clock.Steady);
                break;
            case SessionChangeKind.Ended when session is not null:
                sessions.Forget(session);
                break;
            case SessionChangeKind.Detached:
                session?.Machine.RestoreExpiry(session.Machine.Expiry, at, clock.Steady);
                break;
            case SessionChangeKind.Subscribed when session is not null:
                session.Machine.RestoreSubscription(change.Subscription);
                router.Subscribe(session, change.Subscription);
                break;
            case SessionChangeKind.Unsubscribed when session is not null:
                session.Machine.RestoreUnsubscription(change.Subscription.Filter);
                router.Unsubscribe(session, [change.Subscription.Filter]);
                break;
            case SessionChangeKind.Released:
                session?.Machine.RestoreRelease(change.PacketIdentifier);
                break;
        }
    }
}
