using System.Globalization;
using System.Text.Json;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Microsoft.Data.Sqlite;

namespace Gateway.Host.Cases;

/// <summary>
/// What is counted of each case, in a row of its own, so that a year of figures reads no case; and the indexes of the lists.
/// <code>
/// case_figures      number, when closed, who leads, its units from the lowest up with | between, and CaseFigures as bytes
/// case_area_events  one row per case and unit of its area path, by event
/// cases_open        the open cases, newest first;  cases_over, cases_over_by_event  the others by status
/// </code>
/// </summary>
internal static class SqliteCaseFigures
{
    /// <summary>The tables; <see cref="Fill"/> follows in the same transaction.</summary>
    public const string Tables =
        """
        CREATE TABLE case_figures (
            number     INTEGER PRIMARY KEY,
            closed_at  INTEGER,
            lead       TEXT NOT NULL,
            areas      TEXT NOT NULL,
            figures    BLOB NOT NULL
        ) STRICT;
        CREATE TABLE case_area_events (
            area       TEXT    NOT NULL,
            event      TEXT    NOT NULL,
            opened_at  INTEGER NOT NULL,
            number     INTEGER NOT NULL,
            PRIMARY KEY (area, event, opened_at, number)
        ) STRICT, WITHOUT ROWID;
        DROP INDEX cases_by_status;
        """;

    /// <summary>The statement that writes a row, for a case as it stands.</summary>
    public const string Put =
        """
        INSERT INTO case_figures (number, closed_at, lead, areas, figures) VALUES ($number, $closed, $lead, $areas, $figures)
        ON CONFLICT (number) DO UPDATE SET closed_at = excluded.closed_at, lead = excluded.lead, figures = excluded.figures
        """;

    /// <summary>Cases that are folded from their events for the figures of an earlier time; some seconds of work.</summary>
    public const int FoldLimit = 20_000;

    private const int CasesPerTell = 100_000;

    private static readonly (string What, string Sql)[] Indexes =
    [
        ("cases by area and event", "INSERT INTO case_area_events SELECT a.area, c.event, a.opened_at, a.number FROM case_areas a JOIN cases c ON c.number = a.number ORDER BY 1, 2, 3, 4"),
        ("open cases", "CREATE INDEX cases_open ON cases (opened_at, number, status, event) WHERE open = 1"),
        ("cases that are over", "CREATE INDEX cases_over ON cases (status, opened_at, number) WHERE open = 0"),
        ("cases that are over, by event", "CREATE INDEX cases_over_by_event ON cases (status, event, opened_at, number) WHERE open = 0"),
        ("closed cases by time", "CREATE INDEX case_figures_by_closing ON case_figures (closed_at, number) WHERE closed_at IS NOT NULL"),
    ];

    /// <summary>Makes the rows and indexes of the cases that an earlier version stored. Holds one case at a time in memory.</summary>
    public static void Fill(SqliteConnection connection, Action<string> tell)
    {
        long all = (long)Command(connection, "SELECT count(*) FROM cases").ExecuteScalar()!;
        if (all >= CasesPerTell)
        {
            tell(string.Create(CultureInfo.InvariantCulture, $"figures and indexes of {all:N0} cases; this is done once, and again from the beginning if it is interrupted"));
        }

        Action<string> told = all >= CasesPerTell ? tell : _ => { };
        FillFigures(connection, all, told);
        for (int i = 0; i < Indexes.Length; i++)
        {
            told($"{Indexes[i].What}, {i + 1} of {Indexes.Length}");
            Command(connection, Indexes[i].Sql).ExecuteNonQuery();
        }
    }

    /// <summary>Makes the rows of the cases that an earlier version stored anew, with what it did not count. Holds one case at a time in memory.</summary>
    public static void Refill(SqliteConnection connection, Action<string> tell)
    {
        long all = (long)Command(connection, "SELECT count(*) FROM cases").ExecuteScalar()!;
        FillFigures(connection, all, tell);
    }

    /// <summary>The values of <see cref="Put"/>, in its order.</summary>
    public static object?[] Values(Case c) => [c.Number, c.ClosedAt?.UnixMilliseconds, c.Lead, string.Join('|', c.Facts.AreaPath), CaseFigures.Of(c).ToBytes()];

    /// <summary>Names of the parameters of <see cref="Put"/>, in its order.</summary>
    public static string[] Parameters { get; } = ["$number", "$closed", "$lead", "$areas", "$figures"];

