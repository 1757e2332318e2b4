using Gateway.Host.Cases;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Tests.Host.Cases.Audit;
using Gateway.Tests.Rules.Cases;
using Microsoft.Data.Sqlite;

namespace Gateway.Tests.Host.Cases;

/// <summary>Figures of the real store as they were at an earlier time, and in a store of an earlier version.</summary>
public sealed class CaseFiguresStoreTests
{
    [Fact]
    public void Figures_of_an_earlier_time_are_those_the_store_had_then()
    {
        using StoreRig rig = new();
        CaseDriver drive = CaseDriver.New();
        List<(EventTime At, CaseFigures[] Figures)> snapshots = [];
        for (int round = 0; round < 12; round++)
        {
            double minute = round * 50;
            drive.Alert(minute, AlertTransitionKind.Firing, device: 0, rule: CaseWorld.Odd);
            string odd = drive.Events[^1].CaseNo;
            drive.Alert(minute, AlertTransitionKind.Firing, device: 2);
            string flood = drive.Events[^1].CaseNo;
            Note(minute);
            drive.Book.Handle(CaseWorld.Intake("330102001001G02", "flood.underpass"), CaseWorld.At(minute + 3), 5, drive.Changes);
            drive.Command(minute + 4, CaseCommandKind.Accept, caseNo: flood);
            Note(minute + 4);
            drive.Alert(minute + 5, AlertTransitionKind.Resolved, device: 2);
            drive.Command(minute + 6, round % 2 == 0 ? CaseCommandKind.Void : CaseCommandKind.Comment, caseNo: odd);
            drive.Command(minute + 7, CaseCommandKind.Report, caseNo: flood);
            Note(minute + 7);
            drive.Reading(minute + 14, "FLD-3");
            drive.Command(minute + 15, CaseCommandKind.Verify, "wang", caseNo: flood);
            Note(minute + 15);
        }

        foreach ((EventTime at, CaseFigures[] figures) in snapshots)
        {
            Assert.Equal(figures, Read(rig.Store, at));
        }

        Assert.NotEqual(snapshots[^2].Figures, snapshots[^1].Figures);
        Assert.Equal(snapshots[^1].Figures, Read(rig.Store, CaseWorld.At(100_000)));
        Assert.Empty(Read(rig.Store, CaseWorld.At(-1)));

        void Note(double minute)
        {
            rig.Commit(drive, snapshots.Count + 1, minute);
            snapshots.Add((CaseWorld.At(minute), Read(rig.Store)));
        }
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void What_would_take_too_long_is_left(int limit, bool isAll)
    {
        using StoreRig rig = new();
        CaseDriver drive = CaseDriver.New();
        foreach (int device in new[] { 0, 2, 3 })
        {
            drive.Alert(device, AlertTransitionKind.Firing, device, CaseWorld.Latched);
            Assert.Null(drive.Command(10 + device, CaseCommandKind.Accept, caseNo: drive.Events[^1].CaseNo));
        }

        rig.Commit(drive, 1, 20);
        using SqliteConnection connection = SqliteFile.Reader(rig.Path, TimeSpan.FromSeconds(1));
        connection.Open();
        List<CaseFigures> found = [];
        Assert.Equal(isAll, SqliteCaseFigures.Visit(connection, null, default, EventTime.MaxValue, CaseWorld.At(5), found.Add, limit));
        Assert.All(found, f => Assert.False(f.IsAcceptedOnTime));
        Assert.True(SqliteCaseFigures.Visit(connection, null, default, EventTime.MaxValue, CaseWorld.At(20), found.Add, limit)); // none has changed since
    }

    [Fact]
    public void Store_of_an_earlier_version_is_audited_as_it_is_and_counts_all_its_cases_when_it_is_opened()
    {
        const int VersionBefore = 6;
        using AuditRig rig = new AuditRig().WithCases();
        rig.Drive.Book.Handle(CaseWorld.Intake("330102001001G02", "order.litter"), CaseWorld.At(31), 5, rig.Drive.Changes);
        rig.Commit(31);
        CaseFigures[] own = Read(rig.Store);
        Assert.Equal([CaseFirst.Citizen, CaseFirst.Sensor, CaseFirst.Sensor, CaseFirst.Sensor], own.Select(f => f.First));

        rig.Tamper($"UPDATE case_figures SET figures = substr(figures, 1, 64 - 8 * (number % 2)); PRAGMA user_version = {VersionBefore}");
        Assert.All(Read(rig.Store), f => Assert.Equal((CaseFirst.None, EventTime.MaxValue), (f.First, f.ChangedAt)));
        Assert.Empty(AuditRig.Faults(rig.Verify()));
        rig.Reopen();
        Assert.Equal(own, Read(rig.Store));
        Assert.Empty(AuditRig.Faults(rig.Verify()));

        rig.Tamper("UPDATE case_figures SET figures = CAST(substr(figures, 1, 64) || x'02' || substr(figures, 66) AS BLOB) WHERE number = 2"); // a citizen was first, says who would have it so
        Assert.Equal([$"state differs {AuditRig.Second}"], AuditRig.Faults(rig.Verify()));
    }

    private static CaseFigures[] Read(SqliteCaseStore store, EventTime? asOf = null)
    {
        List<CaseFigures> found = [];
        Assert.True(store.Figures(null, default, EventTime.MaxValue, asOf ?? EventTime.MaxValue, found.Add));
        return [.. found];
    }
}
