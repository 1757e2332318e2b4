using System.Text.Json;
using Gateway.Rules.Cases;
using Microsoft.Data.Sqlite;

namespace Gateway.Host.Cases.Audit;

/// <summary>
/// Adds the audit entry of each event, in the transaction that adds the event. Not safe for threads: it belongs to the writer of a store.
/// </summary>
internal sealed class AuditChain : IDisposable
{
    /// <summary>States held so that the next event of a case need not read it. Open cases are held by the case book anyway.</summary>
    private const int StateLimit = 10_000;

    private readonly SqliteCommand _append;
    private readonly SqliteCommand _state;
    private readonly Dictionary<string, Case> _committed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Case> _pending = new(StringComparer.Ordinal);
    private byte[] _lastHash;
    private byte[] _pendingHash;

    /// <summary>Continues the chain that is stored.</summary>
    public AuditChain(SqliteConnection connection)
    {
        _append = Insert(connection);
        _state = connection.CreateCommand();
        _state.CommandText = "SELECT body FROM cases WHERE case_no = $no";
        _state.Parameters.Add(new SqliteParameter { ParameterName = "$no" });
        using SqliteCommand last = connection.CreateCommand();
        last.CommandText = "SELECT hash FROM audit_entries ORDER BY sequence DESC LIMIT 1";
        _lastHash = last.ExecuteScalar() as byte[] ?? AuditEntry.Genesis.ToArray();
        _pendingHash = _lastHash;
    }

    /// <summary>The cases that events were added to since <see cref="Begin"/>, as they stand after them.</summary>
    public IReadOnlyCollection<Case> Pending => _pending.Values;

    /// <summary>Begins with what is committed; what an earlier transaction left behind is forgotten.</summary>
    public void Begin(SqliteTransaction transaction)
    {
        _append.Transaction = transaction;
        _state.Transaction = transaction;
        _pending.Clear();
        _pendingHash = _lastHash;
    }

    /// <summary>Adds the entry of an event that has just been stored.</summary>
    /// <param name="sequence">Its sequence over all cases.</param>
    /// <param name="next">The event.</param>
    /// <param name="body">As it is stored.</param>
    /// <returns>What was sealed, and its hash.</returns>
    /// <exception cref="CaseStoreException">It cannot follow in its case, or the case cannot be read.</exception>
    public (AuditEntry Entry, byte[] Hash) Append(long sequence, CaseEvent next, string body)
    {
        Case? before = next.Sequence == 1 ? null : StateOf(next.CaseNo);
        Case after = Apply(before, next);
        _pending[next.CaseNo] = after;
        AuditEntry entry = new(sequence, next.CaseNo, next.Sequence, next.At.UnixMilliseconds, before?.Status.ToString() ?? "", after.Status.ToString(), body);
        _pendingHash = entry.Hash(_pendingHash);
        Add(_append, entry, _pendingHash);
        return (entry, _pendingHash);
    }

    /// <summary>The transaction is committed.</summary>
    /// <param name="states">The cases as they were committed.</param>
    public void Committed(IEnumerable<Case> states)
    {
        _lastHash = _pendingHash;
        foreach (string caseNo in _pending.Keys)
        {
            _committed.Remove(caseNo);
        }

        _pending.Clear();
        if (_committed.Count > StateLimit)
        {
            _committed.Clear();
        }

        foreach (Case state in states.Where(s => s.IsOpen))
        {
            _committed[state.CaseNo] = state;
        }
    }

    /// <summary>The statement that adds an entry.</summary>
    public static SqliteCommand Insert(SqliteConnection connection)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = "INSERT INTO audit_entries (sequence, status_before, status_after, hash) VALUES ($sequence, $before, $after, $hash)";
        foreach (string name in (ReadOnlySpan<string>)["$sequence", "$before", "$after", "$hash"])
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        return command;
    }

    /// <summary>Adds an entry with the statement of <see cref="Insert"/>.</summary>
    public static void Add(SqliteCommand insert, in AuditEntry entry, byte[] hash)
    {
        insert.Parameters[0].Value = entry.Sequence;
        insert.Parameters[1].Value = entry.Before;
        insert.Parameters[2].Value = entry.After;
        insert.Parameters[3].Value = hash;
        insert.ExecuteNonQuery();
    }

    private Case? StateOf(string caseNo)
    {
        if (_pending.TryGetValue(caseNo, out Case? state) || _committed.TryGetValue(caseNo, out state))
        {
            return state;
        }

        _state.Parameters[0].Value = caseNo;
        try
        {
            return _state.ExecuteScalar() is string body ? JsonSerializer.Deserialize(body, CaseJsonContext.Readable.Case) : null;
        }
        catch (JsonException e)
        {
            throw new CaseStoreException(CaseStoreFault.Corrupt, $"{caseNo} is stored as something that cannot be read: {e.Message}; see audit verify", e);
        }
    }

    private static Case Apply(Case? before, CaseEvent next)
    {
        try
        {
            return Case.Apply(before, next);
        }
        catch (InvalidOperationException e)
        {
            throw new CaseStoreException(CaseStoreFault.Conflict, e.Message, e);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _append.Dispose();
        _state.Dispose();
    }
}
