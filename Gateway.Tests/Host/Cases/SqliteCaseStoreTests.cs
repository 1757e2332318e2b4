using Gateway.Host.Cases;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Tests.Rules.Cases;
using Microsoft.Data.Sqlite;

namespace Gateway.Tests.Host.Cases;

public sealed class SqliteCaseStoreTests : IDisposable
{
    private readonly StoreRig _rig = new();

    [Fact]
    public void Commit_is_there_after_reopening()
    {
        CaseDriver drive = CaseDriver.New().ToVerifying();
        string[] events = [.. drive.Events.Select(CaseWorld.Json)];
        string state = CaseWorld.Json(drive.Case);
        Assert.Equal(new CaseCommitResult(true, events.Length), _rig.Commit(drive, 20, minute: 20));
        _rig.Reopen();

        Assert.Equal(new CaseStorePosition(20, CaseWorld.At(20), 1), _rig.Store.Position(0));
        Assert.Equal(state, CaseWorld.Json(_rig.Store.Find("AJ-20260127-000001")));
        Assert.Equal(events, _rig.Store.History("AJ-20260127-000001").Select(CaseWorld.Json));
        Assert.Equal(state, CaseWorld.Json(Assert.Single(_rig.Store.LoadOpen(0))));
        Assert.Equal(state, CaseWorld.Json(Case.Fold(_rig.Store.History("AJ-20260127-000001"))));
    }

    [Fact]
    public void Nothing_is_known_of_what_was_never_committed()
    {
        Assert.Equal(default, _rig.Store.Position(0));
        Assert.Null(_rig.Store.Find("AJ-20260127-000001"));
        Assert.Empty(_rig.Store.History("AJ-20260127-000001"));
        Assert.Null(_rig.Store.LoadCheckpoint(0));
        Assert.Empty(_rig.Store.LoadRetained());
        Assert.Equal(new CaseStoreHealth(true, "", 0, new FileInfo(_rig.Path).Length), _rig.Store.Health());
    }

    [Theory]
    [InlineData(20)]
    [InlineData(19)]
    public void Commit_of_an_offset_already_passed_changes_nothing(long nextOffset)
    {
        CaseDriver drive = CaseDriver.New().ToVerifying();
        CaseCommit commit = StoreRig.CommitOf(drive, 20);
        CaseCommitResult first = _rig.Store.Commit(commit);

        Assert.Equal(first with { Applied = false }, _rig.Store.Commit(commit with { NextOffset = nextOffset }));
        Assert.Equal(first.LastSequence, _rig.Store.EventsAfter(0, 1000).Count);
    }

    [Fact]
    public void Checkpoint_and_retained_messages_are_kept_and_replaced()
    {
        var commit = new CaseCommit { Partition = 3, NextOffset = 10, LogTime = CaseWorld.Start };
        _rig.Store.Commit(commit with
        {
            Checkpoint = new RuleCheckpoint(8, [1, 2]),
            Retained = new Dictionary<string, byte[]?> { ["a"] = [1], ["b"] = [2], ["c"] = [3] },
        });
        _rig.Store.Commit(commit with { Retained = new Dictionary<string, byte[]?> { ["a"] = [9], ["b"] = null, ["c"] = [] } });
        _rig.Store.Commit(commit with { Checkpoint = new RuleCheckpoint(9, [4, 5]) }); // the very offset, no event: as when the gateway stops
        _rig.Reopen();

        Assert.Equal((9L, "0405"), (_rig.Store.LoadCheckpoint(3)!.NextOffset, Convert.ToHexString(_rig.Store.LoadCheckpoint(3)!.State)));
        Assert.Equal([9], Assert.Single(_rig.Store.LoadRetained()).Value);
        Assert.Null(_rig.Store.LoadCheckpoint(0));
    }

    [Theory]
    [InlineData(30, 1)]
    [InlineData(60, 1)]
    [InlineData(61, 0)]
    public void Closed_case_is_loaded_while_it_may_be_reopened(double logMinute, int count)
    {
        CaseDriver drive = CaseDriver.New().ToClosed(); // closed at 30, reopens within 30
        _rig.Commit(drive, 20, logMinute);

        Assert.Equal(count, _rig.Store.LoadOpen(0).Count);
        Assert.Empty(_rig.Store.LoadOpen(1));
    }

