namespace Gateway.Tests.Faults;

/// <summary>What strace does to the system calls of a gateway.</summary>
/// <param name="Call">The call, as strace names it.</param>
/// <param name="Fault">As strace's <c>inject</c> has it, such as <c>signal=SIGKILL:when=3</c>; strace counts per thread.</param>
/// <param name="Path">A file or folder below the data directory whose calls alone are meant; null for all.</param>
/// <param name="AlsoTraced">More calls to write down, separated by commas, without doing anything to them.</param>
internal sealed record FaultInjection(string Call, string Fault, string? Path = null, string AlsoTraced = "")
{
    /// <summary>
    /// The wrapper that starts a gateway under strace. With -D strace is the child and the gateway what was started, so that signals and
    /// exit codes are the gateway's own. With --seccomp-bpf only the named calls stop, which makes a start several times as fast; where a
    /// signal is injected it must do without, for Debian's strace 6.1 then sends none.
    /// </summary>
    public IReadOnlyList<string> Wrapper(string data, string trace) =>
    [
        "strace", "-D", "-f", "-qq", "-y", "-o", trace,
        .. Fault.Contains("signal=", StringComparison.Ordinal) ? Array.Empty<string>() : ["--seccomp-bpf"],
        .. Path is null ? Array.Empty<string>() : ["-P", System.IO.Path.Combine(data, Path)],
        "-e", $"trace={Call}{(AlsoTraced.Length > 0 ? "," : "")}{AlsoTraced}", "-e", $"inject={Call}:{Fault}",
    ];
}
