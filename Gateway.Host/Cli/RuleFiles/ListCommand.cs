using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Gateway.Host.City;
using Gateway.Protocols.Readings;
using Gateway.Rules.Compilation;
using Gateway.Rules.Files;
using Gateway.Rules.Overlays;

namespace Gateway.Host.Cli.RuleFiles;

/// <summary><c>rules list [DIR]</c>: the rules that hold, and where each of them comes from.</summary>
internal static class ListCommand
{
    private const int FailureExit = 1;
    private const int UsageExit = 2;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        Argument<string?> folder = SharedArguments.OptionalPath("DIR", "City folder (default: the sample city)");
        Option<string?> at = ReplayArguments.Time("--at", "The moment whose rules are listed (default: now)");
        Option<string?> mode = new("--mode") { Description = "The mode whose rules are listed (default: the one the city is in)", HelpName = "MODE" };
        Option<string> format = SharedArguments.Output();
        Command command = new("list", "The effective rules, and where each comes from; exit 0, 1 the city has errors, 2 usage") { folder, at, mode, format };
        command.SetAction(parsed => ReplayArguments.TryTime(parsed.GetValue(at), EventTime.From(DateTimeOffset.UtcNow), parsed.InvocationConfiguration.Error, out EventTime time)
            ? Run(parsed.GetValue(folder) ?? CityFolder.SamplePath, time, parsed.GetValue(mode), parsed.GetValue(format)!, parsed.InvocationConfiguration)
            : UsageExit);
        return command;
    }

    private static int Run(string folder, EventTime at, string? mode, string format, InvocationConfiguration console)
    {
        if (RulesCommand.Compile(folder, "nothing is listed", console) is not { } city)
        {
            return FailureExit;
        }

        CityDefinition written = city.Written;
        if (mode is not null && !written.Modes.Contains(mode))
        {
            console.Error.WriteLine($"error: the city has no mode '{mode}': {Suggestion.Choice(mode, [.. written.Modes])}");
            return UsageExit;
        }

        CityContext context = CityContext.Of(written) with { Mode = mode ?? written.Mode };
        IReadOnlyList<OverlayDefinition> overlays = EffectiveRules.Holding(written.Overlays, at, context.Mode, context.TimeZone);
        IReadOnlyList<EffectiveRule> rules = EffectiveRules.Of(written.Rules, overlays);
        RuleSet set = RuleCompiler.Compile([.. rules.Select(r => r.Rule)], written.Devices, written.AreaTrees[^1], context).Rules!;
        List<Listed> listed = [.. rules.Select((r, i) => new Listed(r, set.Rules[i].MatchedDevices))];
        if (format == "json")
        {
            using Stream output = Console.OpenStandardOutput();
            WriteJson(listed, context.Mode, at, overlays, output);
        }
        else
        {
            WriteText(listed, context.Mode, at, overlays, written.Rules.Count - rules.Count(r => written.Rules.Any(w => w.Alert.Text == r.Rule.Alert.Text)), console.Output);
        }

        return 0;
    }

    private static void WriteText(List<Listed> rules, string mode, EventTime at, IReadOnlyList<OverlayDefinition> overlays, int disabled, TextWriter output)
    {
        int name = rules.Max(r => (int?)r.Of.Rule.Alert.Text.Length) ?? 0;
        foreach (Listed listed in rules.OrderBy(r => r.Of.Rule.Alert.Text, StringComparer.Ordinal))
        {
            RuleDefinition rule = listed.Of.Rule;
            string shadow = rule.Mode == RuleMode.Shadow ? " (shadow 影子)" : "";
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{rule.Alert.Text.PadRight(name)}  {rule.Match.Kind}, {listed.Devices} devices: {Ladder(rule)}{shadow}  {rule.Alert.Location.File}:{rule.Alert.Location.Line}{string.Concat(listed.Of.Overlays.Select(o => $" + {Origin(o, rule)}"))}"));
        }

        string disabledText = disabled == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {disabled} disabled by overlays");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rules.Count} rules 规则{disabledText}; mode 模式 {mode}, at {at}; overlays 叠加: {(overlays.Count == 0 ? "none" : string.Join(", ", overlays.Select(o => $"{o.File} ({o.When})")))}"));
    }

    private static string Origin(OverlayDefinition overlay, RuleDefinition rule) =>
        overlay.File == rule.Alert.Location.File ? $"({overlay.When})" : $"{overlay.File} ({overlay.When})";

    private static string Ladder(RuleDefinition rule) =>
        string.Join("/", rule.Levels.Select(l => l.Severity.ToString().ToLowerInvariant()).Concat(rule.Absent is null ? [] : ["absent"]));

    private static void WriteJson(List<Listed> rules, string mode, EventTime at, IReadOnlyList<OverlayDefinition> overlays, Stream output)
    {
        using Utf8JsonWriter json = new(output, CheckOutput.JsonOptions);
        json.WriteStartObject();
        json.WriteString("mode", mode);
        json.WriteString("at", at.ToString());
        json.WriteStartArray("overlays");
        foreach (OverlayDefinition overlay in overlays)
        {
            Write(json, overlay);
        }

        json.WriteEndArray();
        json.WriteStartArray("rules");
        foreach (Listed listed in rules)
        {
            RuleDefinition rule = listed.Of.Rule;
            json.WriteStartObject();
            json.WriteString("rule", rule.Alert.Text);
            json.WriteString("file", rule.Alert.Location.File);
            json.WriteNumber("line", rule.Alert.Location.Line);
            json.WriteString("kind", rule.Match.Kind.Text);
            json.WriteString("mode", rule.Mode.ToString().ToLowerInvariant());
            json.WriteNumber("devices", listed.Devices);
            json.WriteString("event", rule.Case?.Event.Text);
            json.WriteStartArray("levels");
            foreach (LevelDefinition level in rule.Levels)
            {
                json.WriteStartObject();
                json.WriteString("severity", level.Severity.ToString().ToLowerInvariant());
                json.WriteString("expr", level.Expression.Text);
                json.WriteString("from", level.Expression.Location.ToString());
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("overlays");
            foreach (OverlayDefinition overlay in listed.Of.Overlays)
            {
                Write(json, overlay);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, OverlayDefinition overlay)
    {
        json.WriteStartObject();
        json.WriteString("file", overlay.File);
        json.WriteString("when", overlay.When);
        json.WriteString("campaign", overlay.Campaign.Length == 0 ? null : overlay.Campaign);
        json.WriteEndObject();
    }

    private sealed record Listed(EffectiveRule Of, int Devices);
}
