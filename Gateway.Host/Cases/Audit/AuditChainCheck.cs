using Microsoft.Data.Sqlite;

namespace Gateway.Host.Cases.Audit;

/// <summary>
/// Walks events and audit entries side by side, once, in the order of their sequence: nothing missing, nothing added, each hash made from
/// the one before and from what stands there. Holds one entry at a time.
/// </summary>
internal sealed class AuditChainCheck(AuditReport report, AuditCheckpointCheck checkpoints, Action<long> progress)
{
    private readonly AuditSuspects _suspects = new(report);
    private readonly MerkleTree _tree = new();
    private byte[] _stored = AuditEntry.Genesis.ToArray();
    private byte[] _computed = AuditEntry.Genesis.ToArray();
    private bool _isLinkKnown = true;
    private long _last;

    /// <summary>Runs over the whole store.</summary>
    public void Run(SqliteConnection connection)
    {
        using SqliteCommand eventQuery = connection.CreateCommand();
        using SqliteCommand entryQuery = connection.CreateCommand();
        eventQuery.CommandText = "SELECT sequence, case_no, case_sequence, at, body FROM case_events ORDER BY sequence";
        entryQuery.CommandText = "SELECT sequence, status_before, status_after, hash FROM audit_entries ORDER BY sequence";
        using SqliteDataReader events = eventQuery.ExecuteReader();
        using SqliteDataReader entries = entryQuery.ExecuteReader();
        bool hasEvent = events.Read(), hasEntry = entries.Read();
        while (hasEvent || hasEntry)
        {
            long eventAt = hasEvent ? events.GetInt64(0) : long.MaxValue;
            long entryAt = hasEntry ? entries.GetInt64(0) : long.MaxValue;
            long at = Math.Min(eventAt, entryAt);
            Reach(at);
            if (eventAt != at)
            {
                report.Add(AuditFinding.Entry(AuditFault.Removed, at, "", "its event is gone, its audit entry is still there"));
                Take(entries.GetFieldValue<byte[]>(3));
                _computed = _stored;
                _isLinkKnown = true;
            }
            else if (entryAt != at)
            {
                report.Add(AuditFinding.Entry(AuditFault.Inserted, at, events.GetString(1), "it has no audit entry: the event was added past the gateway, or its audit entry is gone"));
                _isLinkKnown = false;
            }
            else
            {
                Check(new AuditEntry(at, events.GetString(1), events.GetInt64(2), events.GetInt64(3), entries.GetString(1), entries.GetString(2), events.GetString(4)), entries.GetFieldValue<byte[]>(3));
            }

            hasEvent = eventAt == at ? events.Read() : hasEvent;
            hasEntry = entryAt == at ? entries.Read() : hasEntry;
        }

        _suspects.Tell();
        checkpoints.Reach(long.MaxValue, _last, _tree);
        CheckEnd(connection);
        report.Entries = _tree.Count;
        report.LastSequence = _last;
        report.Root = Convert.ToHexStringLower(_tree.Root());
    }

    private void Reach(long at)
    {
        progress(at);
        checkpoints.Reach(at, _last, _tree);
        if (at != _last + 1)
        {
            report.Add(AuditFinding.Entry(
                AuditFault.Removed,
                _last + 1,
                "",
                at == _last + 2 ? "it is gone, event and audit entry" : FormattableString.Invariant($"it and those up to {at - 1} are gone, events and audit entries")));
            _isLinkKnown = false;
        }

        _last = at;
    }

    private void Check(in AuditEntry entry, byte[] hash)
    {
        byte[] computed = entry.Hash(_stored);
        if (_isLinkKnown && !computed.AsSpan().SequenceEqual(hash))
        {
            if (!_computed.AsSpan().SequenceEqual(_stored) && entry.Hash(_computed).AsSpan().SequenceEqual(hash))
            {
                // The entry before is what this one was made with; only the hash stored for it is another.
                _suspects.LastHasForeignHash();
                computed = hash;
            }
            else
            {
                _suspects.Add(entry, hash, _stored);
            }
        }

        Take(hash);
        _computed = _isLinkKnown ? computed : hash; // behind a gap the hash cannot be checked and is taken as it is
        _isLinkKnown = true;
    }

    private void Take(byte[] hash)
    {
        _stored = hash;
        _tree.Add(hash);
    }

    /// <summary>SQLite remembers the highest sequence it ever gave.</summary>
    private void CheckEnd(SqliteConnection connection)
    {
        using SqliteCommand query = connection.CreateCommand();
        query.CommandText = "SELECT seq FROM sqlite_sequence WHERE name = 'case_events'";
        if (query.ExecuteScalar() is long given && given > _last)
        {
            report.Add(AuditFinding.Entry(AuditFault.Removed, _last + 1, "", FormattableString.Invariant($"sequences up to {given} were given, the history ends with {_last}: its end is gone")));
        }
    }
}
