using System.Text.Json;
using Gateway.Rules.Cases;
using Microsoft.Data.Sqlite;

namespace Gateway.Host.Cases.Evidence;

/// <summary>A case with what is sealed of it, for whoever only looks: beside a running gateway too, the store is neither written to nor brought to another version.</summary>
internal static class SealedCase
{
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The seals of a case, in order; null when there is no such case.</summary>
    /// <param name="caseStore">The case store.</param>
    /// <param name="caseNo">The case.</param>
    /// <exception cref="CaseStoreException">The store cannot be read.</exception>
    public static IReadOnlyList<EvidenceSealed>? Read(string caseStore, string caseNo)
    {
        try
        {
            using SqliteConnection connection = SqliteFile.Reader(caseStore, LockTimeout);
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "SELECT body FROM case_events WHERE case_no = $no ORDER BY case_sequence";
            command.Parameters.AddWithValue("$no", caseNo);
            using SqliteDataReader row = command.ExecuteReader();
            bool isCase = false;
            List<EvidenceSealed> seals = [];
            while (row.Read())
            {
                isCase = true;
                if (JsonSerializer.Deserialize(row.GetString(0), CaseJsonContext.Readable.CaseEvent) is EvidenceSealed seal)
                {
                    seals.Add(seal);
                }
            }

            return isCase ? seals : null;
        }
        catch (SqliteException e)
        {
            throw SqliteFile.Explain(e, caseStore);
        }
        catch (JsonException e)
        {
            throw new CaseStoreException(CaseStoreFault.Corrupt, $"{caseStore} holds an event of {caseNo} that cannot be read: {e.Message}; see audit verify", e);
        }
    }
}
