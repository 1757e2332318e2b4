using Gateway.Host.Ingest.Connections;
using Gateway.Host.Ingest.Routing;
using Gateway.Host.Ingest.Sessions.Persistence;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Mqtt.Sessions;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Ingest.Sessions;

/// <summary>
/// All sessions and connections: who is here, who takes over whom, whose time is over. Its gate comes before any session's gate.
/// </summary>
internal sealed class SessionRegistry(MqttOptions options, GatewayClock clock, MessageRouter router, MqttBudgets budgets, SessionJournal journal)
{
    /// <summary>What a session is kept for that is over, but whose end the log does not have yet.</summary>
    private static readonly TimeSpan KnownToTheLog = TimeSpan.FromTicks(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ClientSession> _sessions = new(StringComparer.Ordinal);
    private readonly HashSet<MqttConnection> _connections = [];
    private readonly DelayedWills _wills = new();

    /// <summary>Network connections, also those that have not said who they are.</summary>
    public int ConnectionCount
    {
        get
        {
            lock (_gate)
            {
                return _connections.Count;
            }
        }
    }

    /// <summary>Sessions, connected or kept.</summary>
    public int SessionCount
    {
        get
        {
            lock (_gate)
            {
                return _sessions.Count;
            }
        }
    }

    /// <summary>Bytes that wait for clients or for their acknowledgements.</summary>
    public long QueuedBytes => budgets.Queues.UsedBytes;

    /// <summary>The devices that are connected, by id: by their credentials, or, where local clients need none, by their client ids.</summary>
    public IReadOnlySet<string> ConnectedDevices()
    {
        lock (_gate)
        {
            return _sessions.Values.Where(s => s.Connection is not null).Select(s => s.DeviceId).OfType<string>().ToHashSet(StringComparer.Ordinal);
        }
    }

    /// <summary>Notes a new network connection; false when there are too many.</summary>
    public bool TryAdd(MqttConnection connection)
    {
        lock (_gate)
        {
            return _connections.Count < options.ConnectionLimit && _connections.Add(connection);
        }
    }

    /// <summary>
    /// Attaches an admitted connection to its session: the one it left behind, or a new one; an earlier connection of the same client is
    /// closed [MQTT-3.1.4-3]. Refused with <see cref="ReasonCode.NotAuthorized"/> when the session is another principal's, and with
    /// <see cref="ReasonCode.QuotaExceeded"/> when it would need one session too many. Brings the delayed Will of the session that this ends,
    /// or of one that was away too long, to be published now and without the gate. Where a kept session is to end, nothing else has happened:
    /// CONNACK says that it is gone, so the log must say so first. <see cref="Finish"/> when it does, and attach again.
    /// </summary>
    public Attachment Attach(MqttConnection connection, string clientId, bool cleanStart, Func<MqttSession, bool, ConnectAcceptance> accept)
    {
        lock (_gate)
        {
            if (connection.Machine.State != ConnectionState.AwaitingDecision)
            {
                return default; // gone, or refused, while it waited for a password or for the log: it must not take over from one that is here
            }

            EventTime now = clock.Steady;
            bool present = _sessions.TryGetValue(clientId, out ClientSession? session);
            bool isOver = present && session!.Machine.ExpiresAt <= now;
            if (present && !isOver && session!.Owner != connection.Principal!.Owner)
            {
                connection.Refuse(ReasonCode.NotAuthorized, "the session of this client id is somebody else's");
                return default;
            }

            // A session without an expiry ends with its connection, also when that connection ends only here and now by being taken over.
            if (present && (cleanStart || isOver || session!.Ending is not null || session.Machine.Expiry == TimeSpan.Zero || !connection.MayResume(session)))
            {
                if (session!.KeptFor > TimeSpan.Zero)
                {
                    return new Attachment { Former = BeginEnd(session, connection) };
                }

                Discard(session);
                present = false;
            }

            (MqttConnection, Will)? ended = _wills.Take(clientId, isResumed: present, now);
            if (!present)
            {
                if (_sessions.Count >= options.SessionLimit)
                {
                    connection.Refuse(ReasonCode.QuotaExceeded, "the gateway keeps as many sessions as it may: Gateway:Mqtt:SessionLimit");
                    return new Attachment { Will = ended };
                }

                session = new ClientSession(new MqttSession(clientId, options.Limits, budgets.Queues, budgets.Sessions)) { Owner = connection.Principal!.Owner };
                _sessions.Add(clientId, session);
            }

            lock (session!.Gate)
            {
                session.Connection?.TakeOver();
                session.Connection = connection;
                connection.Accept(session, accept(session.Machine, present), now);
                Keep(session);
            }

            return new Attachment { Will = ended };
        }
    }

    /// <summary>The end of a session has been written, or could not be: then it goes on, and its client is refused.</summary>
    public void Finish(ClientSession session, Task<bool> written)
    {
        lock (_gate)
        {
            lock (session.Gate)
            {
                session.Ending = session.Ending == written ? null : session.Ending;
                if (written.Result && session.KeptFor > TimeSpan.Zero)
                {
                    DiscardKept(session);
                }
            }
        }
    }

    /// <summary>Puts a stored session back, without a connection; at start.</summary>
    public void Restore(StoredSession stored)
    {
        lock (_gate)
        {
            ClientSession session = new(MqttSession.Restore(stored.State, options.Limits, budgets.Queues, budgets.Sessions, clock.Steady)) { Owner = stored.Owner, KeptFor = stored.State.Expiry > TimeSpan.Zero ? stored.State.Expiry : KnownToTheLog };
            _sessions.Add(stored.State.ClientId, session);
            journal.Count(1);
            foreach (Subscription subscription in stored.State.Subscriptions)
            {
                router.Subscribe(session, subscription);
            }
        }
    }

    /// <summary>Takes back a restored session that ended later in the log; at start.</summary>
    public void Forget(ClientSession session)
    {
        lock (_gate)
        {
            DiscardKept(session);
        }
    }

    /// <summary>The session of a client; null when there is none.</summary>
    public ClientSession? Find(string clientId)
    {
        lock (_gate)
        {
            return _sessions.GetValueOrDefault(clientId);
        }
    }

    /// <summary>All network connections.</summary>
    public IReadOnlyList<MqttConnection> Connections()
    {
        lock (_gate)
        {
            return [.. _connections];
        }
    }

    /// <summary>The sessions that are to outlive the process, each as of one moment.</summary>
    public IReadOnlyList<StoredSession> Kept()
    {
        List<ClientSession> sessions;
        lock (_gate)
        {
            sessions = [.. _sessions.Values];
        }

        List<StoredSession> kept = [];
        foreach (ClientSession session in sessions)
        {
            lock (session.Gate)
            {
                if (session.KeptFor > TimeSpan.Zero && session.Ending is not { IsCompletedSuccessfully: true, Result: true })
                {
                    kept.Add(new StoredSession(session.Machine.Save(), session.Owner));
                }
            }
        }

        return kept;
    }

    /// <summary>A network connection is over; its session stays if it is meant to. Returns the Will to publish now, if any.</summary>
    public Will? Remove(MqttConnection connection)
    {
        lock (_gate)
        {
            _connections.Remove(connection);
            if (connection.Session is not { } session)
            {
                connection.ReturnWill();
                return null;
            }

            lock (session.Gate)
            {
                if (session.Connection == connection)
                {
                    session.Connection = null;
                    if (session.Machine.Expiry == TimeSpan.Zero)
                    {
                        End(session);
                    }
                    else
                    {
                        Keep(session);
                        journal.Detached(session.Machine);
                    }
                }
            }

            if (connection.Machine.Will is not { } will)
            {
                connection.ReturnWill();
                return null;
            }

            // The Will waits for its delay or the end of the session, whichever comes first (v5 section 3.1.3.2.2).
            TimeSpan delay = TimeSpan.FromSeconds(will.DelayIntervalSeconds);
            delay = delay < session.Machine.Expiry ? delay : session.Machine.Expiry;
            bool ended = !_sessions.TryGetValue(session.Machine.ClientId, out ClientSession? current) || current != session;
            if (ended || delay == TimeSpan.Zero)
            {
                return will;
            }

            if (session.Connection is null)
            {
                _wills.Put(session.Machine.ClientId, connection, will, clock.Steady + delay);
            }
            else
            {
                connection.ReturnWill(); // the client is back already
            }

            return null;
        }
    }

    /// <summary>Closes what has been silent or undecided too long, ends sessions whose time is over, and returns the delayed Wills whose time has come. Once a second.</summary>
    public IReadOnlyList<(MqttConnection Connection, Will Will)> Sweep()
    {
        EventTime now = clock.Steady;
        List<MqttConnection> connections;
        IReadOnlyList<(MqttConnection, Will)> due;
        lock (_gate)
        {
            connections = [.. _connections];
            due = _wills.TakeDue(now);
            foreach (ClientSession session in _sessions.Values.Where(s => s.Connection is null && (s.Machine.ExpiresAt <= now || s.Ending is not null)).ToList())
            {
                End(session);
            }
        }

        foreach (MqttConnection connection in connections)
        {
            connection.CloseIfDue(now);
        }

        return due;
    }

    /// <summary>Closes every connection, when the gateway stops.</summary>
    public void CloseAll()
    {
        foreach (MqttConnection connection in Connections())
        {
            connection.Close(ReasonCode.ServerShuttingDown);
        }
    }

    /// <summary>
    /// No connection goes on with the session while its end is written; of those that wait for it the one that came last is its client.
    /// Under the gate.
    /// </summary>
    private (ClientSession Session, Task<bool> Written) BeginEnd(ClientSession session, MqttConnection? successor)
    {
        if (session.Successor != successor && successor is not null)
        {
            session.Successor?.Refuse(ReasonCode.ServerUnavailable, "the client has connected again");
            session.Successor = successor;
        }

        lock (session.Gate)
        {
            session.Connection?.TakeOver();
            session.Connection = null;
            if (session.Ending is null or { IsCompletedSuccessfully: true, Result: false })
            {
                session.Ending = journal.Ending(session.Machine);
            }

            return (session, session.Ending);
        }
    }

    /// <summary>
    /// The time of a session is over: at once, or, where it is kept, when the log has that. What could not be written is tried again at the
    /// next call. Under the gate.
    /// </summary>
    private void End(ClientSession session)
    {
        lock (session.Gate)
        {
            if (session.KeptFor == TimeSpan.Zero)
            {
                Discard(session);
            }
            else if (session.Ending is { IsCompleted: true } written)
            {
                Finish(session, written);
            }
            else
            {
                BeginEnd(session, successor: null);
            }
        }
    }

    /// <summary>A session that was kept ends for good: the log has its end. Under the gate.</summary>
    private void DiscardKept(ClientSession session)
    {
        session.KeptFor = TimeSpan.Zero;
        journal.Count(-1);
        Discard(session);
    }

    /// <summary>A session that is not kept ends for good; under the gate.</summary>
    private void Discard(ClientSession session)
    {
        lock (session.Gate)
        {
            session.Connection?.TakeOver();
            session.Connection = null;
            router.Unsubscribe(session, [.. session.Machine.Subscriptions.Values.Select(s => s.Filter)]);
            session.Machine.End();
        }

        if (_sessions.TryGetValue(session.Machine.ClientId, out ClientSession? current) && current == session)
        {
            _sessions.Remove(session.Machine.ClientId);
        }
    }

    /// <summary>Notes in the log that the session is kept, and for how long, when it does not say so yet; under the session's gate.</summary>
    private void Keep(ClientSession session)
    {
        if (session.Machine.Expiry == TimeSpan.Zero && session.KeptFor > TimeSpan.Zero)
        {
            // It ends with this connection, and until its end is written it stays one that the log knows.
            journal.Opened(session.Machine, session.Owner);
        }
        else if (session.Machine.Expiry != session.KeptFor)
        {
            journal.Count(session.KeptFor == TimeSpan.Zero ? 1 : 0);
            session.KeptFor = session.Machine.Expiry;
            journal.Opened(session.Machine, session.Owner);
        }
    }
}
