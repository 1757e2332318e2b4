using System.Globalization;
using System.Runtime.InteropServices;

namespace Gateway.Benchmarks.EndToEnd;

/// <summary>What a figure depends on besides the code.</summary>
internal static class MachineText
{
    private static readonly string[] MemoryFormats = ["tmpfs", "ramfs"];

    /// <summary>Cores, how busy they already are, runtime, and the file system below the log.</summary>
    public static string Describe(string workFolder)
    {
        string format = new DriveInfo(workFolder).DriveFormat;
        string load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"machine: {Environment.ProcessorCount} cores ({RuntimeInformation.ProcessArchitecture}), load average {load} before the start, {RuntimeInformation.FrameworkDescription}, log on {format}");
        return MemoryFormats.Contains(format, StringComparer.Ordinal)
            ? text + "\nwarning: that is memory, where an fsync costs nothing: name a folder on a disk with --work DIR"
            : text;
    }
}
