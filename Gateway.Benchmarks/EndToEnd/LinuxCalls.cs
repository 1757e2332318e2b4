using System.Runtime.InteropServices;

namespace Gateway.Benchmarks.EndToEnd;

/// <summary>The system calls .NET has no name for.</summary>
internal static partial class LinuxCalls
{
    private const int ClockTicksName = 2; // _SC_CLK_TCK
    private const int TerminateSignal = 15;

    /// <summary>Clock ticks a second, the unit of CPU times in <c>/proc</c>.</summary>
    public static long ClockTicksPerSecond { get; } = SysConf(ClockTicksName);

    /// <summary>Asks a process to end.</summary>
    public static void Terminate(int processId) => Check(Kill(processId, TerminateSignal), "kill");

    /// <summary>Throws what the last call reported when it failed.</summary>
    public static int Check(int result, string call) => result >= 0
        ? result
        : throw new MeasurementException($"{call} failed: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", EntryPoint = "sysconf")]
    private static partial long SysConf(int name);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
