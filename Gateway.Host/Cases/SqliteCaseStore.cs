using System.Text.Json;
using Gateway.Host.Cases.Audit;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Microsoft.Data.Sqlite;

namespace Gateway.Host.Cases;

/// <summary>
/// The embedded case store: one SQLite file with a write-ahead log. One connection writes, behind a lock; readers come from a pool of
/// their own and see the last commit, so a long list never holds up the pipeline.
/// </summary>
internal sealed class SqliteCaseStore : ICaseStore
{
    private readonly string _path;
    private readonly TimeSpan _lockTimeout;
    private readonly Lock _writing = new();
    private readonly SqliteConnection _connection;
    private readonly SqliteCaseWriter _writer;
    private volatile string _lastFault = "";

    private SqliteCaseStore(string path, TimeSpan lockTimeout, SqliteConnection connection)
    {
        _path = path;
        _lockTimeout = lockTimeout;
        _connection = connection;
        _writer = new SqliteCaseWriter(connection);
    }

    /// <summary>Opens the store, and creates or upgrades it first where needed.</summary>
    /// <param name="path">The database file; its directory must exist.</param>
    /// <param name="lockTimeout">How long to wait for another process to let go; null for 5 seconds.</param>
    /// <param name="progress">Is told what an upgrade of a large store is at; null for nobody.</param>
    /// <exception cref="CaseStoreException">It cannot be opened; the message says why and what to do.</exception>
    public static SqliteCaseStore Open(string path, TimeSpan? lockTimeout = null, Action<string>? progress = null)
    {
        TimeSpan timeout = lockTimeout ?? TimeSpan.FromSeconds(5);
        SqliteConnection? connection = null;
        try
        {
            connection = SqliteFile.OpenWriter(path, timeout);
            SqliteSchema.Migrate(connection, path, progress: progress);
            var store = new SqliteCaseStore(path, timeout, connection);
            connection = null;
            return store;
        }
        catch (SqliteException e)
        {
            throw SqliteFile.Explain(e, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CaseStoreException(CaseStoreFault.Unavailable, $"{path} cannot be created: {e.Message}", e);
        }
        finally
        {
            connection?.Dispose();
        }
    }

    /// <inheritdoc />
    public CaseCommitResult Commit(CaseCommit commit)
    {
        lock (_writing)
        {
            try
            {
                CaseCommitResult result = _writer.Commit(commit);
                _lastFault = "";
                return result;
            }
            catch (SqliteException e)
            {
                CaseStoreException fault = SqliteFile.Explain(e, _path);
                _lastFault = fault.Message;
                throw fault;
            }
            catch (CaseStoreException e)
            {
                _lastFault = e.Message;
                throw;
            }
        }
    }

    /// <summary>Adds events of another store as they were there, see <see cref="SqliteCaseWriter"/>.</summary>
    /// <exception cref="CaseStoreException">The store cannot take them.</exception>
    public RestoreProblem? Restore(int partition, IReadOnlyList<RestoredEvent> events)
    {
        lock (_writing)
        {
            try
            {
                return _writer.Restore(partition, events);
            }
            catch (SqliteException e)
            {
                throw SqliteFile.Explain(e, _path);
            }
        }
    }

    /// <summary>Adds a checkpoint of the audit as it was signed.</summary>
    /// <param name="line">The checkpoint.</param>
    /// <param name="peaks">The tops of the tree over the entries it covers.</param>
    /// <exception cref="CaseStoreException">The store cannot take it.</exception>
    public void RestoreCheckpoint(AuditCheckpoint line, byte[] peaks)
    {
        lock (_writing)
        {
            try
            {
                AuditSealer.Put(_connection, line, peaks);
            }
            catch (SqliteException e)
            {
                throw SqliteFile.Explain(e, _path);
            }
        }
    }

    /// <inheritdoc />
    public CaseStorePosition Position(int partition) => Read(connection =>
    {
        using SqliteCommand command = Query(
            connection,
            """
            SELECT next_offset, log_time, (SELECT coalesce(max(number), 0) FROM cases WHERE partition = $partition)
            FROM partitions WHERE partition = $partition
            """,
            ("$partition", partition));
        using SqliteDataReader row = command.ExecuteReader();
        return row.Read() ? new CaseStorePosition(row.GetInt64(0), new EventTime(row.GetInt64(1)), row.GetInt64(2)) : default;
    });

    /// <inheritdoc />
    public IReadOnlyList<Case> LoadOpen(int partition) => Read(connection =>
    {
        using SqliteCommand command = Query(
            connection,
            """
            SELECT body FROM cases WHERE open = 1 AND partition = $partition
            UNION ALL
            SELECT body FROM cases WHERE partition = $partition
                AND reopen_until >= (SELECT log_time FROM partitions WHERE partition = $partition)
            """,
            ("$partition", partition));
        return Rows(command, row => CaseOf(row)).OrderBy(c => c.Number).ToList();
    });

    /// <inheritdoc />
    public RuleCheckpoint? LoadCheckpoint(int partition) => Read(connection =>
    {
        using SqliteCommand command = Query(connection, "SELECT next_offset, state FROM checkpoints WHERE partition = $partition", ("$partition", partition));
        return Rows(command, row => new RuleCheckpoint(row.GetInt64(0), row.GetFieldValue<byte[]>(1))).FirstOrDefault();
    });

    /// <inheritdoc />
    public IReadOnlyDictionary<string, byte[]> LoadRetained() => Read(connection =>
    {
        using SqliteCommand command = Query(connection, "SELECT topic, message FROM retained");
        return Rows(command, row => (Topic: row.GetString(0), Message: row.GetFieldValue<byte[]>(1))).ToDictionary(r => r.Topic, r => r.Message, StringComparer.Ordinal);
    });

    /// <inheritdoc />
    public Case? Find(string caseNo) => Read(connection =>
    {
        using SqliteCommand command = Query(connection, "SELECT body FROM cases WHERE case_no = $no", ("$no", caseNo));
        return Rows(command, row => CaseOf(row)).FirstOrDefault();
    });

    /// <inheritdoc />
    public IReadOnlyList<CaseEvent> History(string caseNo) => Read(connection =>
    {
        using SqliteCommand command = Query(connection, "SELECT body FROM case_events WHERE case_no = $no ORDER BY case_sequence", ("$no", caseNo));
        return Rows(command, row => EventOf(row, 0));
    });

    /// <inheritdoc />
    public string? CaseOfReport(string source, string externalId, EventTime since) => Read(connection => SqliteReportIndex.Find(connection, source, externalId, since));

    /// <inheritdoc />
    public CasePage List(CaseFilter filter, int limit, CaseCursor? cursor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 1000);
        return Read(connection =>
        {
            using SqliteCommand command = SqliteCaseList.Build(connection, filter, limit + 1, cursor);
            List<Case> cases = Rows(command, row => CaseOf(row, 1));
            if (cases.Count <= limit)
            {
                return new CasePage(cases, null);
            }

            cases.RemoveAt(limit);
            return new CasePage(cases, new CaseCursor(cases[^1].OpenedAt, cases[^1].Number));
        });
    }

