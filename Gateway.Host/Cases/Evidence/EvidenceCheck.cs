using System.Text.Json;
using Gateway.Host.Cases.Audit;
using Gateway.Host.City;
using Gateway.Rules.Cases;
using Microsoft.Data.Sqlite;

namespace Gateway.Host.Cases.Evidence;

/// <summary>Holds every bundle against the event that sealed it, and the city each names against its revision. Holds one bundle at a time.</summary>
internal sealed class EvidenceCheck
{
    private const string Restore = "restore the file from a backup, keep this one as evidence";

    private readonly AuditReport _report;
    private readonly EvidenceFolder _folder;
    private readonly CityArchive _cities;
    private readonly long _sealedThrough;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>Prepares it; before the store is opened, for the sealer may go on meanwhile.</summary>
    /// <exception cref="InvalidDataException">The sealer's place is damaged.</exception>
    public EvidenceCheck(AuditReport report, EvidenceFolder folder, CityArchive cities)
    {
        (_report, _folder, _cities) = (report, folder, cities);
        _sealedThrough = EvidencePlace.Load(folder.Place)?.Cursor ?? 0;
    }

    /// <summary>Checks all of them.</summary>
    /// <param name="connection">One view of the case store.</param>
    /// <exception cref="IOException">A bundle cannot be read.</exception>
    public void Run(SqliteConnection connection)
    {
        HashSet<string> files = new(StringComparer.Ordinal);
        using (SqliteCommand query = connection.CreateCommand())
        {
            // Type is the first member of every event.
            query.CommandText = """SELECT body FROM case_events WHERE body LIKE '{"type":"evidenceSealed"%' ORDER BY sequence""";
            using SqliteDataReader row = query.ExecuteReader();
            while (row.Read())
            {
                if (Seal(row.GetString(0)) is { } seal)
                {
                    files.Add(_folder.PathOf(seal.CaseNo, seal.Decision));
                    Check(seal);
                }
            }
        }

        foreach ((string caseNo, int decision, string file) in _folder.All().Where(f => !files.Contains(f.File)))
        {
            if (Sequence(connection, caseNo, decision) is not { } sequence || sequence <= _sealedThrough)
            {
                Tell(AuditFault.Inserted, file, "no event of its case seals it: it was put there past the gateway", "look who could write the data directory, and take the file away");
            }
        }
    }

    private static long? Sequence(SqliteConnection connection, string caseNo, int decision)
    {
        using SqliteCommand query = connection.CreateCommand();
        query.CommandText = "SELECT sequence FROM case_events WHERE case_no = $no AND case_sequence = $sequence";
        query.Parameters.AddWithValue("$no", caseNo);
        query.Parameters.AddWithValue("$sequence", decision);
        return query.ExecuteScalar() as long?;
    }

    /// <summary>Null where the event cannot be read: the check of the chain tells that.</summary>
    private static EvidenceSealed? Seal(string body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, CaseJsonContext.Readable.CaseEvent) as EvidenceSealed;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Check(EvidenceSealed seal)
    {
        _report.SealedDecisions++;
        string file = _folder.PathOf(seal.CaseNo, seal.Decision);
        if (_folder.Find(seal.CaseNo, seal.Decision) is not { } bytes)
        {
            Tell(AuditFault.Removed, file, $"what event {seal.Decision} of {seal.CaseNo} rests on is gone", Restore);
        }
        else if (EvidenceFolder.HashOf(bytes) != seal.Sha256)
        {
            Tell(AuditFault.Edited, file, $"it is not what was sealed with event {seal.Sequence} of {seal.CaseNo}", Restore);
        }
        else if (EvidenceFormat.Read(bytes).City is { Length: > 0 } revision && _known.Add(revision) && _cities.Problem(revision) is { } problem)
        {
            Tell(AuditFault.Edited, file, $"the city it names is not there as it was: {problem}", "restore the folder snapshots from a backup");
        }
    }

    private void Tell(AuditFault fault, string file, string message, string fix) => _report.Add(AuditFinding.At(fault, $"evidence/{Path.GetFileName(file)}", message, fix));
}
