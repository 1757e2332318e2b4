using System.Globalization;
using System.Text.Json;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Evaluation.Explaining;
using Gateway.Rules.Expressions;
using Gateway.Rules.Files;

namespace Gateway.Host.Cli.RuleFiles;

/// <summary>How <c>rules explain</c> shows what it found.</summary>
internal static class ExplainOutput
{
    /// <summary>For people: the state in a line, then each level with what raised it or keeps it from being raised, the values, and what came before.</summary>
    public static void WriteText(AlertExplanation of, RuleDefinition rule, IReadOnlyList<(AlertTransition Transition, long Offset)> told, Case? filed, TextWriter output)
    {
        output.WriteLine($"{of.Rule} on {of.Device} at {of.At}: {Summary(of)}");
        output.WriteLine($"rule 规则: {rule.Alert.Location}{(rule.Mode == RuleMode.Shadow ? "; mode shadow 影子模式: it files no case" : rule.Case is null ? "; it files no case" : $"; files {rule.Case.Event}")}");
        if (of.NotMatched.Length > 0)
        {
            return;
        }

        output.WriteLine(of.LastReceived is { } last ? $"last reading 最近读数: received {last}" : "last reading 最近读数: none; nothing has been heard of the device");
        foreach (LevelExplanation level in of.Levels.Reverse())
        {
            string severity = level.Severity.ToString().ToLowerInvariant();
            output.WriteLine($"  {severity}: {level.Phase}{Running(level)}");
            WriteCondition("expr ", level.Raise, output);
            if (level.Phase is "raised" or "clearing")
            {
                WriteCondition("clear", level.Clear, output);
            }
        }

        foreach (ValueExplanation value in of.Values)
        {
            string note = value.ObservedAt is null ? "never reported" : value.Counts ? $"observed {value.ObservedAt}" : $"observed {value.ObservedAt}, too old to count (max_age {DurationText.Format(rule.MaxAge)})";
            output.WriteLine($"  value 数值: {value.Text}, {note}");
        }

        if (of.Absence is { } absence)
        {
            output.WriteLine(absence switch
            {
                { LastHeard: null } => "  absent 静默: the device has never reported, which is no silence",
                { IsFiring: true } => $"  absent 静默: firing ({absence.Severity.ToString().ToLowerInvariant()}) since {absence.Due}, last heard {absence.LastHeard}",
                _ => $"  absent 静默: not firing; last heard {absence.LastHeard}, fires at {absence.Due} if nothing comes",
            });
        }

        foreach ((AlertTransition transition, long offset) in told)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  history 经过: {transition.At} {transition.Kind.ToString().ToLowerInvariant()} {transition.Severity.ToString().ToLowerInvariant()}{(transition.IsAbsence ? " (absent)" : "")}: {transition.Cause} (log offset {offset})"));
        }

        output.WriteLine(filed is null ? "  case 案卷: none" : $"  case 案卷: {filed.CaseNo}, {filed.Status.ToString().ToLowerInvariant()}, opened {filed.OpenedAt}");
    }

    /// <summary>For programs.</summary>
    public static void WriteJson(AlertExplanation of, RuleDefinition rule, IReadOnlyList<(AlertTransition Transition, long Offset)> told, Case? filed, Stream output)
    {
        using Utf8JsonWriter json = new(output, CheckOutput.JsonOptions);
        json.WriteStartObject();
        json.WriteString("rule", of.Rule);
        json.WriteString("device", of.Device);
        json.WriteString("at", of.At.ToString());
        json.WriteString("summary", Summary(of));
        json.WriteString("mode", rule.Mode.ToString().ToLowerInvariant());
        json.WriteString("notMatched", of.NotMatched.Length == 0 ? null : of.NotMatched);
        json.WriteString("lastReceived", of.LastReceived?.ToString());
        json.WriteString("case", filed?.CaseNo);
        json.WriteStartArray("levels");
        foreach (LevelExplanation level in of.Levels)
        {
            json.WriteStartObject();
            json.WriteString("severity", level.Severity.ToString().ToLowerInvariant());
            json.WriteString("phase", level.Phase);
            json.WriteString("since", level.Since?.ToString());
            json.WriteString("due", level.Due?.ToString());
            WriteCondition(json, "expr", level.Raise);
            WriteCondition(json, "clear", level.Clear);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("values");
        foreach (ValueExplanation value in of.Values)
        {
            json.WriteStartObject();
            json.WriteString("value", value.Text);
            json.WriteString("observedAt", value.ObservedAt?.ToString());
            json.WriteBoolean("counts", value.Counts);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("history");
        foreach ((AlertTransition transition, long offset) in told)
        {
            json.WriteStartObject();
            json.WriteString("at", transition.At.ToString());
            json.WriteString("kind", transition.Kind.ToString().ToLowerInvariant());
            json.WriteString("severity", transition.Severity.ToString().ToLowerInvariant());
            json.WriteBoolean("absence", transition.IsAbsence);
            json.WriteString("cause", transition.Cause);
            json.WriteNumber("offset", offset);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Summary(AlertExplanation of)
    {
        if (of.NotMatched.Length > 0)
        {
            return $"not watched 不适用: {of.NotMatched}";
        }

        if (of.Levels.LastOrDefault(l => l.Phase is "raised" or "clearing") is { } raised)
        {
            return $"firing 告警中, {raised.Severity.ToString().ToLowerInvariant()}{(raised.Phase == "clearing" ? $", ends at {raised.Due} if nothing comes" : "")}";
        }

        if (of.Levels.LastOrDefault(l => l.Phase == "pending") is { } pending)
        {
            return $"pending 待确认, {pending.Severity.ToString().ToLowerInvariant()}, fires at {pending.Due} if it holds";
        }

        string absent = of.Absence is { IsFiring: true } ? "absent 静默告警中; " : "";
        return of.Levels.FirstOrDefault() is { } lowest && lowest.Raise.Blocking.FirstOrDefault() is { } block
            ? $"{absent}not firing 未告警: {block.Text} {(block.Truth == Truth.Unknown ? "is not known" : "does not hold")}"
            : $"{absent}not firing 未告警";
    }

    private static string Running(LevelExplanation level) => level.Due is { } due ? $" since {level.Since}, over at {due}" : "";

    private static void WriteCondition(string name, ConditionExplanation condition, TextWriter output)
    {
        output.WriteLine($"    {name} {condition.Truth.ToString().ToLowerInvariant()}: {condition.Text}");
        foreach (BlockingComparison block in condition.Blocking)
        {
            output.WriteLine($"      {(block.Truth == Truth.Unknown ? "not known 未知" : "does not hold 不满足")}: {block.Text}");
        }
    }

    private static void WriteCondition(Utf8JsonWriter json, string name, ConditionExplanation condition)
    {
        json.WriteStartObject(name);
        json.WriteString("truth", condition.Truth.ToString().ToLowerInvariant());
        json.WriteString("text", condition.Text);
        json.WriteStartArray("blocking");
        foreach (BlockingComparison block in condition.Blocking)
        {
            json.WriteStartObject();
            json.WriteString("text", block.Text);
            json.WriteString("truth", block.Truth.ToString().ToLowerInvariant());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
