using System.Globalization;
using Gateway.Rules.Cases;
using Microsoft.Data.Sqlite;

namespace Gateway.Host.Cases;

/// <summary>
/// Builds the statement of a list. It merges walks, each over one index newest first and no further than the page needs, so that a page costs
/// what it holds and not what the store holds. Every value is a parameter; only the shape depends on the filter.
/// <code>
/// statuses  area   walks
/// none      none   cases_by_time, or cases_by_event for each kind
/// none      yes    case_areas, or case_area_events for each kind
/// open      any    cases_open, which is short: open cases are few
/// over      none   cases_over, or cases_over_by_event for each kind, for each status
/// over      yes    the same where that many are few, else as without a status
/// </code>
/// A family of event kinds is the kinds of it that there are.
/// </summary>
internal static class SqliteCaseList
{
    /// <summary>Kinds of a family that get walks of their own; a family of more is looked for along the time.</summary>
    public const int KindLimit = 64;

    // No case has the number 0.
    private const string Nothing = "SELECT w.opened_at, w.number FROM cases w WHERE w.number = 0";

    /// <summary>Cases that are rather asked for their area than an area for them.</summary>
    private const int FewLimit = 2_000;

    /// <summary>The statement: columns sequence and body.</summary>
    public static SqliteCommand Build(SqliteConnection connection, CaseFilter filter, int limit, CaseCursor? cursor)
    {
        SqliteCommand command = connection.CreateCommand();
        Shape shape = new(filter, Kinds(connection, filter.Event), cursor);
        shape.Bind(command, limit);
        List<string> walks = Walks(connection, filter, shape, limit, cursor);
        command.CommandText =
            $"""
            SELECT c.sequence, c.body
            FROM ({Merged(walks)} ORDER BY opened_at DESC, number DESC LIMIT $limit) p
            CROSS JOIN cases c ON c.number = p.number
            ORDER BY p.opened_at DESC, p.number DESC
            """;
        return command;
    }

    private static List<string> Walks(SqliteConnection connection, CaseFilter filter, Shape shape, int limit, CaseCursor? cursor)
    {
        if (filter.Statuses is not { } statuses)
        {
            return filter.Area is null ? shape.Plain() : shape.InArea("");
        }

        List<string> walks = [];
        int[] open = [.. statuses.Where(s => s.IsOpen()).Distinct().Select(s => (int)s)];
        int[] over = [.. statuses.Where(s => !s.IsOpen()).Distinct().Select(s => (int)s)];
        if (open.Length > 0)
        {
            walks.Add(shape.Open(open));
        }

        if (over.Length > 0)
        {
            List<string> byStatus = shape.Over(over);
            walks.AddRange(filter.Area is null || AreFew(connection, filter, byStatus, shape, cursor) ? byStatus.Select(shape.Asked) : shape.InArea(StatusIn(over)));
        }

        return walks.Count > 0 ? walks : [Nothing];
    }

    private static bool AreFew(SqliteConnection connection, CaseFilter filter, List<string> walks, Shape shape, CaseCursor? cursor)
    {
        using SqliteCommand count = connection.CreateCommand();
        shape.Bind(count, FewLimit + 1);
        count.CommandText = $"SELECT count(*) FROM ({Merged(walks)})";
        return (long)count.ExecuteScalar()! <= FewLimit;
    }

    private static string Merged(IEnumerable<string> walks) =>
        string.Join(" UNION ALL ", walks.Select(w => $"SELECT opened_at, number FROM ({w} ORDER BY opened_at DESC, number DESC LIMIT $limit)"));

    private static string StatusIn(int[] statuses) =>
        $" AND EXISTS (SELECT 1 FROM cases c WHERE c.number = w.number AND c.status IN ({Numbers(statuses)}))";

