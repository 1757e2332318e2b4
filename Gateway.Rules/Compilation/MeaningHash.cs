using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gateway.Rules.Files;

namespace Gateway.Rules.Compilation;

/// <summary>Hashes what a rule means, so that a reload can tell an edit of its meaning from an edit of its wording.</summary>
internal static class MeaningHash
{
    private const int LongestMeaningKept = 1_000;

    /// <summary>SHA-256, lower-case hex, of one rule.</summary>
    public static string Of(RuleDefinition rule, IReadOnlyList<CompiledLevel> levels)
    {
        var text = new StringBuilder();
        AddMatch(text, rule.Match);
        foreach (CompiledLevel level in levels)
        {
            Add(text, "level", level.Severity.ToString());
            Add(text, "raise", level.Raise.Canonical);
            Add(text, "clear", level.Clear.Canonical);
            Add(text, "for", level.For);
            Add(text, "keep", level.KeepFiringFor);
        }

        if (rule.Absent is { } absent)
        {
            Add(text, "absent", absent.Severity.ToString());
            Add(text, "after", absent.After);
        }

        Add(text, "max_age", rule.MaxAge);
        AddCase(text, rule);
        return Hash(text);
    }

    /// <summary>SHA-256, lower-case hex, of a whole set.</summary>
    public static string Of(IEnumerable<CompiledRule> rules)
    {
        var text = new StringBuilder();
        foreach (CompiledRule rule in rules)
        {
            Add(text, rule.Name, rule.MeaningHash);
        }

        return Hash(text);
    }

    /// <summary>SHA-256, lower-case hex, of which devices a rule watches.</summary>
    public static string Of(DeviceMatch match)
    {
        var text = new StringBuilder();
        AddMatch(text, match);
        return Hash(text);
    }

    /// <summary>
    /// SHA-256, lower-case hex, of what makes an alert another alert: its kind of device, whether it acts, its case. A reload that changes
    /// anything else of a rule keeps its alerts.
    /// </summary>
    public static string OfIdentity(RuleDefinition rule)
    {
        var text = new StringBuilder();
        Add(text, "kind", rule.Match.Kind.Text);
        AddCase(text, rule);
        return Hash(text);
    }

    /// <summary>A meaning as saved state keeps it: itself, or its SHA-256 where it is long (an enumeration of hundreds of texts, a calendar of years).</summary>
    public static string Short(string meaning) => meaning.Length <= LongestMeaningKept ? meaning : Hash(new StringBuilder(meaning));

    private static void AddMatch(StringBuilder text, DeviceMatch match)
    {
        Add(text, "kind", match.Kind.Text);
        foreach ((string tag, SourceText value) in match.Tags.OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            Add(text, "tag", tag);
            Add(text, "is", value.Text);
        }

        AddAll(text, "device", match.Devices);
        AddAll(text, "area", match.Areas);
    }

    // A rule that is promoted from shadow, or whose case is another, starts afresh: the case must be filed by a firing that was meant to.
    private static void AddCase(StringBuilder text, RuleDefinition rule)
    {
        Add(text, "mode", rule.Mode.ToString());
        if (rule.Lateness > TimeSpan.Zero)
        {
            Add(text, "lateness", rule.Lateness);
        }

        Add(text, "event", rule.Case?.Event.Text ?? "");
        Add(text, "scope", rule.Case?.Scope.ToString() ?? "");
    }

    private static void AddAll(StringBuilder text, string name, IEnumerable<SourceText> values)
    {
        foreach (string value in values.Select(v => v.Text).Order(StringComparer.Ordinal))
        {
            Add(text, name, value);
        }
    }

    private static void Add(StringBuilder text, string name, TimeSpan value) => Add(text, name, value.Ticks.ToString(CultureInfo.InvariantCulture));

    // Lengths before values, so that no two different rules run together to the same text.
    private static void Add(StringBuilder text, string name, string value) =>
        text.Append(name).Append(' ').Append(value.Length.ToString(CultureInfo.InvariantCulture)).Append(' ').Append(value).Append('\n');

    private static string Hash(StringBuilder text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
}
