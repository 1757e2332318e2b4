using Gateway.Host.Cases;
using Gateway.Host.Cases.Audit;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Tests.Host.Composition;
using Gateway.Tests.Rules.Cases;
using Gateway.Tests.Support;
using Microsoft.Data.Sqlite;

namespace Gateway.Tests.Host.Cases.Audit;

/// <summary>Checkpoints of a gateway that runs, stops and is killed.</summary>
public sealed class AuditKeeperTests : IDisposable
{
    private readonly AuditRig _rig = new AuditRig().WithCases();
    private readonly RecordedLog _log = new();
    private EventTime _now = CaseWorld.At(60);

    [Fact]
    public async Task Gateway_can_be_verified_while_it_runs_and_signs_when_it_stops()
    {
        using RuntimeRig gateway = new();
        gateway.Publish("ACC-000001", "city/v1/access/ACC-000001/event", "{\"event\":\"tamper\"}", retain: false);
        await gateway.CaughtUpAsync();
        AuditFolder folder = new(gateway.Data);
        AuditReport running = new AuditVerifier { CaseStore = folder.CaseStore }.Run();
        Assert.Empty(AuditRig.Faults(running));
        Assert.InRange(running.Entries, 2, 100);

        gateway.Stop();
        using AuditKey key = AuditKey.Read(folder.Key);
        AuditReport stopped = new AuditVerifier { CaseStore = folder.CaseStore, Keys = [key], HandedOut = [("file", File.ReadAllLines(folder.Checkpoints))] }.Run();
        Assert.Empty(AuditRig.Faults(stopped));
        Assert.Equal((stopped.LastSequence, 1), (stopped.SignedUpTo, stopped.HandedOut));
        gateway.StartAgain();
    }

    [Fact]
    public async Task Checkpoint_is_made_when_enough_is_new()
    {
        _rig.Seal();
        using AuditKeeper keeper = Keeper();
        for (int i = 0; i < AuditKeeper.Interval; i++)
        {
            _rig.Drive.Command(40, CaseCommandKind.Comment, caseNo: AuditRig.Second);
        }

        _rig.Commit(40);
        keeper.Pulse();
        await SignedAsync();
    }

    [Fact]
    public async Task Few_events_get_their_checkpoint_after_a_day()
    {
        _rig.Seal();
        long covered = _rig.Store.AuditCovered();
        using AuditKeeper keeper = Keeper();
        _rig.Drive.Command(40, CaseCommandKind.Comment, caseNo: AuditRig.Second);
        _rig.Commit(40);
        keeper.Pulse();
        Assert.Equal(covered, _rig.Store.AuditCovered());

        _now += TimeSpan.FromDays(1);
        keeper.Pulse();
        await SignedAsync();
    }

    [Fact]
    public async Task What_a_kill_left_unsigned_is_signed_at_the_next_start()
    {
        using AuditKeeper keeper = Keeper();

        await SignedAsync();
    }

    [Fact]
    public void Key_that_cannot_be_used_is_told_and_stops_nothing()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_rig.Folder.Key)!);
        File.WriteAllText(_rig.Folder.Key, "no key");
        Keeper().Dispose();

        Assert.Contains(_log.Lines, l => l.Contains(_rig.Folder.Key, StringComparison.Ordinal));
        _rig.Commit();
        Assert.Equal(0, _rig.Store.AuditCovered());
    }

    /// <summary>What is on disk after a kill: the write-ahead log up to any byte. Chain, histories and states are always of the same commit.</summary>
    [Fact]
    public void Kill_at_any_byte_leaves_a_chain_that_verifies()
    {
        _rig.Seal();
        byte[] database = File.ReadAllBytes(_rig.Folder.CaseStore), log = ReadShared(_rig.Folder.CaseStore + "-wal");
        HashSet<long> lengths = [];
        for (int end = 0; end <= log.Length; end += 1531)
        {
            using TemporaryFolder copy = new();
            File.WriteAllBytes(copy.File("cases.db"), database);
            File.WriteAllBytes(copy.File("cases.db-wal"), log[..end]);
            AuditFolder folder = new(copy.Path);
            using (SqliteCaseStore.Open(folder.CaseStore))
            {
                AuditReport report = new AuditVerifier { CaseStore = folder.CaseStore, Keys = [AuditKey.Read(_rig.Folder.Key)] }.Run();
                Assert.Empty(AuditRig.Faults(report));
                lengths.Add(report.Entries);
            }
        }

        Assert.Equal(5, lengths.Count); // nothing, and after each of the four commits
    }

    [Fact]
    public void Commit_that_failed_leaves_no_entry_and_the_chain_goes_on()
    {
        _rig.Drive.Command(40, CaseCommandKind.Comment, caseNo: AuditRig.Second);
        CaseCommit commit = StoreRig.CommitOf(_rig.Drive, 90, 40);
        Assert.Throws<CaseStoreException>(() => _rig.Store.Commit(commit with { Events = [.. commit.Events, commit.Events.First()] }));
        using (SqliteConnection other = StoreFaultTests.Connect(_rig.Folder.CaseStore))
        {
            StoreFaultTests.Execute(other, "BEGIN IMMEDIATE; UPDATE partitions SET next_offset = 3; ROLLBACK");
        }

        _rig.Store.Commit(commit);
        AuditReport report = _rig.Verify();
        Assert.Empty(AuditRig.Faults(report));
        Assert.Equal(18 + commit.Events.Count, report.Entries);
    }

    public void Dispose() => _rig.Dispose();

    private AuditKeeper Keeper() => new(_rig.Store, _rig.Folder, () => _now, _log.CreateLogger("audit"));

    private Task SignedAsync() =>
        Eventually.BecomesAsync(() => Task.Run(_rig.Store.AuditCovered), covered => covered == _rig.Store.LastSequence, "a checkpoint");

    private static byte[] ReadShared(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] content = new byte[file.Length];
        file.ReadExactly(content);
        return content;
    }
}