    /// <inheritdoc />
    public bool Figures(string? area, EventTime from, EventTime to, EventTime asOf, Action<CaseFigures> visit) =>
        Read(connection => SqliteCaseFigures.Visit(connection, area, from, to, asOf, visit));

    /// <inheritdoc />
    public void AtWork(EventTime from, EventTime to, Action<CaseAtWork> visit) => Read(connection =>
    {
        using SqliteCommand command = SqliteCaseFigures.AtWork(connection, from, to);
        return Visit(command, row => visit(new CaseAtWork(SqliteCaseFigures.Read(row), row.GetString(1), row.GetString(2).Split('|'))));
    });

    /// <inheritdoc />
    public IReadOnlyList<SequencedEvent> EventsAfter(long sequence, int limit) => Read(connection =>
    {
        using SqliteCommand command = Query(
            connection, "SELECT sequence, body FROM case_events WHERE sequence > $after ORDER BY sequence LIMIT $limit", ("$after", sequence), ("$limit", limit));
        return Rows(command, row => new SequencedEvent(row.GetInt64(0), EventOf(row, 1)));
    });

    /// <inheritdoc />
    public IReadOnlyList<ShadowAlert> Shadow(string? rule, EventTime? from, EventTime? to, int limit) => Read(connection =>
    {
        using SqliteCommand command = Query(
            connection,
            $"""
            SELECT body FROM shadow_alerts
            WHERE at >= $from AND at < $to {(rule is null ? "" : "AND rule = $rule")}
            ORDER BY at DESC, number DESC LIMIT $limit
            """,
            [("$from", (from ?? EventTime.MinValue).UnixMilliseconds), ("$to", (to ?? EventTime.MaxValue).UnixMilliseconds), ("$limit", limit), .. rule is null ? [] : new (string, object)[] { ("$rule", rule) }]);
        return Rows(command, row => JsonSerializer.Deserialize(row.GetString(0), CaseJsonContext.Readable.ShadowAlert) ?? throw new JsonException("a shadow alert is null")).ToList();
    });