    private static string Numbers(IEnumerable<int> statuses) => string.Join(", ", statuses.Select(s => s.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The kinds that an exact name or a family stands for; null for all, and for a family of too many.</summary>
    private static IReadOnlyList<string>? Kinds(SqliteConnection connection, string? kind)
    {
        if (kind is null || !IsFamily(kind))
        {
            return kind is null ? null : [kind];
        }

        // From one kind to the next, each found by the index: as many steps as kinds, however many cases.
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText =
            """
            WITH RECURSIVE kinds (event) AS (
                SELECT min(event) FROM cases WHERE event >= $family AND event < $familyEnd
                UNION ALL
                SELECT (SELECT min(event) FROM cases WHERE event > kinds.event AND event < $familyEnd) FROM kinds WHERE kinds.event IS NOT NULL)
            SELECT event FROM kinds WHERE event IS NOT NULL LIMIT $kinds
            """;
        BindFamily(command, kind);
        command.Parameters.AddWithValue("$kinds", KindLimit + 1);
        using SqliteDataReader row = command.ExecuteReader();
        List<string> kinds = [];
        while (row.Read())
        {
            kinds.Add(row.GetString(0));
        }

        return kinds.Count > KindLimit ? null : kinds;
    }

    private static bool IsFamily(string kind) => kind.EndsWith(".*", StringComparison.Ordinal);

    // A family is the range from "flood." up to, not including, "flood/": '/' follows '.'.
    private static void BindFamily(SqliteCommand command, string kind)
    {
        command.Parameters.AddWithValue("$family", kind[..^1]);
        command.Parameters.AddWithValue("$familyEnd", string.Concat(kind.AsSpan(0, kind.Length - 2), "/"));
    }

    /// <summary>One filter in SQL. Each walk calls its table <c>w</c>.</summary>
    private sealed class Shape(CaseFilter filter, IReadOnlyList<string>? kinds, CaseCursor? cursor)
    {
        private const string Range = " AND w.event >= $family AND w.event < $familyEnd";

        private bool IsWideFamily => kinds is null && filter.Event is not null;

        public void Bind(SqliteCommand command, int limit)
        {
            command.Parameters.AddWithValue("$limit", limit);
            for (int i = 0; i < kinds?.Count; i++)
            {
                command.Parameters.AddWithValue($"$kind{i}", kinds[i]);
            }

            if (IsWideFamily)
            {
                BindFamily(command, filter.Event!);
            }

            Bind(command, "$area", filter.Area);
            Bind(command, "$from", filter.From?.UnixMilliseconds);
            Bind(command, "$to", filter.To?.UnixMilliseconds);
            Bind(command, "$openedAt", cursor?.OpenedAt.UnixMilliseconds);
            Bind(command, "$number", cursor?.Number);
        }

        public List<string> Plain() => kinds is null
            ? [$"SELECT w.opened_at, w.number FROM cases w INDEXED BY cases_by_time WHERE 1 = 1{(IsWideFamily ? Range : "")}{Time}"]
            : Each(i => $"SELECT w.opened_at, w.number FROM cases w INDEXED BY cases_by_event WHERE w.event = $kind{i}{Time}");

        public List<string> InArea(string status) => kinds is null
            ? [$"SELECT w.opened_at, w.number FROM case_areas w WHERE w.area = $area{(IsWideFamily ? " AND EXISTS (SELECT 1 FROM cases c WHERE c.number = w.number AND c.event >= $family AND c.event < $familyEnd)" : "")}{status}{Time}"]
            : Each(i => $"SELECT w.opened_at, w.number FROM case_area_events w WHERE w.area = $area AND w.event = $kind{i}{status}{Time}");

        public string Open(int[] statuses) =>
            Asked($"SELECT w.opened_at, w.number FROM cases w INDEXED BY cases_open WHERE w.open = 1 AND w.status IN ({Numbers(statuses)}){Event}{Time}");

        public List<string> Over(int[] statuses) =>
        [
            .. from status in statuses
               from walk in kinds is null
                   ? [$"SELECT w.opened_at, w.number FROM cases w INDEXED BY cases_over WHERE w.open = 0 AND w.status = {status}{(IsWideFamily ? Range : "")}{Time}"]
                   : Each(i => $"SELECT w.opened_at, w.number FROM cases w INDEXED BY cases_over_by_event WHERE w.open = 0 AND w.status = {status} AND w.event = $kind{i}{Time}")
               select walk,
        ];

        /// <summary>A walk over cases, each asked whether it lies in the area.</summary>
        public string Asked(string walk) => filter.Area is null
            ? walk
            : $"{walk} AND EXISTS (SELECT 1 FROM case_areas a WHERE a.area = $area AND a.opened_at = w.opened_at AND a.number = w.number)";

        private string Event => kinds is null
            ? IsWideFamily ? Range : ""
            : kinds.Count == 0 ? " AND w.number = 0" : $" AND w.event IN ({string.Join(", ", kinds.Select((_, i) => $"$kind{i}"))})";

        // Of two upper ends the index would take either; a cursor is never above the end it was made under.
        private string Time =>
            (filter.From is null ? "" : " AND w.opened_at >= $from")
            + (filter.To is { } to && (cursor is null || cursor.OpenedAt >= to) ? " AND w.opened_at < $to" : "")
            + (cursor is null ? "" : " AND (w.opened_at, w.number) < ($openedAt, $number)");

        // A family without any kind has no case.
        private List<string> Each(Func<int, string> walk) =>
            kinds!.Count == 0 ? [Nothing] : [.. Enumerable.Range(0, kinds.Count).Select(walk)];

        private static void Bind(SqliteCommand command, string name, object? value)
        {
            if (value is not null)
            {
                command.Parameters.AddWithValue(name, value);
            }
        }
    }
}
