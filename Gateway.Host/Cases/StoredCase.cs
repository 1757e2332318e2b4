using Gateway.Protocols.Readings;
using Microsoft.Data.Sqlite;

namespace Gateway.Host.Cases;

/// <summary>A case as it is in the store of a gateway, for whoever only looks: the store is neither written to nor brought to another version.</summary>
/// <param name="CaseNo">Its number.</param>
/// <param name="Key">What it is about.</param>
/// <param name="OpenedAt">When it was opened.</param>
internal sealed record StoredCase(string CaseNo, string Key, EventTime OpenedAt)
{
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The cases opened from a time on and before another.</summary>
    /// <exception cref="CaseStoreException">The store cannot be read.</exception>
    public static IReadOnlyList<StoredCase> Read(string path, EventTime from, EventTime to)
    {
        try
        {
            using SqliteConnection connection = SqliteFile.Reader(path, LockTimeout);
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "SELECT case_no, key, opened_at FROM cases WHERE opened_at >= $from AND opened_at < $to";
            command.Parameters.AddWithValue("$from", from.UnixMilliseconds);
            command.Parameters.AddWithValue("$to", to.UnixMilliseconds);
            using SqliteDataReader row = command.ExecuteReader();
            List<StoredCase> cases = [];
            while (row.Read())
            {
                cases.Add(new StoredCase(row.GetString(0), row.GetString(1), new EventTime(row.GetInt64(2))));
            }

            return cases;
        }
        catch (SqliteException e)
        {
            throw SqliteFile.Explain(e, path);
        }
    }
}
