using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Gateway.Host.City;
using Gateway.Host.Replay;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;

namespace Gateway.Host.Cli.RuleFiles;

/// <summary><c>rules backtest</c>: what other rules would have made of the stored log.</summary>
internal static class BacktestCommand
{
    private const int FailureExit = 1;
    private const int UsageExit = 2;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        Option<string?> rules = new("--rules") { Description = "Candidate: a city folder, or a folder of rule files for the city in force", HelpName = "DIR" };
        Option<string?> from = ReplayArguments.Time("--from", "Cases opened from this time on (default: the beginning of the log)");
        Option<string?> to = ReplayArguments.Time("--to", "Cases opened before this time (default: the end of the log)");
        Option<string?> data = ReplayArguments.Data();
        Option<string> format = SharedArguments.Output();
        Command command = new("backtest", "Runs candidate rules over the stored log: cases gained, lost, moved; exit 0, 1 candidate has errors, 2 usage") { rules, from, to, data, format };
        command.SetAction(parsed =>
        {
            TextWriter error = parsed.InvocationConfiguration.Error;
            if (parsed.GetValue(rules) is not { } folder || !Directory.Exists(folder))
            {
                error.WriteLine(parsed.GetValue(rules) is { } missing ? $"error: {missing} is no folder" : "error: name the candidate rules with --rules DIR");
                return UsageExit;
            }

            return ReplayArguments.TryTime(parsed.GetValue(from), EventTime.MinValue, error, out EventTime begin)
                && ReplayArguments.TryTime(parsed.GetValue(to), EventTime.MaxValue, error, out EventTime end)
                ? ReplayArguments.Try(error, () => Run(ReplayArguments.Folder(parsed.GetValue(data)), folder, begin, end, parsed.GetValue(format)!, parsed.InvocationConfiguration))
                : UsageExit;
        });
        return command;
    }

    private static int Run(string data, string folder, EventTime from, EventTime to, string format, InvocationConfiguration console)
    {
        CitySnapshotResult candidate = Backtest.Candidate(folder, () => InForce(data, to));
        if (candidate.Snapshot is null)
        {
            CheckOutput.WriteText(candidate.Findings, console.Output);
            console.Error.WriteLine($"{CheckOutput.Summary(candidate.Findings)}; nothing was run. See check");
            return FailureExit;
        }

        Action<string, long, EventTime>? progress = ReplayArguments.Progress(console.Error);
        BacktestResult result = new Backtest(data, from, to).Run(candidate.Snapshot, progress is null ? null : (run, records, at) => progress($"run {run} of 2", records, at));
        ReplayArguments.Clear(console.Error);
        if (format == "json")
        {
            using Stream output = Console.OpenStandardOutput();
            WriteJson(result, output);
        }
        else
        {
            WriteText(result, console.Output);
        }

        return 0;
    }

    // The last city the log names before the end of the test.
    private static CitySnapshot InForce(string data, EventTime to) =>
        LogReplay.LastCity(data, to) ?? throw new ReplayException("the log names no city; give a whole city folder with --rules");

    private static void WriteText(BacktestResult result, TextWriter output)
    {
        foreach (CaseDifference one in result.Cases.Where(c => c.Fate != CaseFate.Same))
        {
            output.WriteLine(Line(one));
        }

        foreach (RuleDifference rule in result.Rules.Where(r => r.FiredBefore != r.FiredAfter))
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"fired   {rule.Rule}: {rule.FiredBefore} -> {rule.FiredAfter} times"));
        }

        int Count(CaseFate fate) => result.Cases.Count(c => c.Fate == fate);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"cases 案卷: {result.Cases.Count(c => c.Before is not null)} -> {result.Cases.Count(c => c.After is not null)}; gained 新增 {Count(CaseFate.Gained)}, lost 减少 {Count(CaseFate.Lost)}, moved 变动 {Count(CaseFate.Moved)}, same 不变 {Count(CaseFate.Same)}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"log 日志: {result.Records:N0} records up to {result.End}{(result.Damaged > 0 ? $"; damage passed over in {result.Damaged} places" : "")}"));
        output.WriteLine(Reproduction(result));
    }

    private static string Reproduction(BacktestResult result) => result.NotReproduced switch
    {
        null => "what really happened 实际情况: there is no cases.db to compare with",
        0 => "what really happened 实际情况: reproduced exactly by the log and the rules of its days",
        { } count when result.IsPartial => string.Create(CultureInfo.InvariantCulture, $"what really happened 实际情况: {count} cases differ, for the beginning of the log is no longer kept"),
        { } count => string.Create(CultureInfo.InvariantCulture, $"what really happened 实际情况: {count} cases differ from the replay of the log; see log verify"),
    };

    private static string Line(CaseDifference one)
    {
        Case shown = one.Either;
        string moved = one is { Fate: CaseFate.Moved, Before: { } before, After: { } after } ? $" ({Shift(after.OpenedAt - before.OpenedAt)})" : "";
        string cause = shown.Evidence.Select(e => e.Cause).FirstOrDefault(c => c.Length > 0) ?? "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{one.Fate.ToString().ToLowerInvariant(),-7} {shown.OpenedAt} {shown.Facts.Key.Event} {shown.Facts.DeviceId} {shown.Severity.ToString().ToLowerInvariant()} {shown.Facts.Rule?.Name}{moved}: {cause}");
    }

    private static string Shift(TimeSpan by) => $"{Rules.Files.DurationText.Format(by.Duration())} {(by < TimeSpan.Zero ? "earlier" : "later")}";

    private static void WriteJson(BacktestResult result, Stream output)
    {
        using Utf8JsonWriter json = new(output, CheckOutput.JsonOptions);
        json.WriteStartObject();
        json.WriteNumber("records", result.Records);
        json.WriteString("end", result.End.ToString());
        json.WriteBoolean("partial", result.IsPartial);
        json.WriteNumber("damaged", result.Damaged);
        if (result.NotReproduced is { } differ)
        {
            json.WriteNumber("notReproduced", differ);
        }

        json.WriteStartArray("cases");
        foreach (CaseDifference one in result.Cases)
        {
            json.WriteStartObject();
            json.WriteString("fate", one.Fate.ToString().ToLowerInvariant());
            json.WriteString("event", one.Either.Facts.Key.Event);
            json.WriteString("key", one.Either.Facts.Key.ToString());
            json.WriteString("device", one.Either.Facts.DeviceId);
            json.WriteString("rule", one.Either.Facts.Rule?.Name);
            WriteCase(json, "before", one.Before);
            WriteCase(json, "after", one.After);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("rules");
        foreach (RuleDifference rule in result.Rules)
        {
            json.WriteStartObject();
            json.WriteString("rule", rule.Rule);
            json.WriteNumber("firedBefore", rule.FiredBefore);
            json.WriteNumber("firedAfter", rule.FiredAfter);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteCase(Utf8JsonWriter json, string name, Case? one)
    {
        if (one is not null)
        {
            json.WriteStartObject(name);
            json.WriteString("openedAt", one.OpenedAt.ToString());
            json.WriteString("severity", one.Severity.ToString().ToLowerInvariant());
            json.WriteNumber("occurrences", one.Occurrences);
            json.WriteEndObject();
        }
    }
}
