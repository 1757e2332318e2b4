using Gateway.Host.Cases;
using Gateway.Protocols.Readings;
using Microsoft.Data.Sqlite;

namespace Gateway.Host.Notifications;

/// <summary>
/// Where each receiver stands, and what was given up: a SQLite file of its own, for the case store has one writer, the pipeline, which must
/// not wait for receivers; and losing this file costs duplicates or gaps at receivers, never a case. Safe for threads. Every method
/// throws <see cref="CaseStoreException"/> when it cannot be done.
/// <code>
/// receivers     a row each by name: cursor, the request being sent, requests given up; a receiver taken out of the configuration keeps its row
/// dead_letters  requests given up, by receiver, the oldest of which go
/// </code>
/// </summary>
internal sealed class OutboxStore : IDisposable
{
    private const int Version = 1;
    private const string Schema =
        """
        CREATE TABLE receivers (
            name             TEXT    PRIMARY KEY,
            cursor           INTEGER NOT NULL,
            pending_through  INTEGER,
            pending_since    INTEGER NOT NULL DEFAULT 0,
            dead_letters     INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE dead_letters (
            id        INTEGER PRIMARY KEY AUTOINCREMENT,
            receiver  TEXT    NOT NULL,
            after     INTEGER NOT NULL,
            through   INTEGER NOT NULL,
            alerts    INTEGER NOT NULL,
            at        INTEGER NOT NULL,
            attempts  INTEGER NOT NULL,
            error     TEXT    NOT NULL
        ) STRICT;
        CREATE INDEX dead_letters_by_receiver ON dead_letters (receiver, id);
        PRAGMA user_version = 1;
        """;

    private readonly Lock _using = new();
    private readonly string _path;
    private readonly SqliteConnection _connection;

    private OutboxStore(string path, SqliteConnection connection)
    {
        _path = path;
        _connection = connection;
    }

