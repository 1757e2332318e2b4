using System.Text.Json;
using Gateway.Host.Cases.Audit;
using Gateway.Rules.Cases;
using Microsoft.Data.Sqlite;

namespace Gateway.Host.Cases;

/// <summary>The statements of a commit, prepared once. Not safe for threads: the store lets one commit in at a time.</summary>
internal sealed class SqliteCaseWriter : IDisposable
{
    /// <summary>Shadow alerts that are kept.</summary>
    public const int ShadowLimit = 100_000;

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _position;
    private readonly SqliteCommand _appendEvent;
    private readonly SqliteCommand _putCase;
    private readonly SqliteCommand _putAreas;
    private readonly SqliteCommand _putAreaEvents;
    private readonly SqliteCommand _putFigures;
    private readonly SqliteCommand _putPosition;
    private readonly SqliteCommand _putCheckpoint;
    private readonly SqliteCommand _putRetained;
    private readonly SqliteCommand _dropRetained;
    private readonly SqliteCommand _putShadow;
    private readonly SqliteCommand _trimShadow;
    private readonly SqliteCommand[] _all;
    private readonly AuditChain _audit;
    private long _lastSequence;

    public SqliteCaseWriter(SqliteConnection connection)
    {
        _connection = connection;
        _position = Command("SELECT next_offset FROM partitions WHERE partition = $partition", "$partition");

        // A history has neither gap nor fork: an event that is not the next one inserts no row.
        _appendEvent = Command(
            """
            INSERT INTO case_events (case_no, case_sequence, at, body)
            SELECT $no, $sequence, $at, $body
            WHERE $sequence = 1 + coalesce((SELECT max(case_sequence) FROM case_events WHERE case_no = $no), 0)
            RETURNING sequence
            """,
            "$no", "$sequence", "$at", "$body");

        // The latest event of the case must be the one its state claims, or state and history have parted.
        _putCase = Command(
            """
            INSERT INTO cases (number, case_no, partition, key, open, status, event, opened_at, reopen_until, sequence, body)
            VALUES ($number, $no, $partition, $key, $open, $status, $event, $opened, $reopen,
                    (SELECT max(case_sequence) FROM case_events WHERE case_no = $no AND case_sequence >= $sequence
                     HAVING max(case_sequence) = $sequence), $body)
            ON CONFLICT (number) DO UPDATE SET open = excluded.open, status = excluded.status, reopen_until = excluded.reopen_until,
                sequence = excluded.sequence, body = excluded.body
            WHERE case_no = excluded.case_no
            """,
            "$number", "$no", "$partition", "$key", "$open", "$status", "$event", "$opened", "$reopen", "$sequence", "$body");
        _putAreas = Command("INSERT OR IGNORE INTO case_areas (area, opened_at, number) SELECT value, $opened, $number FROM json_each($areas)", "$areas", "$opened", "$number");
        _putAreaEvents = Command("INSERT OR IGNORE INTO case_area_events (area, event, opened_at, number) SELECT value, $event, $opened, $number FROM json_each($areas)", "$areas", "$event", "$opened", "$number");
        _putFigures = Command(SqliteCaseFigures.Put, SqliteCaseFigures.Parameters);
        _putPosition = Command(
            "INSERT OR REPLACE INTO partitions (partition, next_offset, log_time) VALUES ($partition, $offset, $time)", "$partition", "$offset", "$time");
        _putCheckpoint = Command(
            "INSERT OR REPLACE INTO checkpoints (partition, next_offset, state) VALUES ($partition, $offset, $state)", "$partition", "$offset", "$state");
        _putRetained = Command("INSERT OR REPLACE INTO retained (topic, message) VALUES ($topic, $message)", "$topic", "$message");
        _dropRetained = Command("DELETE FROM retained WHERE topic = $topic", "$topic");

        // A commit that is tried again finds its rows there.
        _putShadow = Command(
            "INSERT OR IGNORE INTO shadow_alerts (rule, at, device, kind, absence, log_offset, body) VALUES ($rule, $at, $device, $kind, $absence, $offset, $body)",
            "$rule", "$at", "$device", "$kind", "$absence", "$offset", "$body");
        _trimShadow = Command("DELETE FROM shadow_alerts WHERE number <= (SELECT max(number) FROM shadow_alerts) - $kept", "$kept");
        _all = [_position, _appendEvent, _putCase, _putAreas, _putAreaEvents, _putFigures, _putPosition, _putCheckpoint, _putRetained, _dropRetained, _putShadow, _trimShadow];

        _audit = new AuditChain(connection);
        using SqliteCommand last = connection.CreateCommand();
        last.CommandText = "SELECT coalesce(max(sequence), 0) FROM case_events";
        _lastSequence = (long)last.ExecuteScalar()!;
    }

