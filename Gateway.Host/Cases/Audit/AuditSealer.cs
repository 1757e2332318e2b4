using Gateway.Protocols.Readings;
using Microsoft.Data.Sqlite;

namespace Gateway.Host.Cases.Audit;

/// <summary>Makes the next checkpoint of a store.</summary>
internal static class AuditSealer
{
    /// <summary>Entries that one checkpoint adds at most: others wait to write meanwhile, and a store that was upgraded may have millions.</summary>
    public const int EntriesLimit = 250_000;

    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Signs and stores the next checkpoint; null when the latest one has all entries.</summary>
    /// <param name="connection">A connection that writes.</param>
    /// <param name="key">Asked for only when there is something to sign.</param>
    /// <param name="limit">It adds at most so many entries.</param>
    public static AuditCheckpoint? Seal(SqliteConnection connection, Func<AuditKey> key, int limit = EntriesLimit)
    {
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
        (AuditCheckpoint? latest, byte[] peaks) = Latest(connection);
        long covered = latest?.Sequence ?? 0;
        using SqliteCommand query = connection.CreateCommand();
        query.CommandText =
            """
            SELECT coalesce(max(sequence), 0), coalesce((SELECT max(log_time) FROM partitions), 0)
            FROM (SELECT sequence FROM audit_entries WHERE sequence > $covered ORDER BY sequence LIMIT $limit)
            """;
        query.Parameters.AddWithValue("$covered", covered);
        query.Parameters.AddWithValue("$limit", limit);
        (long last, long time) = Pair(query);
        if (last <= covered)
        {
            return null;
        }

        MerkleTree tree = Tree(connection, latest, peaks, last);
        using AuditKey signer = key();
        AuditCheckpoint next = signer.Sign(new AuditCheckpoint
        {
            Number = (latest?.Number ?? 0) + 1,
            Entries = tree.Count,
            Sequence = last,
            Time = new EventTime(time),
            Root = Convert.ToHexStringLower(tree.Root()),
            Key = "",
        });
        Put(connection, next, tree.Peaks);
        transaction.Commit();
        return next;
    }

    /// <summary>Stores a checkpoint that is signed.</summary>
    /// <param name="connection">A connection that writes.</param>
    /// <param name="signed">The checkpoint.</param>
    /// <param name="peaks">The tops of the tree over the entries it covers.</param>
    public static void Put(SqliteConnection connection, AuditCheckpoint signed, byte[] peaks)
    {
        using SqliteCommand insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO audit_checkpoints (number, sequence, line, peaks) VALUES ($number, $sequence, $line, $peaks)";
        insert.Parameters.AddWithValue("$number", signed.Number);
        insert.Parameters.AddWithValue("$sequence", signed.Sequence);
        insert.Parameters.AddWithValue("$line", signed.Line);
        insert.Parameters.AddWithValue("$peaks", peaks);
        insert.ExecuteNonQuery();
    }

    /// <summary>
    /// Makes a checkpoint of the store in a data directory, where one is due, and brings the text file up to date; also beside a running
    /// gateway, which waits for it as for any other writer. Neither makes a store nor brings one to another version.
    /// </summary>
    /// <returns>The latest line; null when no case has an event.</returns>
    /// <exception cref="CaseStoreException">The store cannot be written, or is of another version.</exception>
    /// <exception cref="IOException">Key or file cannot be read or written.</exception>
    /// <exception cref="InvalidDataException">The key file is none; the message says what to do.</exception>
    public static string? SealFile(AuditFolder folder)
    {
        try
        {
            using SqliteConnection connection = SqliteFile.OpenWriter(folder.CaseStore, LockTimeout);
            using SqliteCommand version = connection.CreateCommand();
            version.CommandText = "PRAGMA user_version";
            if (version.ExecuteScalar() is not long known || known != SqliteSchema.Version)
            {
                throw new CaseStoreException(CaseStoreFault.NewerSchema, $"{folder.CaseStore} is of another version: run the gateway of this program on it once, or use the program that wrote it");
            }

            long last = Last(connection);
            while (Seal(connection, () => AuditKey.OpenOrCreate(folder.Key)) is { } made && made.Sequence < last)
            {
                // one after the other, so that a gateway beside it gets in between
            }

            IReadOnlyList<string> lines = Lines(connection);
            if (lines.Count > 0)
            {
                AuditFile.Append(folder.Checkpoints, lines);
            }

            return lines.Count > 0 ? lines[^1] : null;
        }
        catch (SqliteException e)
        {
            throw SqliteFile.Explain(e, folder.CaseStore);
        }
    }

