using System.Globalization;
using System.Text.RegularExpressions;
using Gateway.Host.Cases;
using Gateway.Host.Cases.Audit;
using Microsoft.Data.Sqlite;

namespace Gateway.Benchmarks.Cases;

/// <summary>
/// A long past made of a short one: copies of a filled store one behind the other, each with its own numbers and dates, with the audit chain made
/// anew over all. The last ends with today. It writes the schema of before the figures, so that opening it measures the upgrade too.
/// </summary>
internal static partial class CaseCopies
{
    private const int VersionBeforeFigures = 4;
    private const long DayMs = 86_400_000;
    private const int EventsPerCommit = 200_000;

    /// <summary>Makes the store at <paramref name="path"/> of the one at <paramref name="basePath"/>.</summary>
    public static void Run(string basePath, string path, int copies, TextWriter output)
    {
        using SqliteConnection target = SqliteFile.OpenWriter(path, TimeSpan.FromSeconds(5));
        SqliteSchema.Migrate(target, path, VersionBeforeFigures);
        Execute(target, "PRAGMA synchronous = OFF; PRAGMA cache_size = -400000");
        using SqliteConnection source = SqliteFile.Reader(basePath, TimeSpan.FromSeconds(5));
        source.Open();
        long first = Number(source, "SELECT min(opened_at) FROM cases"), last = Number(source, "SELECT max(at) FROM case_events");
        long days = ((last - first) / DayMs) + 1, today = (DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - last) / DayMs;
        long numbers = Number(source, "SELECT max(number) FROM cases"), sequence = 0;
        byte[] hash = AuditEntry.Genesis.ToArray();
        for (int copy = 0; copy < copies; copy++)
        {
            Copied shape = new(copy * numbers, today - ((copies - 1 - copy) * days));
            string which = copy == copies - 1 ? "" : "WHERE c.open = 0"; // a case of long ago is over
            CopyEvents(source, target, shape, which, ref sequence, ref hash);
            CopyCases(source, target, shape, which);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"copy {copy + 1} of {copies}: {sequence:N0} events"));
        }

        Execute(target, "INSERT INTO partitions SELECT 0, 1000000000, max(at) FROM case_events");
    }

    private static void CopyEvents(SqliteConnection source, SqliteConnection target, Copied shape, string which, ref long sequence, ref byte[] hash)
    {
        using SqliteCommand read = source.CreateCommand();
        read.CommandText =
            $"""
            SELECT e.case_no, e.case_sequence, e.at, e.body, a.status_before, a.status_after, c.number
            FROM case_events e CROSS JOIN audit_entries a ON a.sequence = e.sequence CROSS JOIN cases c ON c.case_no = e.case_no {which} ORDER BY e.sequence
            """;
        using SqliteDataReader row = read.ExecuteReader();
        SqliteTransaction transaction = target.BeginTransaction();
        using SqliteCommand put = Insert(target, "INSERT INTO case_events (sequence, case_no, case_sequence, at, body) VALUES ($1, $2, $3, $4, $5)", 5);
        using SqliteCommand seal = AuditChain.Insert(target);
        while (row.Read())
        {
            (string no, string caseNo) = (row.GetString(0), shape.CaseNo(row.GetString(0), row.GetInt64(6)));
            AuditEntry entry = new(++sequence, caseNo, row.GetInt64(1), shape.Time(row.GetInt64(2)), row.GetString(4), row.GetString(5), shape.Body(row.GetString(3), no, caseNo, row.GetInt64(6)));
            hash = entry.Hash(hash);
            Run(put, entry.Sequence, entry.CaseNo, entry.CaseSequence, entry.At, entry.Body);
            AuditChain.Add(seal, entry, hash);
            if (sequence % EventsPerCommit == 0)
            {
                transaction.Commit();
                transaction = target.BeginTransaction();
                (put.Transaction, seal.Transaction) = (transaction, transaction);
            }
        }

        transaction.Commit();
    }

    private static void CopyCases(SqliteConnection source, SqliteConnection target, Copied shape, string which)
    {
        using SqliteCommand read = source.CreateCommand();
        read.CommandText = $"SELECT number, case_no, key, open, status, event, opened_at, reopen_until, sequence, body, (SELECT json_group_array(area) FROM case_areas a WHERE a.opened_at = c.opened_at AND a.number = c.number AND a.area IN (SELECT value FROM json_each(c.body, '$.facts.areaPath'))) FROM cases c {which} ORDER BY number";
        using SqliteDataReader row = read.ExecuteReader();
        using SqliteTransaction transaction = target.BeginTransaction();
        using SqliteCommand put = Insert(target, "INSERT INTO cases (number, case_no, partition, key, open, status, event, opened_at, reopen_until, sequence, body) VALUES ($1, $2, 0, $3, $4, $5, $6, $7, $8, $9, $10)", 10);
        using SqliteCommand areas = Insert(target, "INSERT INTO case_areas (area, opened_at, number) SELECT value, $2, $3 FROM json_each($1)", 3);
        while (row.Read())
        {
            long number = row.GetInt64(0) + shape.Numbers, openedAt = shape.Time(row.GetInt64(6));
            string caseNo = shape.CaseNo(row.GetString(1), row.GetInt64(0));
            Run(put, number, caseNo, row.GetString(2), row.GetInt64(3), row.GetInt64(4), row.GetString(5), openedAt, row.IsDBNull(7) ? null : shape.Time(row.GetInt64(7)), row.GetInt64(8), shape.Body(row.GetString(9), row.GetString(1), caseNo, row.GetInt64(0)));
            Run(areas, row.GetString(10), openedAt, number);
        }

        transaction.Commit();
    }

    private static SqliteCommand Insert(SqliteConnection connection, string sql, int parameters)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        for (int i = 1; i <= parameters; i++)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = string.Create(CultureInfo.InvariantCulture, $"${i}") });
        }

        return command;
    }

    private static void Run(SqliteCommand command, params ReadOnlySpan<object?> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        command.ExecuteNonQuery();
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static long Number(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    [GeneratedRegex("""(?<=")\d{4}-\d\d-\d\d(?=T\d\d:\d\d:\d\d\.\d{3}Z")""", RegexOptions.CultureInvariant)]
    private static partial Regex Date();

    /// <summary>How a copy differs: by whole days, so that the date in a case number fits its time.</summary>
    private sealed record Copied(long Numbers, long Days)
    {
        private readonly Dictionary<string, string> _dates = new(StringComparer.Ordinal);

        public long Time(long ms) => ms + (Days * DayMs);

        public string CaseNo(string caseNo, long number) =>
            string.Create(CultureInfo.InvariantCulture, $"AJ-{Shifted(caseNo.AsSpan(3, 8), "yyyyMMdd")}-{number + Numbers:D6}");

        public string Body(string body, string no, string caseNo, long number) => Date()
            .Replace(body, match => Moved(match.Value))
            .Replace(no, caseNo, StringComparison.Ordinal)
            .Replace(string.Create(CultureInfo.InvariantCulture, $"\"number\":{number},"), string.Create(CultureInfo.InvariantCulture, $"\"number\":{number + Numbers},"), StringComparison.Ordinal);

        private string Moved(string date) => _dates.TryGetValue(date, out string? moved) ? moved : _dates[date] = Shifted(date, "yyyy-MM-dd");

        private string Shifted(ReadOnlySpan<char> date, string format) =>
            DateOnly.ParseExact(date, format, CultureInfo.InvariantCulture).AddDays((int)Days).ToString(format, CultureInfo.InvariantCulture);
    }
}
