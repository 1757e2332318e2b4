using Gateway.Host.Cases;
using Gateway.Rules.Cases;
using Gateway.Tests.Rules.Cases;
using Microsoft.Data.Sqlite;

namespace Gateway.Tests.Host.Cases;

/// <summary>A report with a number is taken once, whatever became of its case.</summary>
public sealed class ReportMemoryTests : IDisposable
{
    private const string Grid = "330102001001G01", Kind = "flood.underpass";

    private readonly StoreRig _rig = new();
    private CaseDriver _drive;
    private long _offset;
    private double _minute;

    public ReportMemoryTests() => _drive = new CaseDriver(_rig.Restore());

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("open", false)]
    [InlineData("open", true)]
    [InlineData("closed", true)]
    [InlineData("closed for long", true)]
    [InlineData("voided", false)]
    [InlineData("voided", true)]
    [InlineData("told forty times", true)]
    [InlineData("told forty times", false)]
    public void Report_that_comes_again_opens_and_counts_nothing(string what, bool restarts)
    {
        string caseNo = Tell("H-1").CaseNo;
        switch (what)
        {
            case "voided":
                Ask(CaseCommandKind.Void, caseNo);
                break;
            case "told forty times":
                for (int i = 0; i < 40; i++)
                {
                    Tell($"H-{i + 100}");
                }

                Assert.Equal(Case.EvidenceCountLimit, _drive.Book.Find(caseNo)!.Reports.Count);
                break;
            case "closed" or "closed for long":
                Ask(CaseCommandKind.Accept, caseNo);
                Ask(CaseCommandKind.Report, caseNo);
                Ask(CaseCommandKind.Verify, caseNo, "wang");
                _minute += what == "closed" ? 0 : 60 * 24 * 300;
                break;
        }

        Restart(restarts);
        long last = _rig.Store.LastSequence;
        foreach (string number in new[] { "H-1", what == "told forty times" ? "H-139" : "H-1" })
        {
            CaseIntakeResult again = Tell(number);
            Assert.Equal((caseNo, true), (again.CaseNo, again.Joined));
        }

        Assert.Equal(last, _rig.Store.LastSequence);
        Assert.Equal(what == "told forty times" ? 41 : 1, _rig.Store.Find(caseNo)!.ReportCount);
    }

    [Fact]
    public void Report_of_a_merged_case_is_one_of_the_case_that_went_into()
    {
        string gone = Tell("H-1").CaseNo, between = Tell("H-2", "330102001001G02").CaseNo, into = Tell("H-3", kind: "flood.road").CaseNo;
        Ask(CaseCommandKind.Merge, gone, to: between);
        Ask(CaseCommandKind.Merge, between, to: into);
        Restart(true);
        Assert.Equal([into, into, into], [Tell("H-1").CaseNo, Tell("H-2", "330102001001G02").CaseNo, Tell("H-3", kind: "flood.road").CaseNo]);
        Assert.Equal(3, _rig.Store.Find(into)!.ReportCount);
    }

    /// <summary>A hotline that numbers by the day: to lose a report is worse than to count one twice.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Number_that_is_used_again_for_something_else_or_elsewhere_is_another_report(bool restarts)
    {
        string flood = Tell("H-17").CaseNo;
        Restart(restarts);
        CaseIntakeResult other = Tell("H-17", kind: "noise.unknown");
        Assert.Equal((false, false), (other.CaseNo == flood, other.Joined));
        CaseIntakeResult elsewhere = Tell("H-17", "330102001001G02", "noise.unknown");
        Assert.Equal((false, false), (elsewhere.CaseNo == other.CaseNo, elsewhere.Joined));
        Restart(restarts);
        long last = _rig.Store.LastSequence;
        Assert.Equal((elsewhere.CaseNo, true), (Tell("H-17", "330102001001G02", "noise.unknown").CaseNo, true));
        Assert.Equal(last, _rig.Store.LastSequence);
    }

    [Fact]
    public void Report_twice_before_the_commit_is_one()
    {
        CaseIntake report = CaseWorld.Intake(Grid, Kind, externalId: "H-1");
        CaseIntakeResult first = _drive.Book.Handle(report, CaseWorld.At(1), 1, _drive.Changes);
        Assert.Null(_drive.Command(2, CaseCommandKind.Void, caseNo: first.CaseNo));
        Assert.Equal((first.CaseNo, true), (_drive.Book.Handle(report, CaseWorld.At(3), 3, _drive.Changes).CaseNo, first.Joined is false));
        Assert.Single(_drive.Events.OfType<CaseCollected>());
    }

    [Theory]
    [InlineData("H-1", "patrol")] // another source
    [InlineData("h-1", "hotline")] // another number
    [InlineData("", "hotline")] // no number
    public void What_is_another_report_is_taken(string number, string source)
    {
        Tell(number.Length == 0 ? "" : "H-1");
        Tell(number, source: source);
        Assert.Equal(2, _drive.Case.ReportCount);
    }

    [Fact]
    public void Number_of_more_than_a_year_ago_is_a_new_one()
    {
        Ask(CaseCommandKind.Void, Tell("H-1").CaseNo);
        _minute += CaseIntake.Remembered.TotalMinutes - 10;
        Assert.True(Tell("H-1").Joined);
        _minute += 20;
        Assert.False(Tell("H-1").Joined);
        Assert.True(Tell("H-1").Joined);
    }

    [Fact]
    public void Store_of_an_earlier_version_knows_its_reports_too_and_one_that_was_edited_still_opens()
    {
        const int VersionWithoutIndex = 5;
        string caseNo = Tell("H-1").CaseNo;
        Tell("H-'2\"");
        string old = _rig.Path + ".old";
        using (SqliteConnection connection = new($"Data Source={old};Pooling=False"))
        {
            connection.Open();
            SqliteSchema.Migrate(connection, old, VersionWithoutIndex);
            using SqliteCommand copy = connection.CreateCommand();
            copy.CommandText = $"ATTACH '{_rig.Path}' AS now; INSERT INTO case_events SELECT * FROM now.case_events; INSERT INTO case_events VALUES (99, 'AJ-9', 1, 0, '{{\"type\":\"collected\" no JSON');";
            copy.ExecuteNonQuery();
        }

        using SqliteCaseStore store = SqliteCaseStore.Open(old);
        Assert.Equal((caseNo, caseNo), (store.CaseOfReport("hotline", "H-1", default), store.CaseOfReport("hotline", "H-'2\"", default)));
        Assert.Null(store.CaseOfReport("hotline", "H-3", default));
    }

    private CaseIntakeResult Tell(string number, string area = Grid, string kind = Kind, string source = "hotline")
    {
        CaseIntakeResult result = _drive.Book.Handle(CaseWorld.Intake(area, kind, source, number), CaseWorld.At(++_minute), _offset, _drive.Changes);
        Commit();
        return result;
    }

    private void Ask(CaseCommandKind command, string caseNo, string actor = "li", string to = "")
    {
        Assert.Null(_drive.Command(++_minute, command, actor, fieldCheck: true, to, caseNo));
        Commit();
    }

    private void Commit() => _rig.Commit(_drive, ++_offset, _minute);

    private void Restart(bool restarts)
    {
        if (restarts)
        {
            _rig.Reopen();
            _drive = new CaseDriver(_rig.Restore());
        }
    }
}
