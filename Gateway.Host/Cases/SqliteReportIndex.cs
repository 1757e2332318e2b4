using System.Globalization;
using Gateway.Protocols.Readings;
using Microsoft.Data.Sqlite;

namespace Gateway.Host.Cases;

/// <summary>
/// Which case a report came to, by its source and its number there, for good: an index over the events that brought reports, and no table, so that it
/// says what the history says whatever is exported, imported or restored.
/// </summary>
internal static class SqliteReportIndex
{
    // Type is the first member of every event. What is no JSON, because somebody edited it, is for the audit to tell.
    private const string BringsNumber =
        """
        CASE WHEN (substr(body, 1, 22) = '{"type":"reportJoined"' OR substr(body, 1, 19) = '{"type":"collected"') AND json_valid(body)
             THEN json_extract(body, '$.report.externalId') <> '' END
        """;

    private const string Columns = "json_extract(body, '$.report.externalId'), json_extract(body, '$.report.source')";
    private const int EventsToTell = 1_000_000;

    /// <summary>Makes the index over the history there is.</summary>
    public static void Create(SqliteConnection connection, Action<string> tell)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM case_events";
        if ((long)command.ExecuteScalar()! is var all && all >= EventsToTell)
        {
            tell(string.Create(CultureInfo.InvariantCulture, $"reports among {all:N0} events, by their numbers"));
        }

        command.CommandText = $"CREATE INDEX case_events_by_report ON case_events ({Columns}) WHERE {BringsNumber}";
        command.ExecuteNonQuery();
    }

    /// <summary>The case a report came to last, at a time or later; null for none.</summary>
    public static string? Find(SqliteConnection connection, string source, string externalId, EventTime since)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText =
            $"""
            SELECT case_no FROM case_events INDEXED BY case_events_by_report
            WHERE {BringsNumber} AND json_extract(body, '$.report.externalId') = $id AND json_extract(body, '$.report.source') = $source AND at >= $since
            ORDER BY sequence DESC LIMIT 1
            """;
        command.Parameters.AddWithValue("$id", externalId);
        command.Parameters.AddWithValue("$source", source);
        command.Parameters.AddWithValue("$since", since.UnixMilliseconds);
        return command.ExecuteScalar() as string;
    }
}
