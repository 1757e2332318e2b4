using Gateway.Tests.Support;

namespace Gateway.Tests.Faults;

/// <summary>The gateway is killed on entering a call that writes cases, checkpoints or readings.</summary>
public sealed class StoreCrashTests
{
    private const string FirstBlock = "series/000000000001-000000000001-r0.tmp";

    [ComponentFact("strace")]
    public async Task Gateway_killed_at_a_call_that_writes_a_store_keeps_its_promises()
    {
        using CrashRun run = new(
            0,
            ("pwrite64", 1, FirstBlock), // its name stays the same until it is published
            ("fsync", 1, FirstBlock),
            ("rename", 1, FirstBlock),
            ("fsync", 1, "series"),
            ("pwrite64", 1, "cases.db-wal"),
            ("pwrite64", 2, "cases.db-wal"),
            ("pwrite64", 5, "cases.db-wal"),
            ("pwrite64", 11, "cases.db-wal"),
            ("fsync", 1, "cases.db-wal"),
            ("fsync", 2, "cases.db-wal"));
        await run.RunAsync();
    }
}
