using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Gateway.Host.Composition;
using Gateway.Host.Replay;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Cli.RuleFiles;

/// <summary>What the commands that replay the log share.</summary>
internal static class ReplayArguments
{
    private const int FailureExit = 1;
    private const int UsageExit = 2;
    private static readonly TimeSpan ShowInterval = TimeSpan.FromMilliseconds(200L);

    /// <summary><c>--data</c>.</summary>
    public static Option<string?> Data() => new("--data") { Description = "Data directory (default: as of serve)", HelpName = "DIR" };

    /// <summary>An option that is a time.</summary>
    public static Option<string?> Time(string name, string description) => new(name) { Description = description, HelpName = "T" };

    /// <summary>The directory of <see cref="Data"/>.</summary>
    public static string Folder(string? data) => Path.GetFullPath(data ?? GatewayOptions.Configured().Data);

    /// <summary>Reads a time; false with a message when it is none.</summary>
    public static bool TryTime(string? text, EventTime missing, TextWriter error, out EventTime time)
    {
        time = missing;
        if (text is null || EventTime.TryParse(text, out time))
        {
            return true;
        }

        error.WriteLine($"error: {text} is no time; write 2026-01-31T08:00:00+08:00, a day (UTC), or milliseconds since 1970");
        return false;
    }

    /// <summary>Runs a command and tells what it throws when the log, the store or a folder cannot be read.</summary>
    public static int Try(TextWriter error, Func<int> run)
    {
        try
        {
            return run();
        }
        catch (ReplayException e)
        {
            error.WriteLine($"error: {e.Message}");
            return UsageExit;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Cases.CaseStoreException)
        {
            error.WriteLine($"error: {e.Message}");
            return FailureExit;
        }
    }

    /// <summary>Takes away what <see cref="Progress"/> has shown.</summary>
    public static void Clear(TextWriter error)
    {
        if (!Console.IsErrorRedirected)
        {
            error.Write("\r                                                                \r");
        }
    }

    /// <summary>Shows how far a replay is, on a terminal; null elsewhere.</summary>
    public static Action<string, long, EventTime>? Progress(TextWriter error)
    {
        if (Console.IsErrorRedirected)
        {
            return null;
        }

        long shown = Stopwatch.GetTimestamp();
        return (what, records, at) =>
        {
            if (Stopwatch.GetElapsedTime(shown) > ShowInterval)
            {
                shown = Stopwatch.GetTimestamp();
                error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{what}  {records:N0} records, {at} "));
            }
        };
    }
}
