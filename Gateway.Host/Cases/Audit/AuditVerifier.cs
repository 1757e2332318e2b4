using System.Globalization;
using Gateway.Host.Cases.Evidence;
using Gateway.Host.City;
using Microsoft.Data.Sqlite;

namespace Gateway.Host.Cases.Audit;

/// <summary>
/// Checks a case store from its first entry to its last, in one view of it: it may run beside the gateway, writes nothing and
/// holds one case at a time. While it runs, the write-ahead log of the store is not shortened.
/// </summary>
internal sealed class AuditVerifier
{
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The case store.</summary>
    public required string CaseStore { get; init; }

    /// <summary>The data directory, whose sealed evidence is checked too; null for the case store alone.</summary>
    public string? Data { get; init; }

    /// <summary>Keys that may have signed checkpoints.</summary>
    public IReadOnlyList<AuditKey> Keys { get; init; } = [];

    /// <summary>Keys of gateways that had the history before this one; what they signed counts only before the first checkpoint of <see cref="Keys"/>.</summary>
    public IReadOnlyList<AuditKey> EarlierKeys { get; init; } = [];

    /// <summary>Lines that were handed out, by the file they are from. Read before <see cref="Run"/>, so that the store has all of them.</summary>
    public IReadOnlyList<(string File, IReadOnlyList<string> Lines)> HandedOut { get; init; } = [];

    /// <summary>Told what is checked, how far it is and how much there is.</summary>
    public Action<string, long, long>? Progress { get; init; }

    /// <summary>Checks everything.</summary>
    /// <exception cref="CaseStoreException">The store cannot be read, or is of a version without audit.</exception>
    public AuditReport Run()
    {
        AuditReport report = new();
        try
        {
            EvidenceCheck? evidence = Data is null ? null : new EvidenceCheck(report, new EvidenceFolder(Data), new CityArchive(Path.Combine(Data, "snapshots")));
            using SqliteConnection connection = SqliteFile.Reader(CaseStore, LockTimeout);
            connection.Open();
            using SqliteTransaction view = connection.BeginTransaction(deferred: true);
            CheckVersion(connection);
            CheckGuards(connection, report);
            long all = Number(connection, "SELECT coalesce(max(sequence), 0) FROM case_events");
            AuditCheckpointCheck checkpoints = new(report, Keys, EarlierKeys);
            checkpoints.ReadStore(connection);
            foreach ((string file, IReadOnlyList<string> lines) in HandedOut)
            {
                checkpoints.ReadLines(file, lines);
            }

            checkpoints.Begin();
            new AuditChainCheck(report, checkpoints, at => Progress?.Invoke("chain", at, all)).Run(connection);
            new AuditCaseCheck(report, at => Progress?.Invoke("cases", at, all)).Run(connection);
            evidence?.Run(connection);
            return report;
        }
        catch (SqliteException e)
        {
            throw SqliteFile.Explain(e, CaseStore);
        }
        catch (Exception e) when (e is InvalidCastException or InvalidOperationException)
        {
            throw new CaseStoreException(CaseStoreFault.Corrupt, $"{CaseStore} is not as a gateway writes it: {e.Message}", e);
        }
    }

    private void CheckVersion(SqliteConnection connection)
    {
        long version = Number(connection, "PRAGMA user_version");
        if (version > SqliteSchema.Version)
        {
            throw new CaseStoreException(CaseStoreFault.NewerSchema, $"{CaseStore} has schema version {version}, this program knows up to {SqliteSchema.Version}: use the program that wrote it, or a newer one");
        }

        if (Number(connection, "SELECT count(*) FROM sqlite_schema WHERE name IN ('audit_entries', 'audit_checkpoints')") != 2)
        {
            throw new CaseStoreException(CaseStoreFault.Unavailable, $"{CaseStore} has schema version {version} and no audit: start this gateway on it once, which seals what it holds; if a gateway with audit has run on it, its audit was removed");
        }
    }

    private static void CheckGuards(SqliteConnection connection, AuditReport report)
    {
        HashSet<string> present = [];
        using SqliteCommand query = connection.CreateCommand();
        query.CommandText = "SELECT name FROM sqlite_schema WHERE type = 'trigger'";
        using SqliteDataReader row = query.ExecuteReader();
        while (row.Read())
        {
            present.Add(row.GetString(0));
        }

        foreach (string missing in AuditSchema.Guards.Where(g => !present.Contains(g)))
        {
            report.Add(AuditFinding.At(AuditFault.Unguarded, missing, "the trigger that keeps the history from being edited is gone", "somebody has edited the store by hand: look who could, restore cases.db from a backup that verifies"));
        }
    }

    private static long Number(SqliteConnection connection, string sql)
    {
        using SqliteCommand query = connection.CreateCommand();
        query.CommandText = sql;
        return Convert.ToInt64(query.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}
