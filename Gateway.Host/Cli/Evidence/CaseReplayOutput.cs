using System.Globalization;
using System.Text.Json;
using Gateway.Host.Cases.Evidence;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;

namespace Gateway.Host.Cli.Evidence;

/// <summary>How <c>case replay</c> shows what it found.</summary>
internal static class CaseReplayOutput
{
    /// <summary>For people: each decision, what it rests on, whether it came out the same, and beside it what the other rules make of it.</summary>
    public static void WriteText(string caseNo, IReadOnlyList<ReplayedDecision> decisions, string? other, TextWriter output)
    {
        foreach (ReplayedDecision decision in decisions)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{caseNo} event {decision.Seal.Decision}{(decision.Bundle is { } about ? $": {Word(about.Kind)} {about.DecidedAt}" : "")}"));
            if (decision.Bundle is { } bundle)
            {
                WriteBundle(decision, bundle, output);
            }

            output.WriteLine($"  {Verdict(decision)}");
            if (decision.Comparison is { IsEqual: false } comparison)
            {
                WriteDifferences(comparison, output);
            }

            if (decision.Other is { } outcome)
            {
                WriteOther(outcome, other!, output);
            }
        }
    }

    /// <summary>
    /// <c>{"caseNo","reproduced","decisions":[{"decision","kind","decidedAt","file","sha256","records","reproduced","byteForByte","problem","rule",
    /// "device","events":[{"same","member","sealed","replayed"}],"with":{"file","end","cases":[...],"alerts":[...]}}]}</c>.
    /// </summary>
    public static void WriteJson(string caseNo, IReadOnlyList<ReplayedDecision> decisions, string? other, Stream output)
    {
        using Utf8JsonWriter json = new(output, CheckOutput.JsonOptions);
        json.WriteStartObject();
        json.WriteString("caseNo", caseNo);
        json.WriteBoolean("reproduced", decisions.All(d => d.IsReproduced));
        json.WriteStartArray("decisions");
        foreach (ReplayedDecision decision in decisions)
        {
            json.WriteStartObject();
            json.WriteNumber("decision", decision.Seal.Decision);
            json.WriteString("kind", decision.Bundle is { } bundle ? Word(bundle.Kind) : null);
            json.WriteString("decidedAt", decision.Bundle?.DecidedAt.ToString());
            json.WriteString("file", decision.File);
            json.WriteString("sha256", decision.Seal.Sha256);
            json.WriteNumber("records", decision.Seal.Records);
            json.WriteBoolean("reproduced", decision.IsReproduced);
            json.WriteBoolean("byteForByte", decision.Comparison?.IsSame == true);
            json.WriteString("problem", decision.Problem);
            json.WriteString("rule", decision.Bundle?.Rule?.Name);
            json.WriteString("device", decision.Bundle?.DeviceId);
            json.WriteStartArray("events");
            foreach (ComparedEvent one in decision.Comparison?.Events ?? [])
            {
                (string Member, string Sealed, string Replayed)? difference = one.Difference;
                json.WriteStartObject();
                json.WriteBoolean("same", one.IsSame);
                json.WriteString("member", difference?.Member);
                json.WriteString("sealed", difference?.Sealed);
                json.WriteString("replayed", difference?.Replayed);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (decision.Other is { } outcome)
            {
                WriteOther(json, outcome, other!);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Word(DecisionKind kind) => kind == DecisionKind.Opened ? "opened" : "reopened";

    private static void WriteBundle(ReplayedDecision decision, EvidenceBundle bundle, TextWriter output)
    {
        if (bundle.Rule is { } rule)
        {
            output.WriteLine($"  rule 规则: {rule.Name} on {bundle.DeviceId} ({rule.File}, SHA-256 {rule.Sha256})");
        }

        foreach (CaseEvent one in decision.Events)
        {
            output.WriteLine($"  decided 决定: {Shown(one.Summary)}");
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  evidence 证据: {decision.File}, {bundle.Records.Count} records from {bundle.From}, city {bundle.City}, gateway {bundle.Engine}, SHA-256 as event {decision.Seal.Sequence} of the case says"));
    }

    private static string Verdict(ReplayedDecision decision) => decision switch
    {
        { Problem.Length: > 0 } => $"not replayed 未重现: {decision.Problem}",
        { Comparison.IsSame: true } => $"reproduced 重现: {decision.EventCount}, byte for byte",
        { Comparison.IsEqual: true } => $"reproduced 重现: {decision.EventCount}, equal as this version writes them",
        _ => $"differs 不一致: {decision.Comparison?.Problem}{(decision.Bundle is { Reproduces: false } bundle ? $" (it did not reproduce when it was sealed: {bundle.Reason})" : "")}",
    };

    private static void WriteDifferences(DecisionComparison comparison, TextWriter output)
    {
        foreach (ComparedEvent one in comparison.Events.Where(e => !e.IsEqual))
        {
            output.WriteLine($"    sealed:   {Shown(one.Sealed ?? "none")}");
            output.WriteLine($"    replayed: {Shown(one.Replayed ?? "none")}");
        }
    }

    private static void WriteOther(OtherOutcome outcome, string other, TextWriter output)
    {
        if (outcome.Cases.Count == 0)
        {
            output.WriteLine($"  with {other} 换规则: no case up to {outcome.End}, where the sealed records end");
        }

        foreach (Case one in outcome.Cases)
        {
            output.WriteLine($"  with {other} 换规则: {Opened(one)} {one.Facts.Key.Event} on {one.Facts.DeviceId} {Severity(one.Severity)}, {(one.Lead.Length > 0 ? $"led by {one.Lead}" : "nobody leads")}, by {one.Facts.Rule?.Name ?? "a report"}: {Shown(Cause(one))}");
        }

        foreach (ActiveAlert alert in outcome.Alerts)
        {
            output.WriteLine($"  with {other} 换规则: {alert.RuleName} on {alert.DeviceId} is {alert.State.ToString().ToLowerInvariant()} {Severity(alert.Severity)} since {alert.Since}: {Shown(alert.Cause)}");
        }
    }

    private static void WriteOther(Utf8JsonWriter json, OtherOutcome outcome, string other)
    {
        json.WriteStartObject("with");
        json.WriteString("file", other);
        json.WriteString("end", outcome.End.ToString());
        json.WriteStartArray("cases");
        foreach (Case one in outcome.Cases)
        {
            json.WriteStartObject();
            json.WriteString("event", one.Facts.Key.Event);
            json.WriteString("device", one.Facts.DeviceId);
            json.WriteString("openedAt", one.OpenedAt.ToString());
            json.WriteNumber("reopens", one.Reopens);
            json.WriteString("occurredAt", one.Facts.OccurredAt.ToString());
            json.WriteString("severity", Severity(one.Severity));
            json.WriteString("lead", one.Lead);
            json.WriteString("rule", one.Facts.Rule?.Name);
            json.WriteString("cause", Cause(one));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("alerts");
        foreach (ActiveAlert alert in outcome.Alerts)
        {
            json.WriteStartObject();
            json.WriteString("rule", alert.RuleName);
            json.WriteString("device", alert.DeviceId);
            json.WriteString("state", alert.State.ToString().ToLowerInvariant());
            json.WriteString("severity", Severity(alert.Severity));
            json.WriteString("since", alert.Since.ToString());
            json.WriteString("cause", alert.Cause);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Opened(Case one) => one.Reopens > 0 ? $"reopened {one.UpdatedAt}" : $"opened {one.OpenedAt}";

    private static string Severity(AlertSeverity severity) => severity.ToString().ToLowerInvariant();

    private static string Cause(Case one) => one.Evidence.Select(e => e.Cause).LastOrDefault(c => c.Length > 0) ?? "";

    /// <summary>What a device or a person sent is text, never a command to the terminal.</summary>
    private static string Shown(string text) => string.Concat(text.Select(c => char.IsControl(c) ? FormattableString.Invariant($"\\u{{{(int)c:x}}}") : c.ToString()));
}
