using System.Text;
using Gateway.Rules.Cases;
using Microsoft.Data.Sqlite;

namespace Gateway.Host.Cases;

/// <summary>Builds the statement of a list. Every value is a parameter; only the shape depends on the filter.</summary>
internal static class SqliteCaseList
{
    public static SqliteCommand Build(SqliteConnection connection, CaseFilter filter, int limit, CaseCursor? cursor)
    {
        SqliteCommand command = connection.CreateCommand();
        var sql = new StringBuilder();

        // An area's own index is walked newest first, and cases are looked up only as far as the page needs; CROSS JOIN keeps SQLite to that
        // order. But of an area's cases few are open: those are found by status, and then asked for their area.
        bool open = filter.Statuses is { Count: > 0 } wanted && wanted.All(s => s.IsOpen());
        bool walkArea = filter.Area is not null && !open;
        string time = walkArea ? "a" : "c";
        sql.Append(walkArea
            ? "SELECT c.body FROM case_areas a CROSS JOIN cases c ON c.number = a.number WHERE a.area = $area"
            : $"SELECT c.body FROM cases c{(open ? " INDEXED BY cases_by_status" : "")} WHERE 1 = 1");
        if (filter.Area is not null && open)
        {
            sql.Append(" AND EXISTS (SELECT 1 FROM case_areas a WHERE a.area = $area AND a.opened_at = c.opened_at AND a.number = c.number)");
        }

        Bind(command, "$area", filter.Area);
        if (filter.Statuses is { } statuses)
        {
            AddStatuses(sql, command, statuses);
        }

        if (filter.Event is { } kind)
        {
            AddEvent(sql, command, kind);
        }

        if (filter.From is { } from)
        {
            sql.Append($" AND {time}.opened_at >= $from");
            Bind(command, "$from", from.UnixMilliseconds);
        }

        if (filter.To is { } to)
        {
            sql.Append($" AND {time}.opened_at < $to");
            Bind(command, "$to", to.UnixMilliseconds);
        }

        if (cursor is not null)
        {
            sql.Append($" AND ({time}.opened_at, {time}.number) < ($openedAt, $number)");
            Bind(command, "$openedAt", cursor.OpenedAt.UnixMilliseconds);
            Bind(command, "$number", cursor.Number);
        }

        sql.Append($" ORDER BY {time}.opened_at DESC, {time}.number DESC LIMIT $limit");
        Bind(command, "$limit", limit);
        command.CommandText = sql.ToString();
        return command;
    }

    private static void AddStatuses(StringBuilder sql, SqliteCommand command, IReadOnlyList<CaseStatus> statuses)
    {
        sql.Append(" AND c.status IN (");
        for (int i = 0; i < statuses.Count; i++)
        {
            sql.Append(i == 0 ? "" : ", ").Append("$status").Append(i);
            Bind(command, $"$status{i}", (int)statuses[i]);
        }

        sql.Append(')');
    }

    private static void AddEvent(StringBuilder sql, SqliteCommand command, string kind)
    {
        if (!kind.EndsWith(".*", StringComparison.Ordinal))
        {
            sql.Append(" AND c.event = $event");
            Bind(command, "$event", kind);
            return;
        }

        // A family is the range from "flood." up to, not including, "flood/": '/' follows '.'.
        sql.Append(" AND c.event >= $family AND c.event < $familyEnd");
        Bind(command, "$family", kind[..^1]);
        Bind(command, "$familyEnd", string.Concat(kind.AsSpan(0, kind.Length - 2), "/"));
    }

    private static void Bind(SqliteCommand command, string name, object? value)
    {
        if (value is not null)
        {
            command.Parameters.AddWithValue(name, value);
        }
    }
}
