using System.Globalization;

namespace Gateway.Benchmarks.EndToEnd;

/// <summary>
/// CPU time of a process by the names of its threads: where the time goes, without a profiler. Threads that have ended are missing, so the
/// sum is at most the process's.
/// </summary>
internal static class ThreadFigures
{
    private const int NamesShown = 6;

    /// <summary>CPU time so far by thread name; the kernel keeps 15 letters of it.</summary>
    public static IReadOnlyDictionary<string, TimeSpan> CpuTimes(int processId)
    {
        Dictionary<string, TimeSpan> times = new(StringComparer.Ordinal);
        foreach (string task in Directory.GetDirectories($"/proc/{processId}/task"))
        {
            if (TryRead(task, out string name, out TimeSpan time))
            {
                times[name] = times.GetValueOrDefault(name) + time;
            }
        }

        return times;
    }

    /// <summary>What was added to the largest, a message.</summary>
    public static string Describe(IReadOnlyDictionary<string, TimeSpan> before, IReadOnlyDictionary<string, TimeSpan> after, long messages) =>
        string.Join(", ", after
            .Select(t => (Name: t.Key, Added: t.Value - before.GetValueOrDefault(t.Key)))
            .Where(t => t.Added > TimeSpan.Zero)
            .OrderByDescending(t => t.Added)
            .Take(NamesShown)
            .Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Name} {t.Added.TotalMicroseconds / messages:F2}")));

    private static bool TryRead(string task, out string name, out TimeSpan time)
    {
        try
        {
            name = File.ReadAllText(Path.Combine(task, "comm")).TrimEnd();
            time = ProcessFigures.ReadCpuTime(Path.Combine(task, "stat"));
            return true;
        }
        catch (IOException e) when (e is FileNotFoundException or DirectoryNotFoundException || e.Message.Contains("No such process", StringComparison.Ordinal))
        {
            (name, time) = ("", TimeSpan.Zero); // the thread ended between the listing and the reading
            return false;
        }
    }
}
