using Gateway.Host.Cases;
using Gateway.Host.Cases.Audit;
using Gateway.Rules.Cases;
using Gateway.Tests.Rules.Cases;
using Gateway.Tests.Support;
using Microsoft.Data.Sqlite;

namespace Gateway.Tests.Host.Cases.Audit;

/// <summary>A store of the version before the audit: its history is sealed when a gateway with audit opens it.</summary>
public sealed class AuditMigrationTests : IDisposable
{
    private const int VersionBefore = 3;

    private readonly AuditRig _source = new AuditRig().WithCases();
    private readonly TemporaryFolder _folder = new();

    private AuditFolder Old => new(_folder.Path);

    [Fact]
    public void History_of_an_older_store_gets_the_chain_it_would_have_had()
    {
        MakeOld();
        using SqliteCaseStore store = SqliteCaseStore.Open(Old.CaseStore);
        AuditReport report = Verify();

        Assert.Empty(AuditRig.Faults(report));
        Assert.Equal(_source.Verify().Root, report.Root);
        Assert.Equal(_source.Store.LastSequence, report.Entries);
    }

    [Fact]
    public void Chain_goes_on_behind_the_migrated_events()
    {
        MakeOld();
        using SqliteCaseStore store = SqliteCaseStore.Open(Old.CaseStore);
        CaseDriver drive = new(new CaseBook(CaseWorld.Settings, store.Position(0).LastNumber, store.LoadOpen(0)));
        drive.Command(50, CaseCommandKind.Comment, caseNo: AuditRig.Second);
        store.Commit(StoreRig.CommitOf(drive, 50, 50));
        Assert.NotNull(store.SealAudit(Old));

        AuditReport report = Verify();
        Assert.Empty(AuditRig.Faults(report));
        Assert.Equal(store.LastSequence, report.SignedUpTo);
        Assert.True(store.LastSequence > _source.Store.LastSequence);
    }

    [Fact]
    public void History_that_does_not_fold_is_sealed_as_it_is_and_told()
    {
        MakeOld("UPDATE case_events SET body = 'no JSON' WHERE sequence = 5");
        using SqliteCaseStore store = SqliteCaseStore.Open(Old.CaseStore);

        Assert.Equal(["edited 5"], AuditRig.Faults(Verify()));
    }

    [Fact]
    public void Older_store_is_left_alone_by_those_who_only_look()
    {
        MakeOld();

        Assert.Contains("no audit", Assert.Throws<CaseStoreException>(Verify).Message);
        Assert.Equal(CaseStoreFault.NewerSchema, Assert.Throws<CaseStoreException>(() => AuditSealer.SealFile(Old)).Fault);
        Assert.False(File.Exists(Old.Key));
    }

    public void Dispose()
    {
        _source.Dispose();
        _folder.Dispose();
    }

    private AuditReport Verify() => new AuditVerifier { CaseStore = Old.CaseStore, Keys = File.Exists(Old.Key) ? [AuditKey.Read(Old.Key)] : [] }.Run();

    /// <summary>A store as the version before made it, with the history of the other one.</summary>
    private void MakeOld(string? edit = null)
    {
        using SqliteConnection connection = SqliteFile.OpenWriter(Old.CaseStore, TimeSpan.FromSeconds(1));
        SqliteSchema.Migrate(connection, Old.CaseStore, VersionBefore);
        string copies = string.Concat(new[] { "case_events", "cases", "case_areas", "partitions" }.Select(t => $"INSERT INTO main.{t} SELECT * FROM source.{t};"));
        StoreFaultTests.Execute(connection, $"ATTACH '{_source.Folder.CaseStore}' AS source; {copies}");
        if (edit is not null)
        {
            StoreFaultTests.Execute(connection, $"DROP TRIGGER case_events_no_update; {edit}; CREATE TRIGGER case_events_no_update BEFORE UPDATE ON case_events BEGIN SELECT RAISE(ABORT, 'x'); END");
        }
    }
}