    /// <summary>Global sequence of the latest event.</summary>
    public long LastSequence => Volatile.Read(ref _lastSequence);

    /// <summary>Writes everything or nothing.</summary>
    public CaseCommitResult Commit(CaseCommit commit)
    {
        using SqliteTransaction transaction = _connection.BeginTransaction(deferred: false);
        Array.ForEach(_all, c => c.Transaction = transaction);
        _audit.Begin(transaction);
        if (Passed(commit))
        {
            return new CaseCommitResult(false, _lastSequence);
        }

        long last = _lastSequence;
        foreach (CaseEvent next in commit.Events)
        {
            last = Append(next, JsonSerializer.Serialize(next, CaseJsonContext.Readable.CaseEvent)).Entry.Sequence;
        }

        foreach (Case state in commit.Cases.OrderBy(c => c.IsOpen))
        {
            Put(commit.Partition, state);
        }

        Put(commit);
        transaction.Commit();
        _audit.Committed(commit.Cases);
        Volatile.Write(ref _lastSequence, last);
        return new CaseCommitResult(true, last);
    }

    /// <summary>
    /// Adds events of another store as they were there, byte for byte, and the cases as they stand behind them; everything or nothing.
    /// </summary>
    /// <param name="partition">The partition of their cases.</param>
    /// <param name="events">Events in the order of their sequence, from the one behind the last there is.</param>
    /// <returns>The first event that does not come out as it was; null when all do.</returns>
    /// <exception cref="CaseStoreException">The cases contradict each other behind the last of the events: two open ones of a key, one number for two.</exception>
    public RestoreProblem? Restore(int partition, IReadOnlyList<RestoredEvent> events)
    {
        using SqliteTransaction transaction = _connection.BeginTransaction(deferred: false);
        Array.ForEach(_all, c => c.Transaction = transaction);
        _audit.Begin(transaction);
        long last = _lastSequence;
        for (int i = 0; i < events.Count; i++)
        {
            if (Restore(events[i], out last) is { } problem)
            {
                return new RestoreProblem(i, problem);
            }
        }

        Case[] states = [.. _audit.Pending];
        foreach (Case state in states.OrderBy(c => c.IsOpen))
        {
            Put(partition, state);
        }

        transaction.Commit();
        _audit.Committed(states);
        Volatile.Write(ref _lastSequence, last);
        return null;
    }

    private string? Restore(RestoredEvent one, out long sequence)
    {
        try
        {
            (AuditEntry entry, byte[] hash) = Append(one.Event, one.Body);
            sequence = entry.Sequence;
            return sequence != one.Sequence ? FormattableString.Invariant($"it is event {one.Sequence} of all, and comes out as {sequence}: one before it is missing or stands twice")
                : entry.Before != one.Before || entry.After != one.After ? $"it brings {one.CaseNo} from '{entry.Before}' to '{entry.After}', not from '{one.Before}' to '{one.After}'"
                : !hash.AsSpan().SequenceEqual(one.Hash) ? $"its hash is {Convert.ToHexStringLower(hash)}, not {Convert.ToHexStringLower(one.Hash)}: it, or one before it, was edited"
                : null;
        }
        catch (CaseStoreException e) when (e.Fault == CaseStoreFault.Conflict)
        {
            sequence = 0;
            return e.Message;
        }
        catch (Exception e) when (RestoredEvent.IsMisshapen(e))
        {
            sequence = 0;
            return $"it is no event that a gateway writes: {e.Message}";
        }
    }

