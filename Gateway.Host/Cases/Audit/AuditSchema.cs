using System.Text.Json;
using Gateway.Rules.Cases;
using Microsoft.Data.Sqlite;

namespace Gateway.Host.Cases.Audit;

/// <summary>
/// The schema step that brings the audit to a store, and seals what is there already.
/// <code>
/// audit_entries      one row per row of case_events: status before and after, and the hash of the chain
/// audit_checkpoints  signed checkpoints: the line for a second party, and the tops of the Merkle tree to go on from
/// </code>
/// As with case_events, triggers refuse update, delete and replace.
/// </summary>
internal static class AuditSchema
{
    /// <summary>The step itself; <see cref="Chain"/> follows it in the same transaction.</summary>
    public const string Tables =
        """
        CREATE TABLE audit_entries (
            sequence       INTEGER PRIMARY KEY,
            status_before  TEXT    NOT NULL,
            status_after   TEXT    NOT NULL,
            hash           BLOB    NOT NULL CHECK (length(hash) = 32)
        ) STRICT;
        CREATE TABLE audit_checkpoints (
            number    INTEGER PRIMARY KEY,
            sequence  INTEGER NOT NULL,
            line      TEXT    NOT NULL,
            peaks     BLOB    NOT NULL
        ) STRICT;
        CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries BEGIN SELECT RAISE(ABORT, 'audit_entries is append only'); END;
        CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries BEGIN SELECT RAISE(ABORT, 'audit_entries is append only'); END;
        CREATE TRIGGER audit_entries_no_replace BEFORE INSERT ON audit_entries
            WHEN EXISTS (SELECT 1 FROM audit_entries WHERE sequence = NEW.sequence)
            BEGIN SELECT RAISE(ABORT, 'audit_entries is append only'); END;
        CREATE TRIGGER audit_checkpoints_no_update BEFORE UPDATE ON audit_checkpoints BEGIN SELECT RAISE(ABORT, 'audit_checkpoints is append only'); END;
        CREATE TRIGGER audit_checkpoints_no_delete BEFORE DELETE ON audit_checkpoints BEGIN SELECT RAISE(ABORT, 'audit_checkpoints is append only'); END;
        CREATE TRIGGER audit_checkpoints_no_replace BEFORE INSERT ON audit_checkpoints
            WHEN EXISTS (SELECT 1 FROM audit_checkpoints WHERE number = NEW.number)
            BEGIN SELECT RAISE(ABORT, 'audit_checkpoints is append only'); END;
        """;

    /// <summary>The triggers that keep histories from being edited; a store without one of them has been tampered with.</summary>
    public static IReadOnlyList<string> Guards { get; } =
    [
        .. from table in new[] { "case_events", "audit_entries", "audit_checkpoints" }
           from deed in new[] { "update", "delete", "replace" }
           select $"{table}_no_{deed}",
    ];

    /// <summary>Chains the events that an earlier version stored. Holds one case at a time in memory, whatever the number of events.</summary>
    public static void Chain(SqliteConnection connection)
    {
        Execute(connection, "CREATE TEMP TABLE audit_statuses (sequence INTEGER PRIMARY KEY, status_before TEXT NOT NULL, status_after TEXT NOT NULL)");
        FindStatuses(connection);
        using (SqliteCommand events = connection.CreateCommand())
        using (SqliteCommand insert = AuditChain.Insert(connection))
        {
            events.CommandText =
                """
                SELECT e.sequence, e.case_no, e.case_sequence, e.at, s.status_before, s.status_after, e.body
                FROM case_events e JOIN temp.audit_statuses s ON s.sequence = e.sequence ORDER BY e.sequence
                """;
            using SqliteDataReader row = events.ExecuteReader();
            byte[] hash = AuditEntry.Genesis.ToArray();
            while (row.Read())
            {
                AuditEntry entry = new(row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetString(4), row.GetString(5), row.GetString(6));
                hash = entry.Hash(hash);
                AuditChain.Add(insert, entry, hash);
            }
        }

        Execute(connection, "DROP TABLE temp.audit_statuses");
    }

    /// <summary>Folds case by case. A history that does not fold has no statuses from there on: it is sealed as it is, and told by verify.</summary>
    private static void FindStatuses(SqliteConnection connection)
    {
        using SqliteCommand events = connection.CreateCommand();
        using SqliteCommand insert = connection.CreateCommand();
        events.CommandText = "SELECT sequence, case_no, body FROM case_events ORDER BY case_no, case_sequence";
        insert.CommandText = "INSERT INTO temp.audit_statuses (sequence, status_before, status_after) VALUES ($sequence, $before, $after)";
        SqliteParameter sequence = insert.Parameters.Add("$sequence", SqliteType.Integer);
        SqliteParameter before = insert.Parameters.Add("$before", SqliteType.Text);
        SqliteParameter after = insert.Parameters.Add("$after", SqliteType.Text);
        using SqliteDataReader row = events.ExecuteReader();
        string caseNo = "";
        Case? state = null;
        while (row.Read())
        {
            if (row.GetString(1) != caseNo)
            {
                caseNo = row.GetString(1);
                state = null;
            }

            before.Value = state?.Status.ToString() ?? "";
            state = Next(state, row.GetString(2));
            after.Value = state?.Status.ToString() ?? "";
            sequence.Value = row.GetInt64(0);
            insert.ExecuteNonQuery();
        }
    }

    private static Case? Next(Case? state, string body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, CaseJsonContext.Readable.CaseEvent) is { } next ? Case.Apply(state, next) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
