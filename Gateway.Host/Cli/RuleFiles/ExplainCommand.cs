using System.CommandLine;
using Gateway.Host.Replay;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;

namespace Gateway.Host.Cli.RuleFiles;

/// <summary><c>rules explain DEVICE RULE</c>: why a rule fired on a device, or which condition kept it from firing.</summary>
internal static class ExplainCommand
{
    private const int UsageExit = 2;
    private const int TransitionsShown = 10;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        Argument<string> device = new("DEVICE") { Description = "Device id" };
        Argument<string> rule = new("RULE") { Description = "Rule name" };
        Option<string?> at = ReplayArguments.Time("--at", "The moment to explain (default: the end of the log)");
        Option<string?> data = ReplayArguments.Data();
        Option<string> format = SharedArguments.Output();
        Command command = new("explain", "Why a rule fired on a device, or which condition kept it from firing; exit 0, 2 usage") { device, rule, at, data, format };
        command.SetAction(parsed =>
        {
            TextWriter error = parsed.InvocationConfiguration.Error;
            return ReplayArguments.TryTime(parsed.GetValue(at), EventTime.MaxValue, error, out EventTime until)
                ? ReplayArguments.Try(error, () => Run(ReplayArguments.Folder(parsed.GetValue(data)), parsed.GetValue(device)!, parsed.GetValue(rule)!, until, parsed.GetValue(format)!, parsed.InvocationConfiguration))
                : UsageExit;
        });
        return command;
    }

    private static int Run(string data, string device, string rule, EventTime until, string format, InvocationConfiguration console)
    {
        Queue<(AlertTransition Transition, long Offset)> told = new();
        Action<string, long, EventTime>? progress = ReplayArguments.Progress(console.Error);
        LogReplay replay = new(data, null, (transition, offset) =>
        {
            if (transition.RuleName == rule && transition.DeviceId == device)
            {
                told.Enqueue((transition, offset));
                if (told.Count > TransitionsShown)
                {
                    told.Dequeue();
                }
            }
        })
        {
            Until = until,
            Progress = progress is null ? null : (records, at) => progress("replay", records, at),
        };
        replay.Run();
        ReplayArguments.Clear(console.Error);
        if (replay.Rules is not { } rules || replay.City is not { } city)
        {
            throw new ReplayException($"the log has nothing before {until}");
        }

        if (rules.Explain(rule, device) is not { } explanation)
        {
            console.Error.WriteLine(city.Definition.Devices.Find(device) is null
                ? $"error: the city of {rules.Now} has no device '{device}'{Suggested(device, city.Definition.Devices.Devices.Take(10_000).Select(d => d.Id))}"
                : $"error: the city of {rules.Now} has no rule '{rule}'{Suggested(rule, city.Definition.Rules.Select(r => r.Alert.Text))}");
            return UsageExit;
        }

        RuleDefinition definition = city.Find(rule)!.Rule;
        Case? filed = replay.Cases.Where(c => c.Alerts.Any(a => a.Rule == rule && a.DeviceId == device)).MaxBy(c => c.OpenedAt);
        if (format == "json")
        {
            using Stream output = Console.OpenStandardOutput();
            ExplainOutput.WriteJson(explanation, definition, [.. told], filed, output);
        }
        else
        {
            ExplainOutput.WriteText(explanation, definition, [.. told], filed, console.Output);
        }

        return 0;
    }

    private static string Suggested(string name, IEnumerable<string> known) => Suggestion.Fix(name, known) is { } fix ? $"; {fix}" : "";
}
