using Gateway.Host.Cases;
using Gateway.Rules.Cases;
using Gateway.Tests.Rules.Cases;

namespace Gateway.Tests.Host.Cases;

/// <summary>A store in a directory of its own, and commits of what a driver did.</summary>
internal sealed class StoreRig : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("case-store-").FullName;

    public StoreRig() => Store = SqliteCaseStore.Open(Path);

    public string Path => System.IO.Path.Combine(_directory, "cases.db");

    public SqliteCaseStore Store { get; private set; }

    /// <summary>Closes the store and opens it again.</summary>
    public void Reopen()
    {
        Store.Dispose();
        Store = SqliteCaseStore.Open(Path);
    }

    /// <summary>Commits what the driver's changes hold, and clears them.</summary>
    public CaseCommitResult Commit(CaseDriver drive, long nextOffset, double minute = 0)
    {
        CaseCommitResult result = Store.Commit(CommitOf(drive, nextOffset, minute));
        drive.Changes.Clear();
        return result;
    }

    public static CaseCommit CommitOf(CaseDriver drive, long nextOffset, double minute = 0) => new()
    {
        Partition = 0,
        NextOffset = nextOffset,
        LogTime = CaseWorld.At(minute),
        Events = [.. drive.Changes.Events],
        Cases = [.. drive.Changes.Cases],
    };

    /// <summary>A book as a restarted gateway would make it.</summary>
    public CaseBook Restore(CaseSettings? settings = null) => new(settings ?? CaseWorld.Settings, Store.Position(0).LastNumber, Store.LoadOpen(0)) { Stored = Store.Find, Reported = Store.CaseOfReport };

    public void Dispose()
    {
        Store.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
