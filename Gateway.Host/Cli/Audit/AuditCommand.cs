using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Gateway.Host.Cases;
using Gateway.Host.Cases.Audit;
using Gateway.Host.Cli.RuleFiles;
using Gateway.Host.Storage;

namespace Gateway.Host.Cli.Audit;

/// <summary><c>audit verify</c>, <c>audit checkpoint</c> and <c>audit key</c>: the sealed history of cases, also beside a running gateway.</summary>
internal static class AuditCommand
{
    private const int UsageExit = 2;
    private static readonly TimeSpan ShowInterval = TimeSpan.FromMilliseconds(200L);

    /// <summary>The command with its subcommands.</summary>
    public static Command Create() => new("audit", "The history of cases: is it as it was written, and proof of that for others") { CreateVerify(), CreateCheckpoint(), CreateKey() };

    private static Command CreateVerify()
    {
        Option<string?> data = ReplayArguments.Data();
        Option<string[]> checkpoints = Files("--checkpoint", "Checkpoint lines that somebody else kept");
        Option<string[]> keys = Files("--key", "Public key of the gateway (default: the one in the data directory); may be given more than once");
        Option<string> format = SharedArguments.Output();
        Command command = new("verify", "Checks every event, case and checkpoint; exit 0 clean, 1 findings, 2 usage or unreadable") { data, checkpoints, keys, format };
        command.SetAction(parsed => Try(parsed.InvocationConfiguration.Error, () => Verify(
            new AuditFolder(ReplayArguments.Folder(parsed.GetValue(data))),
            parsed.GetValue(checkpoints) ?? [],
            parsed.GetValue(keys) ?? [],
            parsed.GetValue(format)!,
            parsed.InvocationConfiguration)));
        return command;
    }

    private static Command CreateCheckpoint()
    {
        Option<string?> data = ReplayArguments.Data();
        Command command = new("checkpoint", "Signs the history as it is now, and prints the latest checkpoint; exit 0, 2 when it cannot") { data };
        command.SetAction(parsed => Try(parsed.InvocationConfiguration.Error, () => Checkpoint(new AuditFolder(ReplayArguments.Folder(parsed.GetValue(data))), parsed.InvocationConfiguration)));
        return command;
    }

    private static Command CreateKey()
    {
        Option<string?> data = ReplayArguments.Data();
        Command command = new("key", "Prints the public key of checkpoints as PEM, making the key when there is none; exit 0, 2 when it cannot") { data };
        command.SetAction(parsed => Try(parsed.InvocationConfiguration.Error, () =>
        {
            AuditFolder folder = new(ReplayArguments.Folder(parsed.GetValue(data)));
            if (!Directory.Exists(folder.Root))
            {
                throw new IOException($"{folder.Root} is no data directory; name one with --data DIR");
            }

            DurableFile.RestrictNewFiles();
            using AuditKey key = AuditKey.OpenOrCreate(folder.Key);
            parsed.InvocationConfiguration.Output.Write(key.PublicPem);
            return 0;
        }));
        return command;
    }

    private static Option<string[]> Files(string name, string description) => new(name) { Description = description, HelpName = "FILE" };

    private static int Try(TextWriter error, Func<int> run)
    {
        try
        {
            return run();
        }
        catch (Exception e) when (e is CaseStoreException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            error.WriteLine($"error: {e.Message}");
            return UsageExit;
        }
    }

    private static int Verify(AuditFolder folder, string[] checkpoints, string[] keyFiles, string format, InvocationConfiguration console)
    {
        CheckStore(folder);
        string[] own = File.Exists(folder.Checkpoints) ? [folder.Checkpoints] : [];
        List<(string File, IReadOnlyList<string> Lines)> handedOut = [.. own.Concat(checkpoints).Distinct().Select(f => (f, (IReadOnlyList<string>)File.ReadAllLines(f)))];
        using AuditKeys keys = keyFiles.Length > 0 ? new AuditKeys([.. keyFiles.Select(AuditKey.Read)], []) : AuditKeys.Of(folder);
        bool shows = !Console.IsErrorRedirected;
        AuditReport report = new AuditVerifier { CaseStore = folder.CaseStore, Data = folder.Root, Keys = keys.Own, EarlierKeys = keys.Earlier, HandedOut = handedOut, Progress = shows ? Progress(console.Error) : null }.Run();
        if (shows)
        {
            ReplayArguments.Clear(console.Error);
        }

        if (format == "json")
        {
            using Stream output = Console.OpenStandardOutput();
            AuditVerifyOutput.WriteJson(report, output);
        }
        else
        {
            AuditVerifyOutput.WriteText(report, console.Output);
        }

        return AuditVerifyOutput.ExitCode(report);
    }

    private static int Checkpoint(AuditFolder folder, InvocationConfiguration console)
    {
        CheckStore(folder);
        DurableFile.RestrictNewFiles();
        string? line = AuditSealer.SealFile(folder);
        if (line is null)
        {
            console.Error.WriteLine("no case has an event yet; there is nothing to sign");
        }
        else
        {
            console.Output.WriteLine(line);
        }

        return 0;
    }

    private static void CheckStore(AuditFolder folder)
    {
        if (!File.Exists(folder.CaseStore))
        {
            throw new IOException($"{folder.Root} holds no cases.db; name a data directory with --data DIR");
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
                error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{what} {100 * done / Math.Max(1, all),3} %  {done:N0} of {all:N0} events "));
            }
        };
    }
}