    /// <summary>Opens the file, making it when there is none.</summary>
    /// <exception cref="CaseStoreException">It cannot be used; the message says why and what to do.</exception>
    public static OutboxStore Open(string path)
    {
        SqliteConnection? connection = null;
        try
        {
            connection = SqliteFile.OpenWriter(path, TimeSpan.FromSeconds(5));
            OutboxStore store = new(path, connection);
            long version = store.Run("PRAGMA user_version", c => (long)c.ExecuteScalar()!);
            if (version == 0)
            {
                store.Run($"BEGIN IMMEDIATE; {Schema} COMMIT;", c => c.ExecuteNonQuery());
            }
            else if (version != Version)
            {
                throw new CaseStoreException(CaseStoreFault.NewerSchema, $"{path} has schema version {version}, this gateway knows {Version}: run the gateway that wrote it, or a newer one");
            }

            connection = null;
            return store;
        }
        catch (SqliteException e)
        {
            throw Explain(e, path);
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

    /// <summary>Where a receiver stands; one that is new here is put behind <paramref name="start"/>.</summary>
    public OutboxPlace Place(string name, long start)
    {
        Run("INSERT OR IGNORE INTO receivers (name, cursor) VALUES ($name, $start)", c => c.ExecuteNonQuery(), ("$name", name), ("$start", start));
        return Run(
            "SELECT cursor, pending_through, pending_since, dead_letters FROM receivers WHERE name = $name",
            command =>
            {
                using SqliteDataReader row = command.ExecuteReader();
                row.Read();
                return new OutboxPlace(row.GetInt64(0), row.IsDBNull(1) ? null : row.GetInt64(1), new EventTime(row.GetInt64(2)), row.GetInt64(3));
            },
            ("$name", name));
    }

    /// <summary>A request is about to be sent for the first time, or, with no end, is not to be sent in this form.</summary>
    public void SetPending(string name, long? through, EventTime since) => Run(
        "UPDATE receivers SET pending_through = $through, pending_since = $since WHERE name = $name",
        c => c.ExecuteNonQuery(),
        ("$name", name), ("$through", through is { } end ? end : DBNull.Value), ("$since", since.UnixMilliseconds));

    /// <summary>The receiver has everything up to a sequence.</summary>
    public void Advance(string name, long cursor) => Run(
        "UPDATE receivers SET cursor = $cursor, pending_through = NULL WHERE name = $name", c => c.ExecuteNonQuery(), ("$name", name), ("$cursor", cursor));

    /// <summary>Keeps a request as dead, lets the oldest go, and goes on behind it: all or nothing.</summary>
    /// <param name="name">The receiver.</param>
    /// <param name="letter">The request; its id is not looked at.</param>
    /// <param name="limit">Dead letters of the receiver that are kept.</param>
    public void GiveUp(string name, DeadLetter letter, int limit) => Run(
        """
        BEGIN IMMEDIATE;
        INSERT INTO dead_letters (receiver, after, through, alerts, at, attempts, error) VALUES ($name, $after, $through, $alerts, $at, $attempts, $error);
        DELETE FROM dead_letters WHERE receiver = $name AND id NOT IN (SELECT id FROM dead_letters WHERE receiver = $name ORDER BY id DESC LIMIT $limit);
        UPDATE receivers SET cursor = $through, pending_through = NULL, dead_letters = dead_letters + 1 WHERE name = $name;
        COMMIT;
        """,
        c => c.ExecuteNonQuery(),
        ("$name", name), ("$after", letter.After), ("$through", letter.Through), ("$alerts", letter.Alerts), ("$at", letter.At.UnixMilliseconds),
        ("$attempts", letter.Attempts), ("$error", letter.Error), ("$limit", limit));

    /// <summary>A receiver's dead letters, newest first.</summary>
    public IReadOnlyList<DeadLetter> Letters(string name, int limit) => Run(
        "SELECT id, after, through, alerts, at, attempts, error FROM dead_letters WHERE receiver = $name ORDER BY id DESC LIMIT $limit",
        LettersOf, ("$name", name), ("$limit", limit));

    /// <summary>One dead letter; null when there is none of this number.</summary>
    public DeadLetter? Letter(string name, long id) => Run(
        "SELECT id, after, through, alerts, at, attempts, error FROM dead_letters WHERE receiver = $name AND id = $id",
        LettersOf, ("$name", name), ("$id", id)).FirstOrDefault();

    /// <summary>Dead letters of a receiver that are kept.</summary>
    public long CountLetters(string name) => Run("SELECT count(*) FROM dead_letters WHERE receiver = $name", c => (long)c.ExecuteScalar()!, ("$name", name));

    /// <summary>It was tried once more, in vain.</summary>
    public void FailAgain(long id, EventTime at, string error) => Run(
        "UPDATE dead_letters SET at = $at, attempts = attempts + 1, error = $error WHERE id = $id",
        c => c.ExecuteNonQuery(), ("$id", id), ("$at", at.UnixMilliseconds), ("$error", error));

    /// <summary>It was delivered after all.</summary>
    public void Remove(long id) => Run("DELETE FROM dead_letters WHERE id = $id", c => c.ExecuteNonQuery(), ("$id", id));

    /// <summary>All of it, receivers by name, letters by number.</summary>
    public OutboxContent Content() => new(
        Run("SELECT seq FROM sqlite_sequence WHERE name = 'dead_letters'", c => c.ExecuteScalar() as long? ?? 0),
        Run("SELECT name, cursor, pending_through, pending_since, dead_letters FROM receivers ORDER BY name", command =>
        {
            List<OutboxReceiver> receivers = [];
            using SqliteDataReader row = command.ExecuteReader();
            while (row.Read())
            {
                receivers.Add(new OutboxReceiver(row.GetString(0), row.GetInt64(1), row.IsDBNull(2) ? null : row.GetInt64(2), row.GetInt64(3), row.GetInt64(4)));
            }

            return receivers;
        }),
        Run("SELECT id, receiver, after, through, alerts, at, attempts, error FROM dead_letters ORDER BY id", command =>
        {
            List<OutboxLetter> letters = [];
            using SqliteDataReader row = command.ExecuteReader();
            while (row.Read())
            {
                letters.Add(new OutboxLetter(
                    row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetInt32(4), row.GetInt64(5), row.GetInt32(6), row.GetString(7)));
            }

            return letters;
        }));

    /// <summary>Fills an empty file with what another one held.</summary>
    public void Restore(OutboxContent content)
    {
        Run("BEGIN IMMEDIATE", c => c.ExecuteNonQuery());
        foreach (OutboxReceiver one in content.Receivers)
        {
            Run(
                "INSERT INTO receivers (name, cursor, pending_through, pending_since, dead_letters) VALUES ($name, $cursor, $through, $since, $letters)",
                c => c.ExecuteNonQuery(),
                ("$name", one.Name), ("$cursor", one.Cursor), ("$through", one.PendingThrough is { } end ? end : DBNull.Value), ("$since", one.PendingSince), ("$letters", one.DeadLetters));
        }

        foreach (OutboxLetter one in content.Letters)
        {
            Run(
                "INSERT INTO dead_letters (id, receiver, after, through, alerts, at, attempts, error) VALUES ($id, $receiver, $after, $through, $alerts, $at, $attempts, $error)",
                c => c.ExecuteNonQuery(),
                ("$id", one.Id), ("$receiver", one.Receiver), ("$after", one.After), ("$through", one.Through), ("$alerts", one.Alerts), ("$at", one.At), ("$attempts", one.Attempts), ("$error", one.Error));
        }

        // A number that was given once, to a letter that is gone, is not given again.
        Run("INSERT INTO sqlite_sequence (name, seq) SELECT 'dead_letters', 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'dead_letters')", c => c.ExecuteNonQuery());
        Run("UPDATE sqlite_sequence SET seq = max(seq, $last) WHERE name = 'dead_letters'", c => c.ExecuteNonQuery(), ("$last", content.LastLetter));
        Run("COMMIT", c => c.ExecuteNonQuery());
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_using)
        {
            _connection.Dispose();
        }
    }

    private static List<DeadLetter> LettersOf(SqliteCommand command)
    {
        List<DeadLetter> letters = [];
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            letters.Add(new DeadLetter(
                row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt32(3), new EventTime(row.GetInt64(4)), row.GetInt32(5), row.GetString(6)));
        }

        return letters;
    }

    private T Run<T>(string sql, Func<SqliteCommand, T> run, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        lock (_using)
        {
            using SqliteCommand command = _connection.CreateCommand();
            command.CommandText = sql;
            foreach ((string name, object value) in parameters)
            {
                command.Parameters.AddWithValue(name, value);
            }

            try
            {
                return run(command);
            }
            catch (SqliteException e)
            {
                RollBack();
                throw Explain(e, _path);
            }
        }
    }

    /// <summary>A statement that failed between BEGIN and COMMIT leaves its transaction open, unless SQLite has ended it already.</summary>
    private void RollBack()
    {
        if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0)
        {
            using SqliteCommand rollback = _connection.CreateCommand();
            rollback.CommandText = "ROLLBACK";
            rollback.ExecuteNonQuery();
        }
    }

    private static CaseStoreException Explain(SqliteException e, string path)
    {
        CaseStoreException known = SqliteFile.Explain(e, path);
        return known.Fault == CaseStoreFault.Corrupt
            ? new CaseStoreException(known.Fault, $"{path} is damaged: restore it, or move it away; the receivers of webhooks then begin with what happens next", e)
            : known;
    }
}