    /// <summary>All checkpoints' lines, oldest first.</summary>
    public static IReadOnlyList<string> Lines(SqliteConnection connection)
    {
        using SqliteCommand query = connection.CreateCommand();
        query.CommandText = "SELECT line FROM audit_checkpoints ORDER BY number";
        using SqliteDataReader row = query.ExecuteReader();
        List<string> lines = [];
        while (row.Read())
        {
            lines.Add(row.GetString(0));
        }

        return lines;
    }

    /// <summary>Sequence of the last entry that a checkpoint covers; 0 when there is none.</summary>
    public static long Covered(SqliteConnection connection)
    {
        using SqliteCommand query = connection.CreateCommand();
        query.CommandText = "SELECT coalesce(max(sequence), 0), 0 FROM audit_checkpoints";
        return Pair(query).First;
    }

    /// <summary>The latest checkpoint that can be read, and the tree's tops at it.</summary>
    private static (AuditCheckpoint? Checkpoint, byte[] Peaks) Latest(SqliteConnection connection)
    {
        using SqliteCommand query = connection.CreateCommand();
        query.CommandText = "SELECT number, sequence, line, peaks FROM audit_checkpoints ORDER BY number DESC LIMIT 1";
        using SqliteDataReader row = query.ExecuteReader();
        if (!row.Read())
        {
            return (null, []);
        }

        // What was damaged is for verify to tell; the next checkpoint is numbered behind it and made from the entries themselves.
        return AuditCheckpoint.TryParse(row.GetString(2), out AuditCheckpoint? checkpoint) && checkpoint.Number == row.GetInt64(0)
            ? (checkpoint, row.GetFieldValue<byte[]>(3))
            : (new AuditCheckpoint { Number = row.GetInt64(0), Entries = 0, Sequence = row.GetInt64(1), Time = default, Root = "", Key = "" }, []);
    }

    /// <summary>The tree over the entries up to a sequence: from the stored tops where they make the signed root, else from the first entry.</summary>
    private static MerkleTree Tree(SqliteConnection connection, AuditCheckpoint? latest, byte[] peaks, long last)
    {
        long after = latest?.Sequence ?? 0;
        MerkleTree? tree = latest is null ? null : MerkleTree.Restore(latest.Entries, peaks);
        if (tree is null || Convert.ToHexStringLower(tree.Root()) != latest!.Root)
        {
            tree = new MerkleTree();
            after = 0;
        }

        using SqliteCommand query = connection.CreateCommand();
        query.CommandText = "SELECT hash FROM audit_entries WHERE sequence > $after AND sequence <= $last ORDER BY sequence";
        query.Parameters.AddWithValue("$last", last);
        query.Parameters.AddWithValue("$after", after);
        using SqliteDataReader row = query.ExecuteReader();
        while (row.Read())
        {
            tree.Add(row.GetFieldValue<byte[]>(0));
        }

        return tree;
    }

    private static long Last(SqliteConnection connection)
    {
        using SqliteCommand query = connection.CreateCommand();
        query.CommandText = "SELECT coalesce(max(sequence), 0), 0 FROM audit_entries";
        return Pair(query).First;
    }

    private static (long First, long Second) Pair(SqliteCommand query)
    {
        using SqliteDataReader row = query.ExecuteReader();
        row.Read();
        return (row.GetInt64(0), row.GetInt64(1));
    }
}
