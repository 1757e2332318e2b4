using System.Globalization;
using Gateway.Host.Cases.Audit;
using Microsoft.Data.Sqlite;

namespace Gateway.Host.Cases;

/// <summary>
/// The tables of the SQLite case store, by version (PRAGMA user_version). A new version adds a step; a step that has shipped is never edited.
/// <code>
/// case_events   the history of all cases; sequence is global and without reuse; triggers refuse update, delete and replace;
///               an index finds those that brought a report by its number, see <see cref="SqliteReportIndex"/>
/// cases         what the history folds to, as JSON, with the columns that lists filter by; at most one open case a key
/// case_areas    one row per case and unit of its area path, so that any unit lists its cases newest first;  case_area_events  the same by event
/// case_figures  what evaluation and load count of each case, see <see cref="SqliteCaseFigures"/>
/// partitions    how far each partition has worked off the log
/// shadow_alerts what rules in shadow mode would have done, the newest 100 000
/// checkpoints   rule state and counts of each partition;  retained  retained messages by topic
/// audit_entries, audit_checkpoints   the sealed history, see <see cref="AuditSchema"/>
/// </code>
/// </summary>
internal static class SqliteSchema
{
    private static readonly Step[] Steps =
    [
        """
        CREATE TABLE case_events (
            sequence       INTEGER PRIMARY KEY AUTOINCREMENT,
            case_no        TEXT    NOT NULL,
            case_sequence  INTEGER NOT NULL,
            at             INTEGER NOT NULL,
            body           TEXT    NOT NULL,
            UNIQUE (case_no, case_sequence)
        ) STRICT;
        CREATE TRIGGER case_events_no_update BEFORE UPDATE ON case_events BEGIN SELECT RAISE(ABORT, 'case_events is append only'); END;
        CREATE TRIGGER case_events_no_delete BEFORE DELETE ON case_events BEGIN SELECT RAISE(ABORT, 'case_events is append only'); END;
        -- INSERT OR REPLACE deletes without asking the delete trigger.
        CREATE TRIGGER case_events_no_replace BEFORE INSERT ON case_events
            WHEN EXISTS (SELECT 1 FROM case_events WHERE sequence = NEW.sequence)
              OR EXISTS (SELECT 1 FROM case_events WHERE case_no = NEW.case_no AND case_sequence = NEW.case_sequence)
            BEGIN SELECT RAISE(ABORT, 'case_events is append only'); END;

        CREATE TABLE cases (
            number        INTEGER PRIMARY KEY,
            case_no       TEXT    NOT NULL UNIQUE,
            partition     INTEGER NOT NULL,
            key           TEXT    NOT NULL,
            open          INTEGER NOT NULL,
            status        INTEGER NOT NULL,
            event         TEXT    NOT NULL,
            opened_at     INTEGER NOT NULL,
            reopen_until  INTEGER,
            sequence      INTEGER NOT NULL,
            body          TEXT    NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX cases_one_open_per_key ON cases (key) WHERE open = 1;
        CREATE INDEX cases_by_time   ON cases (opened_at, number);
        CREATE INDEX cases_by_status ON cases (status, opened_at, number);
        CREATE INDEX cases_by_event  ON cases (event, opened_at, number);
        CREATE INDEX cases_reopenable ON cases (reopen_until) WHERE reopen_until IS NOT NULL;

        CREATE TABLE case_areas (
            area       TEXT    NOT NULL,
            opened_at  INTEGER NOT NULL,
            number     INTEGER NOT NULL,
            PRIMARY KEY (area, opened_at, number)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE partitions (
            partition    INTEGER PRIMARY KEY,
            next_offset  INTEGER NOT NULL,
            log_time     INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE checkpoints (partition INTEGER PRIMARY KEY, next_offset INTEGER NOT NULL, state BLOB NOT NULL) STRICT;
        CREATE TABLE ledgers (partition INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
        CREATE TABLE retained (topic TEXT PRIMARY KEY, message BLOB NOT NULL) STRICT, WITHOUT ROWID;
        """,
        "DROP TABLE ledgers;", // never written: the counts are in the checkpoint
        """
        CREATE TABLE shadow_alerts (
            number     INTEGER PRIMARY KEY AUTOINCREMENT,
            rule       TEXT    NOT NULL,
            at         INTEGER NOT NULL,
            device     TEXT    NOT NULL,
            kind       INTEGER NOT NULL,
            absence    INTEGER NOT NULL,
            log_offset INTEGER NOT NULL,
            body       TEXT    NOT NULL,
            UNIQUE (log_offset, rule, device, kind, absence, at)
        ) STRICT;
        CREATE INDEX shadow_alerts_by_rule ON shadow_alerts (rule, at);
        CREATE INDEX shadow_alerts_by_time ON shadow_alerts (at);
        """,
        new(AuditSchema.Tables, (connection, _) => AuditSchema.Chain(connection)),
        new(SqliteCaseFigures.Tables, SqliteCaseFigures.Fill),
        new("", SqliteReportIndex.Create),
        new("", SqliteCaseFigures.Refill), // who was first with it, when it changed last
    ];

    /// <summary>The version this program writes.</summary>
    public static int Version => Steps.Length;

    /// <summary>Brings a database up to <see cref="Version"/>, each step in its own transaction.</summary>
    /// <param name="connection">A connection that writes.</param>
    /// <param name="path">For the message.</param>
    /// <param name="to">Where to stop: an earlier version makes a store as it was then.</param>
    /// <param name="progress">Is told, at the most every few seconds of work, what is being done; null for nobody.</param>
    /// <exception cref="CaseStoreException">It was written by a newer program.</exception>
    public static void Migrate(SqliteConnection connection, string path, int? to = null, Action<string>? progress = null)
    {
        for (int version = ReadVersion(connection); version != (to ?? Version); version++)
        {
            if (version > Version)
            {
                throw new CaseStoreException(
                    CaseStoreFault.NewerSchema,
                    $"{path} has schema version {version}, this gateway knows up to {Version}: run the gateway that wrote it, or a newer one");
            }

            void Tell(string what) => progress?.Invoke(string.Create(CultureInfo.InvariantCulture, $"version {version + 1} of {Version}: {what}"));
            using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
            using SqliteCommand command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = $"{Steps[version].Sql} PRAGMA user_version = {(version + 1).ToString(CultureInfo.InvariantCulture)};";
            command.ExecuteNonQuery();
            Steps[version].Then?.Invoke(connection, Tell);
            transaction.Commit();
        }
    }

    private static int ReadVersion(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        return Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    /// <summary>One step: its statements, and what SQL alone cannot do, in the same transaction.</summary>
    private sealed record Step(string Sql, Action<SqliteConnection, Action<string>>? Then = null)
    {
        public static implicit operator Step(string sql) => new(sql);
    }
}

/// <summary>What an upgrade of a store says.</summary>
internal static partial class SqliteSchemaMessages
{
    [LoggerMessage(EventId = 2003, Level = LogLevel.Information, Message = "the case store is brought to {What}")]
    public static partial void CaseStoreUpgraded(this ILogger logger, string what);
}
