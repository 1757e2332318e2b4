using System.Globalization;
using System.Text.Json;
using Gateway.Host.Cases.Audit;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Microsoft.Data.Sqlite;

namespace Gateway.Host.Cases;

/// <summary>An event as it is stored, with its audit entry.</summary>
/// <param name="Entry">The event and what was sealed of it.</param>
/// <param name="Hash">Its hash in the chain.</param>
internal readonly record struct StoredEvent(AuditEntry Entry, byte[] Hash);

/// <summary>Where a stored partition stands.</summary>
/// <param name="Number">The partition.</param>
/// <param name="Position">How far it is.</param>
/// <param name="Checkpoint">Its rule state; null when there is none.</param>
internal sealed record StoredPartition(int Number, CaseStorePosition Position, RuleCheckpoint? Checkpoint);

/// <summary>
/// All that a case store holds, as of one moment, row by row: for whoever takes it elsewhere. The store is neither written to nor brought to
/// another version. Every method throws <see cref="SqliteException"/> when the file cannot be read and <see cref="JsonException"/> for a row that cannot.
/// </summary>
internal sealed class SqliteCaseView : IDisposable
{
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(5);

    private readonly SqliteConnection _connection;
    private readonly SqliteTransaction _view;

    private SqliteCaseView(SqliteConnection connection)
    {
        _connection = connection;
        _view = connection.BeginTransaction(deferred: true);
    }

    /// <summary>Opens a view; later commits do not change it.</summary>
    /// <exception cref="CaseStoreException">The store cannot be read, or is of another version.</exception>
    public static SqliteCaseView Open(string path)
    {
        SqliteConnection? connection = null;
        try
        {
            connection = SqliteFile.Reader(path, LockTimeout);
            connection.Open();
            SqliteCaseView view = new(connection);
            long version = view.Number("PRAGMA user_version");
            if (version != SqliteSchema.Version)
            {
                throw new CaseStoreException(CaseStoreFault.NewerSchema, version > SqliteSchema.Version
                    ? $"{path} has schema version {version}, this program knows up to {SqliteSchema.Version}: use the program that wrote it, or a newer one"
                    : $"{path} has schema version {version}, this program writes {SqliteSchema.Version}: start this gateway on it once, which brings it up to date");
            }

            connection = null;
            return view;
        }
        catch (SqliteException e)
        {
            throw SqliteFile.Explain(e, path);
        }
        finally
        {
            connection?.Dispose();
        }
    }

    /// <summary>How many events there are.</summary>
    public long EventCount() => Number("SELECT count(*) FROM case_events");

    /// <summary>How many cases there are.</summary>
    public long CaseCount() => Number("SELECT count(*) FROM cases");

    /// <summary>The highest number a partition has given to a case; 0 for none.</summary>
    public long LastNumber(int partition) => Number(FormattableString.Invariant($"SELECT coalesce(max(number), 0) FROM cases WHERE partition = {partition}"));

    /// <summary>All events with their audit entries, in the order of their sequence.</summary>
    public IEnumerable<StoredEvent> Events() => Rows(
        """
        SELECT e.sequence, e.case_no, e.case_sequence, e.at, a.status_before, a.status_after, e.body, a.hash
        FROM case_events e LEFT JOIN audit_entries a ON a.sequence = e.sequence ORDER BY e.sequence
        """,
        row => new StoredEvent(
            new AuditEntry(row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetString(4), row.GetString(5), row.GetString(6)),
            row.GetFieldValue<byte[]>(7)));

    /// <summary>All cases with their partitions, in the order of their numbers.</summary>
    public IEnumerable<(int Partition, Case Case)> Cases() => Rows(
        "SELECT partition, body FROM cases ORDER BY number",
        row => (row.GetInt32(0), JsonSerializer.Deserialize(row.GetString(1), CaseJsonContext.Readable.Case) ?? throw new JsonException("a case is null")));

    /// <summary>All shadow alerts, oldest first.</summary>
    public IEnumerable<ShadowAlert> Shadow() => Rows(
        "SELECT body FROM shadow_alerts ORDER BY number",
        row => JsonSerializer.Deserialize(row.GetString(0), CaseJsonContext.Readable.ShadowAlert) ?? throw new JsonException("a shadow alert is null"));

    /// <summary>All retained messages by topic, in their stored form.</summary>
    public IEnumerable<(string Topic, byte[] Message)> Retained() =>
        Rows("SELECT topic, message FROM retained ORDER BY topic", row => (row.GetString(0), row.GetFieldValue<byte[]>(1)));

    /// <summary>All partitions.</summary>
    public IEnumerable<StoredPartition> Partitions() => Rows(
        """
        SELECT p.partition, p.next_offset, p.log_time, (SELECT coalesce(max(number), 0) FROM cases c WHERE c.partition = p.partition), k.next_offset, k.state
        FROM partitions p LEFT JOIN checkpoints k ON k.partition = p.partition ORDER BY p.partition
        """,
        row => new StoredPartition(
            row.GetInt32(0),
            new CaseStorePosition(row.GetInt64(1), new EventTime(row.GetInt64(2)), row.GetInt64(3)),
            row.IsDBNull(4) ? null : new RuleCheckpoint(row.GetInt64(4), row.GetFieldValue<byte[]>(5))));

    /// <summary>The lines of all checkpoints of the audit, oldest first.</summary>
    public IReadOnlyList<string> Checkpoints() => AuditSealer.Lines(_connection);

    /// <inheritdoc />
    public void Dispose()
    {
        _view.Dispose();
        _connection.Dispose();
        SqliteConnection.ClearPool(_connection);
    }

    private IEnumerable<T> Rows<T>(string sql, Func<SqliteDataReader, T> read)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            yield return read(row);
        }
    }

    private long Number(string sql)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}
