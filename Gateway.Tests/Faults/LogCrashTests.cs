using Gateway.Tests.Support;

namespace Gateway.Tests.Faults;

/// <summary>The gateway is killed on entering a call that writes the log, so that every state between two calls is met.</summary>
public sealed class LogCrashTests
{
    [ComponentFact("strace")]
    public async Task Gateway_killed_at_writes_and_syncs_of_the_log_keeps_its_promises()
    {
        (string, int, string?)[] writes = [.. new[] { 1, 2, 3, 4, 5, 9, 20 }.Select(n => ("pwrite64", n, (string?)CrashRun.NextSegment))];
        (string, int, string?)[] syncs = [.. new[] { 1, 2, 3, 4, 7, 19 }.Select(n => ("fdatasync", n, (string?)CrashRun.NextSegment))];
        using CrashRun run = new(0, [.. writes, .. syncs]);
        await run.RunAsync();
    }

    [ComponentFact("strace")]
    public async Task Gateway_killed_while_it_begins_or_ends_a_segment_keeps_its_promises()
    {
        using CrashRun run = new(
            6_000, // messages of three devices make more than the 1 MiB of a segment in each life
            ("fallocate", 1, null),
            ("fsync", 1, CrashRun.NextSegment), // its header
            ("fsync", 1, "log"), // its name
            ("ftruncate", 2, CrashRun.NextSegment), // its end; the first is of its creation
            ("fsync", 2, CrashRun.NextSegment),
            ("fallocate", 2, null), // the one after it
            ("fsync", 2, "log"));
        await run.RunAsync();
    }
}
