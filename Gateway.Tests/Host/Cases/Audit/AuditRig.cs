using Gateway.Host.Cases;
using Gateway.Host.Cases.Audit;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Tests.Rules.Cases;
using Gateway.Tests.Support;
using Microsoft.Data.Sqlite;

namespace Gateway.Tests.Host.Cases.Audit;

/// <summary>A store with a history of its own in a data directory, hands that tamper with it, and the audit that looks.</summary>
internal sealed class AuditRig : IDisposable
{
    private readonly TemporaryFolder _data = new();
    private long _offset;

    public AuditRig() => Store = SqliteCaseStore.Open(Folder.CaseStore);

    public AuditFolder Folder => new(_data.Path);

    public SqliteCaseStore Store { get; private set; }

    public CaseDriver Drive { get; private set; } = CaseDriver.New();

    public string Data => _data.Path;

    /// <summary>Three cases, one of them worked to its end: the events of all three are mixed. Eighteen entries or more.</summary>
    public AuditRig WithCases()
    {
        Drive.Alert(0, AlertTransitionKind.Firing);
        Drive.Alert(0.5, AlertTransitionKind.Firing, device: 2);
        Commit();
        Drive.Command(5, CaseCommandKind.Accept, caseNo: First);
        Drive.Alert(6, AlertTransitionKind.Firing, device: 3, rule: CaseWorld.Odd);
        Commit();
        Drive.Alert(10, AlertTransitionKind.Resolved);
        Drive.Command(20, CaseCommandKind.Report, caseNo: First);
        Drive.Command(21, CaseCommandKind.Accept, caseNo: Second);
        Commit();
        Drive.Reading(25);
        Drive.Command(30, CaseCommandKind.Verify, "wang", caseNo: First);
        Commit();
        return this;
    }

    public static string First => "AJ-20260127-000001";

    public static string Second => "AJ-20260127-000002";

    /// <summary>Commits what the driver did.</summary>
    public void Commit(double minute = 30)
    {
        Store.Commit(StoreRig.CommitOf(Drive, ++_offset, minute));
        Drive.Changes.Clear();
    }

    /// <summary>Makes a checkpoint; returns its line.</summary>
    public string Seal() => Store.SealAudit(Folder)!.Line;

    /// <summary>Closes the store and opens it again, as a restart does.</summary>
    public void Reopen()
    {
        Store.Dispose();
        Store = SqliteCaseStore.Open(Folder.CaseStore);
        Drive = new CaseDriver(new CaseBook(CaseWorld.Settings, Store.Position(0).LastNumber, Store.LoadOpen(0)));
    }

    /// <summary>Edits the store as somebody would who knows it: takes the guards away, edits, puts them back.</summary>
    public void Tamper(params string[] statements)
    {
        using SqliteConnection connection = StoreFaultTests.Connect(Folder.CaseStore);
        List<(string Name, string Sql)> guards = [];
        using (SqliteCommand query = connection.CreateCommand())
        {
            query.CommandText = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'";
            using SqliteDataReader row = query.ExecuteReader();
            while (row.Read())
            {
                guards.Add((row.GetString(0), row.GetString(1)));
            }
        }

        guards.ForEach(g => StoreFaultTests.Execute(connection, $"DROP TRIGGER {g.Name}"));
        Array.ForEach(statements, s => StoreFaultTests.Execute(connection, s));
        guards.ForEach(g => StoreFaultTests.Execute(connection, g.Sql));
    }

    /// <summary>Makes the whole chain anew over what stands there, as the gateway would have.</summary>
    public void Rechain()
    {
        using SqliteConnection connection = StoreFaultTests.Connect(Folder.CaseStore);
        StoreFaultTests.Execute(connection, "DROP TABLE audit_entries; DROP TABLE audit_checkpoints");
        StoreFaultTests.Execute(connection, AuditSchema.Tables);
        AuditSchema.Chain(connection);
    }

    /// <summary>Looks at everything.</summary>
    /// <param name="handedOut">Lines that a second party kept.</param>
    /// <param name="key">The public key it was given; null for the gateway's own.</param>
    public AuditReport Verify(IReadOnlyList<string>? handedOut = null, string? key = null)
    {
        key ??= File.Exists(Folder.Key) ? Folder.Key : null;
        using AuditKey? read = key is null ? null : AuditKey.Read(key);
        return new AuditVerifier
        {
            CaseStore = Folder.CaseStore,
            Keys = read is null ? [] : [read],
            HandedOut = handedOut is null ? [] : [("kept.txt", handedOut)],
        }.Run();
    }

    /// <summary>Faults and where they are: <c>edited 5</c>, <c>state differs AJ-..</c>, <c>forged checkpoint 1</c>.</summary>
    public static string[] Faults(AuditReport report) =>
        [.. report.Findings.Select(f => $"{f.Word} {f.Sequence?.ToString() ?? f.CaseNo + f.Place}")];

    public void Dispose()
    {
        Store.Dispose();
        _data.Dispose();
    }
}
