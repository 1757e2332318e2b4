using System.Diagnostics;
using System.Globalization;
using Gateway.Host.Cases;
using Gateway.Host.Cases.Evidence;

namespace Gateway.Benchmarks.Cases;

/// <summary>Opens a store of an earlier version once, which brings it to this one.</summary>
internal static class CaseUpgrade
{
    /// <summary>Prints what it is at, and how long it took.</summary>
    /// <param name="store">The store.</param>
    /// <param name="data">Its data directory, where no log is: nothing of before is there to be sealed.</param>
    /// <param name="output">Gets the lines.</param>
    public static void Run(string store, string data, TextWriter output)
    {
        long started = Stopwatch.GetTimestamp();
        string Seconds() => string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s");
        using (SqliteCaseStore upgraded = SqliteCaseStore.Open(store, progress: what => output.WriteLine($"{Seconds()}: {what}")))
        {
            new EvidencePlace { Cursor = upgraded.LastSequence }.Save(new EvidenceFolder(data).Place);
        }

        output.WriteLine($"upgraded in {Seconds()}, {new FileInfo(store).Length / 1_000_000} MB");
    }
}