    /// <summary>
    /// Whether the partition is already past it. At the very offset, a commit without events may still bring a newer checkpoint.
    /// </summary>
    private bool Passed(CaseCommit commit)
    {
        long stored = Set(_position, commit.Partition).ExecuteScalar() is long offset ? offset : 0;
        return commit.NextOffset < stored || (commit.NextOffset == stored && stored > 0 && commit.Events.Count > 0);
    }

    private (AuditEntry Entry, byte[] Hash) Append(CaseEvent next, string body)
    {
        object? sequence = Set(_appendEvent, next.CaseNo, next.Sequence, next.At.UnixMilliseconds, body).ExecuteScalar();
        if (sequence is null)
        {
            throw new CaseStoreException(CaseStoreFault.Conflict, $"event {next.Sequence} of {next.CaseNo} is not the next of its stored history");
        }

        if (next is CaseCollected first)
        {
            string areas = JsonSerializer.Serialize(first.Facts.AreaPath, CaseJsonContext.Readable.IReadOnlyListString);
            Set(_putAreas, areas, first.At.UnixMilliseconds, first.Number).ExecuteNonQuery();
            Set(_putAreaEvents, areas, first.Facts.Key.Event, first.At.UnixMilliseconds, first.Number).ExecuteNonQuery();
        }

        return _audit.Append((long)sequence, next, body);
    }

    private void Put(int partition, Case c)
    {
        CaseFacts facts = c.Facts;
        string body = JsonSerializer.Serialize(c, CaseJsonContext.Readable.Case);
        int changed = Set(
            _putCase, c.Number, c.CaseNo, partition, facts.Key.ToString(), c.IsOpen ? 1 : 0, (int)c.Status, facts.Key.Event,
            c.OpenedAt.UnixMilliseconds, c.ReopenUntil?.UnixMilliseconds, c.Sequence, body).ExecuteNonQuery();
        if (changed != 1)
        {
            throw new CaseStoreException(CaseStoreFault.Conflict, $"number {c.Number} of {c.CaseNo} is stored as another case");
        }

        Set(_putFigures, SqliteCaseFigures.Values(c)).ExecuteNonQuery();
    }

    private void Put(CaseCommit commit)
    {
        Set(_putPosition, commit.Partition, commit.NextOffset, commit.LogTime.UnixMilliseconds).ExecuteNonQuery();
        if (commit.Checkpoint is { } checkpoint)
        {
            Set(_putCheckpoint, commit.Partition, checkpoint.NextOffset, checkpoint.State).ExecuteNonQuery();
        }

        foreach (ShadowAlert shadow in commit.Shadow)
        {
            string body = JsonSerializer.Serialize(shadow, CaseJsonContext.Readable.ShadowAlert);
            Set(_putShadow, shadow.Rule.Name, shadow.At.UnixMilliseconds, shadow.DeviceId, (int)shadow.Kind, shadow.IsAbsence ? 1 : 0, shadow.Offset, body).ExecuteNonQuery();
        }

        if (commit.Shadow.Count > 0)
        {
            Set(_trimShadow, ShadowLimit).ExecuteNonQuery();
        }

        foreach ((string topic, byte[]? message) in commit.Retained ?? new Dictionary<string, byte[]?>())
        {
            (message is { Length: > 0 } ? Set(_putRetained, topic, message) : Set(_dropRetained, topic)).ExecuteNonQuery();
        }
    }

    private SqliteCommand Command(string sql, params ReadOnlySpan<string> parameters)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (string name in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        return command;
    }

    private static SqliteCommand Set(SqliteCommand command, params ReadOnlySpan<object?> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        return command;
    }

    public void Dispose()
    {
        Array.ForEach(_all, c => c.Dispose());
        _audit.Dispose();
    }
}
