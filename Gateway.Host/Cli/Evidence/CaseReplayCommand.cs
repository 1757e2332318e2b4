using System.CommandLine;
using Gateway.Host.Cases.Evidence;
using Gateway.Host.City;
using Gateway.Host.Cli.RuleFiles;
using Gateway.Host.Replay;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Files;

namespace Gateway.Host.Cli.Evidence;

/// <summary>
/// <c>case replay NO</c>: takes the decisions of a case once more, from what was sealed of them. It reads neither the log nor the rules of
/// today, and runs beside a gateway.
/// </summary>
internal static class CaseReplayCommand
{
    private const int FailureExit = 1;

    /// <summary>The command with its subcommand.</summary>
    public static Command Create() => new("case", "Cases: takes a decision once more from its sealed evidence") { CreateReplay() };

    private static Command CreateReplay()
    {
        Argument<string> caseNo = new("NO") { Description = "Case number, as AJ-20260127-000001" };
        Option<string?> other = new("--with") { Description = "What another rule would have decided: a rule file in the place of the one that decided, or a city folder", HelpName = "FILE" };
        Option<string?> data = ReplayArguments.Data();
        Option<string> format = SharedArguments.Output();
        Command command = new("replay", "Reproduces each decision of a case byte for byte; exit 0, 1 something differs or FILE has errors, 2 usage or nothing sealed") { caseNo, other, data, format };
        command.SetAction(parsed =>
        {
            TextWriter error = parsed.InvocationConfiguration.Error;
            return ReplayArguments.Try(error, () => Run(ReplayArguments.Folder(parsed.GetValue(data)), parsed.GetValue(caseNo)!, parsed.GetValue(other), parsed.GetValue(format)!, parsed.InvocationConfiguration));
        });
        return command;
    }

    private static int Run(string data, string caseNo, string? other, string format, InvocationConfiguration console)
    {
        string store = Path.Combine(data, "cases.db");
        if (!File.Exists(store))
        {
            throw new ReplayException($"{data} holds no cases.db; name a data directory with --data DIR");
        }

        if (other is not null && !File.Exists(other) && !Directory.Exists(other))
        {
            throw new ReplayException($"{other} is no file and no folder");
        }

        IReadOnlyList<EvidenceSealed> seals = SealedCase.Read(store, caseNo) ?? throw new ReplayException($"no case {caseNo} in {store}");
        if (seals.Count == 0)
        {
            throw new ReplayException($"nothing is sealed of {caseNo}: the gateway seals a decision some moments after it, while it runs; cases of versions before this one have none");
        }

        EvidenceFolder folder = new(data);
        CityArchive archive = new(Path.Combine(data, "snapshots"));
        List<ReplayedDecision> decisions = [];
        foreach (EvidenceSealed seal in seals)
        {
            ReplayedDecision decision = Replay(seal, folder, archive);
            if (other is not null && decision.Bundle is { City.Length: > 0 } bundle && decision.Problem.Length == 0)
            {
                CitySnapshotResult candidate = Candidate(other, bundle, archive);
                if (candidate.Snapshot is null)
                {
                    CheckOutput.WriteText(candidate.Findings, console.Output);
                    console.Error.WriteLine($"{CheckOutput.Summary(candidate.Findings)}; nothing was run. See check");
                    return FailureExit;
                }

                decision = decision with { Other = new DecisionReplay(bundle, archive.Load).Under(candidate.Snapshot) };
            }

            decisions.Add(decision);
        }

        if (format == "json")
        {
            using Stream output = Console.OpenStandardOutput();
            CaseReplayOutput.WriteJson(caseNo, decisions, other, output);
        }
        else
        {
            CaseReplayOutput.WriteText(caseNo, decisions, other, console.Output);
        }

        return decisions.All(d => d.IsReproduced) ? 0 : FailureExit;
    }

    private static ReplayedDecision Replay(EvidenceSealed seal, EvidenceFolder folder, CityArchive archive)
    {
        string file = $"evidence/{Path.GetFileName(folder.PathOf(seal.CaseNo, seal.Decision))}";
        ReplayedDecision decision = new(seal, file);
        if (folder.Find(seal.CaseNo, seal.Decision) is not { } bytes)
        {
            return decision with { Problem = $"{file} is gone; restore it from a backup" };
        }

        string found = EvidenceFolder.HashOf(bytes);
        if (found != seal.Sha256)
        {
            return decision with { Problem = $"{file} is not what was sealed: its SHA-256 is {found}, event {seal.Sequence} of the case says {seal.Sha256}; see audit verify" };
        }

        try
        {
            EvidenceBundle bundle = EvidenceFormat.Read(bytes);
            decision = decision with { Bundle = bundle };
            return bundle.City.Length == 0 || bundle.Records.Count == 0
                ? decision with { Problem = $"it cannot be replayed: {bundle.Reason}" }
                : decision with { Comparison = new DecisionComparison(bundle.Events, new DecisionReplay(bundle, archive.Load).Run()) };
        }
        catch (InvalidDataException e)
        {
            return decision with { Problem = $"{file} cannot be replayed: {e.Message}" };
        }
    }

    /// <summary>
    /// A city from a folder, or the city of the decision with one rule file in the place of the one of the same name, or else of the one that
    /// decided. Tests beside the rules are not run: what is asked is what the rule would have done.
    /// </summary>
    internal static CitySnapshotResult Candidate(string path, EvidenceBundle bundle, CityArchive archive)
    {
        if (Directory.Exists(path))
        {
            return Backtest.Candidate(path, () => archive.Load(bundle.City));
        }

        IReadOnlyList<CityFile> held = archive.Files(bundle.City);
        string sameName = $"rules/{Path.GetFileName(path)}";
        string replaced = held.Any(f => f.Path == sameName) || bundle.Rule is null ? sameName : bundle.Rule.File;
        (CitySnapshot.EffectiveCity? city, IReadOnlyList<Finding> findings) = CitySnapshot.Compile([.. held.Where(f => f.Path != replaced), new CityFile(replaced, File.ReadAllText(path))]);
        return new CitySnapshotResult(
            city?.At(EventTime.MinValue),
            [.. findings.Select(f => f.Location.File == replaced ? f with { Location = f.Location with { File = path } } : f)]);
    }
}
