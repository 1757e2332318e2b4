using System.Globalization;

namespace Gateway.Benchmarks.EndToEnd;

/// <summary>What <c>/proc</c> says of a process, all its threads together.</summary>
internal static class ProcessFigures
{
    private const int UserTimeField = 11; // utime and stime are fields 14 and 15 of stat; these count from behind the name
    private const int ResidentField = 1;

    /// <summary>CPU time so far, user and system, in steps of a clock tick (10 ms as a rule).</summary>
    public static TimeSpan CpuTime(int processId) => ReadCpuTime($"/proc/{processId}/stat");

    /// <summary>CPU time in a <c>stat</c> file, of a process or of one thread.</summary>
    public static TimeSpan ReadCpuTime(string path)
    {
        // The name of the process stands in parentheses and may hold anything; behind the last one there are only numbers.
        string stat = File.ReadAllText(path);
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        long ticks = long.Parse(fields[UserTimeField], CultureInfo.InvariantCulture) + long.Parse(fields[UserTimeField + 1], CultureInfo.InvariantCulture);
        return TimeSpan.FromSeconds((double)ticks / LinuxCalls.ClockTicksPerSecond);
    }

    /// <summary>Resident memory, bytes.</summary>
    public static long ResidentBytes(int processId)
    {
        string[] fields = File.ReadAllText($"/proc/{processId}/statm").Split(' ');
        return long.Parse(fields[ResidentField], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }
}
