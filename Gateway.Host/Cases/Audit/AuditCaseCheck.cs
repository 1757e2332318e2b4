using System.Text.Json;
using Gateway.Rules.Cases;
using Microsoft.Data.Sqlite;

namespace Gateway.Host.Cases.Audit;

/// <summary>
/// Folds each case from its events and holds the result against the stored state and against the rows that lists and figures look at.
/// Holds one case at a time.
/// </summary>
internal sealed class AuditCaseCheck(AuditReport report, Action<long> progress)
{
    private const string AreaRows =
        """
        SELECT (SELECT count(*) FROM json_each($areas) p CROSS JOIN case_areas a ON a.area = p.value AND a.opened_at = $opened AND a.number = $number),
               (SELECT count(*) FROM json_each($areas) p CROSS JOIN case_area_events a ON a.area = p.value AND a.event = $event AND a.opened_at = $opened AND a.number = $number)
        """;

    private long _seen;
    private long _areas;
    private long _compared;

    /// <summary>Runs over all cases.</summary>
    public void Run(SqliteConnection connection)
    {
        using SqliteCommand eventQuery = connection.CreateCommand();
        using SqliteCommand caseQuery = connection.CreateCommand();
        eventQuery.CommandText = "SELECT case_no, case_sequence, sequence, at, body FROM case_events ORDER BY case_no, case_sequence";

        bool hasFigures = Number(connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'case_figures'") == 1; // a store of before them may be checked too
        caseQuery.CommandText =
            $"""
            SELECT c.case_no, c.body, c.number, c.key, c.open, c.status, c.event, c.opened_at, c.reopen_until, c.sequence,
                {(hasFigures ? "f.closed_at, f.lead, f.areas, f.figures FROM cases c LEFT JOIN case_figures f ON f.number = c.number" : "NULL FROM cases c")}
            ORDER BY c.case_no
            """;
        using SqliteCommand? areaQuery = hasFigures ? AreaQuery(connection) : null;
        using SqliteDataReader events = eventQuery.ExecuteReader();
        using SqliteDataReader cases = caseQuery.ExecuteReader();
        bool hasEvent = events.Read(), hasCase = cases.Read();
        while (hasEvent || hasCase)
        {
            string? history = hasEvent ? events.GetString(0) : null;
            string? stored = hasCase ? cases.GetString(0) : null;
            int order = history is null ? 1 : stored is null ? -1 : string.CompareOrdinal(history, stored);
            Case? fold = null;
            bool isWhole = order <= 0 && Fold(events, history!, out fold, out hasEvent);
            report.Cases++;
            if (order > 0)
            {
                report.Add(AuditFinding.Case(AuditFault.Inserted, stored!, "it has a state and no event: it was added past the gateway, or its history is gone"));
            }
            else if (order < 0)
            {
                report.Add(AuditFinding.Case(AuditFault.Removed, history!, "it has events and no state: the case is hidden from every list"));
            }
            else if (isWhole)
            {
                Compare(cases, fold!, areaQuery);
            }

            hasCase = order >= 0 ? cases.Read() : hasCase;
        }

        // Of a case that does not fold, which has been told, nobody knows its rows.
        if (hasFigures && _compared == report.Cases)
        {
            CompareTotals(connection);
        }
    }

    /// <summary>Rows of no case, which no case by itself shows.</summary>
    private void CompareTotals(SqliteConnection connection)
    {
        foreach (string table in new[] { "case_areas", "case_area_events" })
        {
            if (Number(connection, $"SELECT count(*) FROM {table}") is var stored && stored > _areas)
            {
                report.Add(AuditFinding.At(
                    AuditFault.StateDiffers,
                    table,
                    FormattableString.Invariant($"it has {stored} rows, and the events make {_areas}: cases are listed in areas they do not lie in")));
            }
        }

        if (Number(connection, "SELECT count(*) FROM case_figures WHERE number NOT IN (SELECT number FROM cases)") is > 0 and var strange)
        {
            report.Add(AuditFinding.At(
                AuditFault.StateDiffers,
                "case_figures",
                FormattableString.Invariant($"it has {strange} rows of cases that there are not")));
        }
    }

    private static SqliteCommand AreaQuery(SqliteConnection connection)
    {
        SqliteCommand query = connection.CreateCommand();
        query.CommandText = AreaRows;
        foreach (string name in new[] { "$areas", "$opened", "$number", "$event" })
        {
            query.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        return query;
    }

    private static long Number(SqliteConnection connection, string sql)
    {
        using SqliteCommand query = connection.CreateCommand();
        query.CommandText = sql;
        return (long)query.ExecuteScalar()!;
    }

    /// <summary>Folds the events of one case and leaves the reader at the next; false when they do not fold, which has been told.</summary>
    private bool Fold(SqliteDataReader events, string caseNo, out Case? state, out bool more)
    {
        state = null;
        long expected = 1, last = 0;
        bool isWhole = true;
        do
        {
            progress(++_seen);
            long caseSequence = events.GetInt64(1), sequence = events.GetInt64(2);
            if (isWhole)
            {
                string? problem = caseSequence != expected ? $"event {expected} of the case is gone, event {caseSequence} follows"
                    : sequence < last ? FormattableString.Invariant($"event {caseSequence} of the case stands before event {caseSequence - 1}, which is entry {last}")
                    : Apply(ref state, events);
                isWhole = problem is null;
                if (problem is not null)
                {
                    AuditFault fault = caseSequence != expected ? AuditFault.Removed : sequence < last ? AuditFault.Reordered : AuditFault.Edited;
                    report.Add(AuditFinding.Entry(fault, sequence, caseNo, problem));
                }
            }

            expected = caseSequence + 1;
            last = sequence;
            more = events.Read();
        }
        while (more && events.GetString(0) == caseNo);
        return isWhole;
    }

    private static string? Apply(ref Case? state, SqliteDataReader row)
    {
        try
        {
            CaseEvent next = JsonSerializer.Deserialize(row.GetString(4), CaseJsonContext.Readable.CaseEvent) ?? throw new JsonException("it is null");
            if (next.CaseNo != row.GetString(0) || next.Sequence != row.GetInt64(1) || next.At.UnixMilliseconds != row.GetInt64(3))
            {
                return $"it stands as event {row.GetInt64(1)}, and says itself that it is event {next.Sequence} of {next.CaseNo} at {next.At}";
            }

            state = Case.Apply(state, next);
            return null;
        }
        catch (JsonException e)
        {
            return $"its body cannot be read: {e.Message}";
        }
        catch (InvalidOperationException e)
        {
            return $"it does not follow in its case: {e.Message}";
        }
    }

    private void Compare(SqliteDataReader row, Case fold, SqliteCommand? areaQuery)
    {
        _compared++;
        _areas += fold.Facts.AreaPath.Distinct(StringComparer.Ordinal).Count();
        string body = JsonSerializer.Serialize(fold, CaseJsonContext.Readable.Case);
        if (row.GetString(1) != body && Written(row.GetString(1)) is var read && read != body)
        {
            report.Add(AuditFinding.Case(AuditFault.StateDiffers, fold.CaseNo, $"the stored state is not what its {fold.Sequence} events make{Difference(read, body)}"));
            return;
        }

        string[] wrong =
        [
            .. new (string Name, bool Fits)[]
            {
                ("number", row.GetInt64(2) == fold.Number),
                ("key", row.GetString(3) == fold.Facts.Key.ToString()),
                ("open", row.GetInt64(4) == (fold.IsOpen ? 1 : 0)),
                ("status", row.GetInt64(5) == (int)fold.Status),
                ("event", row.GetString(6) == fold.Facts.Key.Event),
                ("opened_at", row.GetInt64(7) == fold.OpenedAt.UnixMilliseconds),
                ("reopen_until", (row.IsDBNull(8) ? null : row.GetInt64(8)) == fold.ReopenUntil?.UnixMilliseconds),
                ("sequence", row.GetInt64(9) == fold.Sequence),
            }.Concat(areaQuery is null ? [] : Figures(row, areaQuery, fold)).Where(c => !c.Fits).Select(c => c.Name),
        ];
        if (wrong.Length > 0)
        {
            report.Add(AuditFinding.Case(AuditFault.StateDiffers, fold.CaseNo, $"what lists look at is not what its events make: {string.Join(", ", wrong)}"));
        }
    }

    private static (string Name, bool Fits)[] Figures(SqliteDataReader row, SqliteCommand areaQuery, Case fold)
    {
        areaQuery.Parameters["$areas"].Value = JsonSerializer.Serialize(fold.Facts.AreaPath, CaseJsonContext.Readable.IReadOnlyListString);
        areaQuery.Parameters["$opened"].Value = fold.OpenedAt.UnixMilliseconds;
        areaQuery.Parameters["$number"].Value = fold.Number;
        areaQuery.Parameters["$event"].Value = fold.Facts.Key.Event;
        using SqliteDataReader areas = areaQuery.ExecuteReader();
        areas.Read();
        object?[] values = SqliteCaseFigures.Values(fold); // number, closed_at, lead, areas, figures
        return
        [
            ("case_figures.closed_at", row.IsDBNull(10) ? values[1] is null : row.GetInt64(10).Equals(values[1])),
            ("case_figures.lead", !row.IsDBNull(11) && row.GetString(11).Equals(values[2])),
            ("case_figures.areas", !row.IsDBNull(12) && row.GetString(12).Equals(values[3])),
            ("case_figures.figures", !row.IsDBNull(13) && CaseFigures.Of(fold).IsStoredAs(row.GetFieldValue<byte[]>(13))),
            ("case_areas", areas.GetInt64(0) == fold.Facts.AreaPath.Count),
            ("case_area_events", areas.GetInt64(1) == fold.Facts.AreaPath.Count),
        ];
    }

    /// <summary>A stored state as this program writes it; null when it cannot be read. An earlier program may have left members out.</summary>
    private static string? Written(string body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, CaseJsonContext.Readable.Case) is { } read ? JsonSerializer.Serialize(read, CaseJsonContext.Readable.Case) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The first member that differs, for the message.</summary>
    private static string Difference(string? stored, string folded)
    {
        if (stored is null)
        {
            return ": it cannot be read";
        }

        using JsonDocument left = JsonDocument.Parse(stored), right = JsonDocument.Parse(folded);
        foreach (JsonProperty member in right.RootElement.EnumerateObject())
        {
            if (!left.RootElement.TryGetProperty(member.Name, out JsonElement other) || other.GetRawText() != member.Value.GetRawText())
            {
                return $": {member.Name} differs";
            }
        }

        return "";
    }
}