    /// <inheritdoc />
    public CaseStoreHealth Health()
    {
        long sizeBytes = new FileInfo(_path) is { Exists: true } file ? file.Length : 0;
        try
        {
            long open = Read(connection =>
            {
                using SqliteCommand command = Query(connection, "SELECT count(*) FROM partitions");
                return (long)command.ExecuteScalar()!;
            });
            string fault = _lastFault;
            return new CaseStoreHealth(open >= 0 && fault.Length == 0, fault, _writer.LastSequence, sizeBytes);
        }
        catch (CaseStoreException e)
        {
            return new CaseStoreHealth(false, e.Message, _writer.LastSequence, sizeBytes);
        }
    }

    /// <summary>Global sequence of the latest event; 0 when there is none.</summary>
    public long LastSequence => _writer.LastSequence;

    /// <summary>Sequence of the last event that a checkpoint of the audit covers; 0 when there is none.</summary>
    public long AuditCovered() => Read(AuditSealer.Covered);

    /// <summary>Makes the next checkpoint of the audit and appends it to its file; null when the latest one has all events.</summary>
    /// <param name="folder">Key and file.</param>
    /// <param name="limit">It adds at most so many events.</param>
    /// <exception cref="CaseStoreException">The store cannot do it.</exception>
    /// <exception cref="IOException">The key cannot be read, or the file not be written; it is appended with the next one.</exception>
    /// <exception cref="InvalidDataException">The key file is none; the message says what to do.</exception>
    public AuditCheckpoint? SealAudit(AuditFolder folder, int limit = AuditSealer.EntriesLimit)
    {
        AuditCheckpoint? made;
        lock (_writing)
        {
            try
            {
                made = AuditSealer.Seal(_connection, () => AuditKey.OpenOrCreate(folder.Key), limit);
            }
            catch (SqliteException e)
            {
                throw SqliteFile.Explain(e, _path);
            }
        }

        IReadOnlyList<string> lines = Read(AuditSealer.Lines);
        if (lines.Count > 0)
        {
            AuditFile.Append(folder.Checkpoints, lines);
        }

        return made;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_writing)
        {
            _writer.Dispose();
            _connection.Dispose();
        }

        using SqliteConnection reader = SqliteFile.Reader(_path, _lockTimeout);
        SqliteConnection.ClearPool(reader);
    }

    private T Read<T>(Func<SqliteConnection, T> query)
    {
        try
        {
            using SqliteConnection connection = SqliteFile.Reader(_path, _lockTimeout);
            connection.Open();
            return query(connection);
        }
        catch (SqliteException e)
        {
            throw SqliteFile.Explain(e, _path);
        }
        catch (JsonException e)
        {
            throw new CaseStoreException(CaseStoreFault.Corrupt, $"{_path} holds a case that cannot be read: {e.Message}", e);
        }
    }

    private static SqliteCommand Query(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        foreach ((string name, object value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }

    private static int Visit(SqliteCommand command, Action<SqliteDataReader> visit)
    {
        int rows = 0;
        using SqliteDataReader reader = command.ExecuteReader();
        for (; reader.Read(); rows++)
        {
            visit(reader);
        }

        return rows;
    }

    private static List<T> Rows<T>(SqliteCommand command, Func<SqliteDataReader, T> row)
    {
        var rows = new List<T>();
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            rows.Add(row(reader));
        }

        return rows;
    }

    private static Case CaseOf(SqliteDataReader row, int column = 0) =>
        JsonSerializer.Deserialize(row.GetString(column), CaseJsonContext.Readable.Case) ?? throw new JsonException("a case is null");

    private static CaseEvent EventOf(SqliteDataReader row, int column) =>
        JsonSerializer.Deserialize(row.GetString(column), CaseJsonContext.Readable.CaseEvent) ?? throw new JsonException("an event is null");
}