    /// <summary>Visits the figures of the cases opened in a period, newest first, see <see cref="ICaseStore.Figures"/>.</summary>
    /// <exception cref="JsonException">A row or an event is damaged.</exception>
    public static bool Visit(SqliteConnection connection, string? area, EventTime from, EventTime to, EventTime asOf, Action<CaseFigures> visit, int foldLimit = FoldLimit)
    {
        using SqliteCommand opened = Opened(connection, area, from, EventTime.Min(to, asOf + TimeSpan.FromMilliseconds(1)));
        using SqliteCommand history = Command(connection, "SELECT body FROM case_events WHERE case_no = (SELECT case_no FROM cases WHERE number = $number) ORDER BY case_sequence");
        SqliteParameter number = history.Parameters.Add("$number", SqliteType.Integer);
        using SqliteDataReader row = opened.ExecuteReader();
        for (int folded = 0; row.Read();)
        {
            CaseFigures figures = Read(row);
            if (figures.ChangedAt > asOf)
            {
                if (++folded > foldLimit)
                {
                    return false;
                }

                number.Value = row.GetInt64(1);
                figures = CaseFigures.Of(Stood(history, asOf));
            }

            visit(figures);
        }

        return true;
    }

    /// <summary>A command for the figures and numbers of the cases opened in a period, newest first.</summary>
    private static SqliteCommand Opened(SqliteConnection connection, string? area, EventTime from, EventTime to)
    {
        SqliteCommand command = Command(
            connection,
            $"""
            SELECT f.figures, f.number FROM {(area is null ? "cases w INDEXED BY cases_by_time" : "case_areas w")} CROSS JOIN case_figures f ON f.number = w.number
            WHERE {(area is null ? "" : "w.area = $area AND ")}w.opened_at >= $from AND w.opened_at < $to
            ORDER BY w.opened_at DESC, w.number DESC
            """);
        if (area is not null)
        {
            command.Parameters.AddWithValue("$area", area);
        }

        return Period(command, from, to);
    }

    /// <summary>Figures, lead and units of the cases that are open, and of those opened or closed in a period; each once.</summary>
    public static SqliteCommand AtWork(SqliteConnection connection, EventTime from, EventTime to) => Period(
        Command(
            connection,
            """
            SELECT f.figures, f.lead, f.areas
            FROM (SELECT number FROM cases INDEXED BY cases_open WHERE open = 1
                  UNION SELECT number FROM cases INDEXED BY cases_by_time WHERE opened_at >= $from AND opened_at < $to
                  UNION SELECT number FROM case_figures INDEXED BY case_figures_by_closing WHERE closed_at >= $from AND closed_at < $to) w
            CROSS JOIN case_figures f ON f.number = w.number
            """),
        from,
        to);

    /// <summary>The figures of a row.</summary>
    /// <exception cref="JsonException">They are damaged.</exception>
    public static CaseFigures Read(SqliteDataReader row)
    {
        Span<byte> bytes = stackalloc byte[256];
        using Stream stored = row.GetStream(0);
        int length = stored.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return CaseFigures.TryRead(bytes[..length], out CaseFigures figures) ? figures : throw new JsonException("the figures of a case are damaged");
    }

    // A clock that was looked at late wrote its event behind later ones: what stands behind a later event was not known.
    private static Case Stood(SqliteCommand history, EventTime asOf)
    {
        Case? state = null;
        using SqliteDataReader row = history.ExecuteReader();
        while (row.Read() && JsonSerializer.Deserialize(row.GetString(0), CaseJsonContext.Readable.CaseEvent) is { } next && next.At <= asOf)
        {
            try
            {
                state = Case.Apply(state, next);
            }
            catch (InvalidOperationException e)
            {
                throw new JsonException($"the history of {next.CaseNo} does not fold: {e.Message}; audit verify tells more", e);
            }
        }

        return state ?? throw new JsonException("the history of a case does not begin when the case does; audit verify tells more");
    }

    private static SqliteCommand Period(SqliteCommand command, EventTime from, EventTime to)
    {
        command.Parameters.AddWithValue("$from", from.UnixMilliseconds);
        command.Parameters.AddWithValue("$to", to.UnixMilliseconds);
        return command;
    }

    private static void FillFigures(SqliteConnection connection, long all, Action<string> tell)
    {
        using SqliteCommand cases = Command(connection, "SELECT body FROM cases ORDER BY number");
        using SqliteCommand put = Command(connection, Put);
        foreach (string name in Parameters)
        {
            put.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        using SqliteDataReader row = cases.ExecuteReader();
        for (long done = 1; row.Read(); done++)
        {
            // What cannot be read has no figures; whoever reads the case, and audit verify, tells of it.
            if (Parsed(row.GetString(0)) is { } c)
            {
                object?[] values = Values(c);
                for (int i = 0; i < values.Length; i++)
                {
                    put.Parameters[i].Value = values[i] ?? DBNull.Value;
                }

                put.ExecuteNonQuery();
            }

            if (done % CasesPerTell == 0)
            {
                tell(string.Create(CultureInfo.InvariantCulture, $"figures of {done:N0} of {all:N0} cases"));
            }
        }
    }

    private static Case? Parsed(string body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, CaseJsonContext.Readable.Case);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }
}
