using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Gateway.Host.Cases;
using Gateway.Host.Cases.Audit;
using Gateway.Host.Cli.RuleFiles;
using Gateway.Host.Export;
using Microsoft.Data.Sqlite;

namespace Gateway.Host.Cli.Export;

/// <summary><c>export DIR</c> and <c>import DIR</c>: all that a gateway knows, in open formats, and back.</summary>
internal static class ExportCommand
{
    private const int FindingsExit = 1;
    private const int UsageExit = 2;
    private static readonly TimeSpan ShowInterval = TimeSpan.FromMilliseconds(200L);

    /// <summary><c>export</c>.</summary>
    public static Command CreateExport()
    {
        Argument<string> folder = Folder("A folder that is not there yet, or empty");
        Option<string?> data = ReplayArguments.Data();
        Command command = new("export", "Writes everything that a stopped gateway knows into a folder of open formats, except secrets; exit 0, 1 findings, 2 usage or unreadable") { folder, data };
        command.SetAction(parsed => Try(parsed.InvocationConfiguration, progress =>
        {
            GatewayExport export = new(ReplayArguments.Folder(parsed.GetValue(data)), progress);
            ExportManifest manifest = export.Run(parsed.GetValue(folder)!);
            foreach (string note in export.Notes)
            {
                parsed.InvocationConfiguration.Error.WriteLine(note);
            }

            parsed.InvocationConfiguration.Output.WriteLine($"exported {Summary(manifest)}; secrets/ is not in it");
            parsed.InvocationConfiguration.Output.WriteLine($"{ExportFormat.Manifest} has the SHA-256 {HashOf(parsed.GetValue(folder)!)}: whoever keeps it can tell this export from any other");
            return export.IsIncomplete ? FindingsExit : 0;
        }));
        return command;
    }

    /// <summary><c>import</c>.</summary>
    public static Command CreateImport()
    {
        Argument<string> folder = Folder("A folder that gateway export made");
        Option<string?> data = ReplayArguments.Data();
        Command command = new("import", "Makes a data directory, which is not there yet or empty, of an export; exit 0, 1 findings, 2 usage or unreadable") { folder, data };
        command.SetAction(parsed => Try(parsed.InvocationConfiguration, progress =>
        {
            ExportManifest manifest = new GatewayImport(parsed.GetValue(folder)!, progress).Run(ReplayArguments.Folder(parsed.GetValue(data)), out AuditReport audit);
            parsed.InvocationConfiguration.Output.WriteLine($"imported {Summary(manifest)}");
            parsed.InvocationConfiguration.Output.WriteLine($"{ExportFormat.Manifest} has the SHA-256 {HashOf(parsed.GetValue(folder)!)}");
            parsed.InvocationConfiguration.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"signed up to event {audit.EarlierSignedUpTo} of {audit.LastSequence}{(audit.EarlierKeys.Count > 0 ? $" by key {string.Join(", ", audit.EarlierKeys)}" : "")}: whether that is the key you know, audit verify --key FILE --checkpoint FILE tells, before the first start"));
            return 0;
        }));
        return command;
    }

    private static string HashOf(string folder) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, ExportFormat.Manifest))));

    private static Argument<string> Folder(string description) => new("DIR") { Description = description };

    private static string Summary(ExportManifest manifest) => string.Create(
        CultureInfo.InvariantCulture,
        $"{manifest.Events} events of {manifest.Cases} cases, {manifest.Points} points, {manifest.Retained} retained messages, {manifest.ShadowAlerts} shadow alerts, {manifest.Files} files, {manifest.LengthBytes} bytes, as of {manifest.AsOf ?? "never"}");

    private static int Try(InvocationConfiguration console, Func<Action<string, long, long>?, int> run)
    {
        bool shows = !Console.IsErrorRedirected;
        try
        {
            int exit = run(shows ? Progress(console.Error) : null);
            Clear(console.Error, shows);
            return exit;
        }
        catch (ExportException e)
        {
            Clear(console.Error, shows);
            console.Error.WriteLine($"error: {e.Message}");
            return e.IsFinding ? FindingsExit : UsageExit;
        }
        catch (Exception e) when (e is CaseStoreException or SqliteException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Clear(console.Error, shows);
            console.Error.WriteLine($"error: {e.Message}");
            return UsageExit;
        }
    }

    private static void Clear(TextWriter error, bool shows)
    {
        if (shows)
        {
            ReplayArguments.Clear(error);
        }
    }

    private static Action<string, long, long> Progress(TextWriter error)
    {
        long shown = Stopwatch.GetTimestamp();
        return (what, done, all) =>
        {
            if (Stopwatch.GetElapsedTime(shown) > ShowInterval)
            {
                shown = Stopwatch.GetTimestamp();
                error.Write(all <= 0
                    ? string.Create(CultureInfo.InvariantCulture, $"\r{what}  {done:N0} ")
                    : string.Create(CultureInfo.InvariantCulture, $"\r{what} {100 * done / all,3} %  {done:N0} of {all:N0} "));
            }
        };
    }
}
