using System.Globalization;

namespace Gateway.Tests.Hostile;

/// <summary>What a process holds in memory, as the system counts it.</summary>
public static class ResidentMemory
{
    private const string Line = "VmRSS:";

    /// <summary>Resident bytes of a process.</summary>
    public static long Of(int process)
    {
        string line = File.ReadLines($"/proc/{process}/status").Single(l => l.StartsWith(Line, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(Line.Length).Trim().TrimEnd("kB").Trim(), CultureInfo.InvariantCulture) * 1024;
    }
}