    [Fact]
    public void Second_open_case_of_a_key_is_refused_and_takes_the_whole_commit_with_it()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        _rig.Commit(drive, 1);
        CaseDriver forgetful = new(new CaseBook(CaseWorld.Settings, lastNumber: 1));
        forgetful.Alert(1, AlertTransitionKind.Firing, device: 2);
        forgetful.Alert(1, AlertTransitionKind.Firing);

        AssertConflict(() => _rig.Commit(forgetful, 2));
        Assert.Equal(3, _rig.Store.EventsAfter(0, 1000).Count);
        Assert.Equal(1, _rig.Store.Position(0).NextOffset);
        Assert.False(_rig.Store.Health().Healthy);
        drive.Alert(2, AlertTransitionKind.Resolved);
        _rig.Commit(drive, 3);
        Assert.True(_rig.Store.Health().Healthy);
    }

    [Fact]
    public void Gap_or_fork_in_a_history_is_refused()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        CaseCommit filed = StoreRig.CommitOf(drive, 1);
        AssertConflict(() => _rig.Store.Commit(filed with { Events = [.. filed.Events.Skip(1)] }));
        AssertConflict(() => _rig.Store.Commit(filed with { Events = [.. filed.Events.Take(2)] }));
        _rig.Store.Commit(filed);

        AssertConflict(() => _rig.Store.Commit(filed with { NextOffset = 2 }));
        Assert.Equal(3, _rig.Store.EventsAfter(0, 1000).Count);
    }

    [Fact]
    public void Events_of_all_cases_follow_in_one_sequence()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        drive.Alert(0, AlertTransitionKind.Firing, device: 2);
        drive.Alert(1, AlertTransitionKind.Resolved);
        string[] events = [.. drive.Events.Select(CaseWorld.Json)];
        _rig.Commit(drive, 1);

        var seen = new List<SequencedEvent>();
        for (IReadOnlyList<SequencedEvent> page = _rig.Store.EventsAfter(0, 3); page.Count > 0; page = _rig.Store.EventsAfter(seen[^1].Sequence, 3))
        {
            seen.AddRange(page);
        }

        Assert.Equal(Enumerable.Range(1, events.Length).Select(n => (long)n), seen.Select(s => s.Sequence));
        Assert.Equal(events, seen.Select(s => CaseWorld.Json(s.Event)));
    }

    [Theory]
    [InlineData("UPDATE case_events SET body = '{}'")]
    [InlineData("DELETE FROM case_events")]
    [InlineData("INSERT OR REPLACE INTO case_events (sequence, case_no, case_sequence, at, body) VALUES (1, 'x', 1, 0, '{}')")]
    public void History_takes_no_edit(string sql)
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        string[] events = [.. drive.Events.Select(CaseWorld.Json)];
        _rig.Commit(drive, 1);
        using SqliteConnection editor = StoreFaultTests.Connect(_rig.Path);

        SqliteException e = Assert.Throws<SqliteException>(() => StoreFaultTests.Execute(editor, sql));
        Assert.Contains("append only", e.Message);
        Assert.Equal(events, _rig.Store.EventsAfter(0, 10).Select(s => CaseWorld.Json(s.Event)));
    }

    [Fact]
    public void Readers_do_not_wait_for_a_commit_in_progress()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        _rig.Commit(drive, 1);
        using SqliteConnection other = StoreFaultTests.Connect(_rig.Path);
        StoreFaultTests.Execute(other, "BEGIN IMMEDIATE; UPDATE partitions SET next_offset = 99");

        Assert.Equal(1, _rig.Store.Position(0).NextOffset);
        StoreFaultTests.Execute(other, "ROLLBACK");
    }

    public void Dispose() => _rig.Dispose();

    private static void AssertConflict(Action commit) =>
        Assert.Equal(CaseStoreFault.Conflict, Assert.Throws<CaseStoreException>(commit).Fault);
}
