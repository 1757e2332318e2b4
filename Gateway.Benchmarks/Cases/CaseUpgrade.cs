using System.Diagnostics;
using System.Globalization;
using Gateway.Host.Cases;

namespace Gateway.Benchmarks.Cases;

/// <summary>Opens a store of an earlier version once, which brings it to this one.</summary>
internal static class CaseUpgrade
{
    /// <summary>Prints what it is at, and how long it took.</summary>
    public static void Run(string store, TextWriter output)
    {
        long started = Stopwatch.GetTimestamp();
        string Seconds() => string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s");
        SqliteCaseStore.Open(store, progress: what => output.WriteLine($"{Seconds()}: {what}")).Dispose();
        output.WriteLine($"upgraded in {Seconds()}, {new FileInfo(store).Length / 1_000_000} MB");
    }
}
