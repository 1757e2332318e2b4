using Gateway.Host.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Tests.Rules.Cases;
using Microsoft.Data.Sqlite;

namespace Gateway.Tests.Host.Cases;

public sealed class StoreFaultTests : IDisposable
{
    private readonly StoreRig _rig = new();

    [Fact]
    public void Store_of_a_newer_gateway_is_left_alone()
    {
        _rig.Store.Dispose();
        using (SqliteConnection newer = Connect(_rig.Path))
        {
            Execute(newer, "PRAGMA user_version = 99");
        }

        CaseStoreException e = Assert.Throws<CaseStoreException>(() => SqliteCaseStore.Open(_rig.Path));
        Assert.Equal(CaseStoreFault.NewerSchema, e.Fault);
        Assert.Contains("99", e.Message);
    }

    [Fact]
    public void File_that_is_no_database_is_named()
    {
        _rig.Store.Dispose();
        File.WriteAllText(_rig.Path, string.Concat(Enumerable.Repeat("not a database ", 500)));
        File.Delete(_rig.Path + "-wal");

        CaseStoreException e = Assert.Throws<CaseStoreException>(() => SqliteCaseStore.Open(_rig.Path));
        Assert.Equal(CaseStoreFault.Corrupt, e.Fault);
        Assert.Contains(_rig.Path, e.Message);
    }

    [Fact]
    public void Directory_that_does_not_exist_is_named()
    {
        CaseStoreException e = Assert.Throws<CaseStoreException>(() => SqliteCaseStore.Open(Path.Combine(_rig.Path, "none", "cases.db")));

        Assert.Equal(CaseStoreFault.Unavailable, e.Fault);
    }

    [Fact]
    public void Lock_of_another_process_is_reported_and_passes()
    {
        _rig.Store.Dispose();
        using SqliteCaseStore store = SqliteCaseStore.Open(_rig.Path, TimeSpan.FromSeconds(1));
        using SqliteConnection other = Connect(_rig.Path);
        Execute(other, "BEGIN IMMEDIATE");
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        CaseCommit commit = StoreRig.CommitOf(drive, 1);

        Assert.Equal(CaseStoreFault.Locked, Assert.Throws<CaseStoreException>(() => store.Commit(commit)).Fault);
        Assert.Contains("locked", store.Health().Message);
        Execute(other, "ROLLBACK");
        Assert.True(store.Commit(commit).Applied);
        Assert.True(store.Health().Healthy);
    }

    [Fact]
    public void Case_that_cannot_be_read_is_reported_as_damage()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        _rig.Commit(drive, 1);
        using SqliteConnection editor = Connect(_rig.Path);
        Execute(editor, "UPDATE cases SET body = '{\"caseNo\":3}'");

        Assert.Equal(CaseStoreFault.Corrupt, Assert.Throws<CaseStoreException>(() => _rig.Store.LoadOpen(0)).Fault);
    }

    [Fact]
    public void Files_are_for_the_owner_only()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        _rig.Commit(drive, 1);

        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(_rig.Path)!))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    /// <summary>What a killed process leaves: the files as they are on disk while the store is open and another transaction hangs.</summary>
    [Fact]
    public void Files_copied_while_a_transaction_hangs_hold_whole_commits_only()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        _rig.Commit(drive, 1);
        drive.Alert(1, AlertTransitionKind.Firing, device: 2);
        _rig.Commit(drive, 2);
        using SqliteConnection other = Connect(_rig.Path);
        Execute(other, "PRAGMA cache_size = 1; BEGIN IMMEDIATE; UPDATE partitions SET next_offset = 99; UPDATE cases SET open = 0, body = '{}'");

        using var copy = new StoreRig();
        copy.Store.Dispose();
        foreach (string suffix in new[] { "", "-wal" })
        {
            File.Copy(_rig.Path + suffix, copy.Path + suffix, overwrite: true);
        }

        copy.Reopen();
        Assert.Equal(2, copy.Store.Position(0).NextOffset);
        Assert.Equal(drive.Book.Cases.Select(CaseWorld.Json), copy.Store.LoadOpen(0).Select(CaseWorld.Json));
    }

    public void Dispose() => _rig.Dispose();

    internal static SqliteConnection Connect(string path)
    {
        var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        return connection;
    }

    internal static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
