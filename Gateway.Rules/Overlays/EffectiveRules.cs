using Gateway.Protocols.Readings;
using Gateway.Rules.Calendars;
using Gateway.Rules.Files;

namespace Gateway.Rules.Overlays;

/// <summary>One rule as it holds, and where each part of it comes from.</summary>
/// <param name="Rule">The rule, overlays applied.</param>
/// <param name="Overlays">The overlays that changed it, or the one that brought it, in the order they were laid.</param>
public sealed record EffectiveRule(RuleDefinition Rule, IReadOnlyList<OverlayDefinition> Overlays);

/// <summary>The rules that hold at a time: the common ones with the overlays laid over them. Pure.</summary>
public static class EffectiveRules
{
    /// <summary>The rules that hold under the overlays of a city.</summary>
    /// <param name="rules">The common rules.</param>
    /// <param name="overlays">Those that hold, in the order they are laid.</param>
    public static IReadOnlyList<EffectiveRule> Of(IReadOnlyList<RuleDefinition> rules, IReadOnlyList<OverlayDefinition> overlays)
    {
        List<EffectiveRule> effective = [.. rules.Select(r => new EffectiveRule(r, []))];
        foreach (OverlayDefinition overlay in overlays)
        {
            foreach (RuleChange change in overlay.Changes)
            {
                int index = effective.FindIndex(r => r.Rule.Alert.Text == change.Alert.Text);
                if (index >= 0 && change.Disabled)
                {
                    effective.RemoveAt(index);
                }
                else if (index >= 0)
                {
                    effective[index] = new EffectiveRule(Changed(effective[index].Rule, change, overlay), [.. effective[index].Overlays, overlay]);
                }
            }

            effective.AddRange(overlay.Rules.Select(r => new EffectiveRule(Tagged(r, overlay), [overlay])));
        }

        return effective;
    }

    /// <summary>When the set of overlays that hold changes after a time; never is <see cref="EventTime.MaxValue"/>.</summary>
    public static EventTime NextChange(IReadOnlyList<OverlayDefinition> overlays, EventTime after, TimeZoneInfo zone) => overlays
        .SelectMany(o => new[] { o.From, o.Until })
        .OfType<DateTime>()
        .Select(t => LocalTime.Instant(t, zone))
        .Where(t => t > after)
        .DefaultIfEmpty(EventTime.MaxValue)
        .Min();

    /// <summary>The overlays that hold at a time, in a mode.</summary>
    public static IReadOnlyList<OverlayDefinition> Holding(IReadOnlyList<OverlayDefinition> overlays, EventTime at, string mode, TimeZoneInfo zone) =>
        [.. overlays.Where(o => (o.Mode is null || o.Mode.Value.Text == mode)
            && (o.From is null || at >= LocalTime.Instant(o.From.Value, zone)) && (o.Until is null || at < LocalTime.Instant(o.Until.Value, zone)))];

    private static RuleDefinition Changed(RuleDefinition rule, RuleChange change, OverlayDefinition overlay) => Tagged(rule, overlay) with
    {
        Levels = Changed(rule.Levels, change.Levels),
        Absent = change.Absent ?? rule.Absent,
        Mode = change.Mode ?? rule.Mode,
        MaxAge = change.MaxAge ?? rule.MaxAge,
        Case = rule.Case is null ? null : rule.Case with { VerifyHold = change.VerifyHold ?? rule.Case.VerifyHold },
        Annotations = change.Annotations.Count == 0 ? rule.Annotations : With(rule.Annotations, change.Annotations),
    };

    // The cases of a campaign carry its name, through the labels of the alert.
    private static RuleDefinition Tagged(RuleDefinition rule, OverlayDefinition overlay) => overlay.Campaign.Length == 0
        ? rule
        : rule with { Labels = With(rule.Labels, new Dictionary<string, string> { ["campaign"] = overlay.Campaign }) };

    private static Dictionary<string, string> With(IReadOnlyDictionary<string, string> texts, IReadOnlyDictionary<string, string> added)
    {
        Dictionary<string, string> all = new(texts, StringComparer.Ordinal);
        foreach ((string name, string text) in added)
        {
            all[name] = text;
        }

        return all;
    }

    private static IReadOnlyList<LevelDefinition> Changed(IReadOnlyList<LevelDefinition> levels, IReadOnlyList<LevelChange> changes)
    {
        List<LevelDefinition> changed = [.. levels];
        foreach (LevelChange change in changes)
        {
            int index = changed.FindIndex(l => l.Severity == change.Severity);
            if (index < 0 && change.Expression is { } expression) // without one the reader has refused it
            {
                changed.Add(new LevelDefinition { Severity = change.Severity, Expression = expression, Clear = change.Clear, For = change.For ?? TimeSpan.Zero, KeepFiringFor = change.KeepFiringFor ?? TimeSpan.Zero });
            }
            else if (index >= 0)
            {
                LevelDefinition level = changed[index];
                changed[index] = level with
                {
                    Expression = change.Expression ?? level.Expression,
                    Clear = change.Clear ?? level.Clear,
                    For = change.For ?? level.For,
                    KeepFiringFor = change.KeepFiringFor ?? level.KeepFiringFor,
                };
            }
        }

        return [.. changed.OrderBy(l => l.Severity)];
    }
}
