using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;

namespace Gateway.Host.Notifications;

/// <summary>Which cases a receiver wants. Immutable.</summary>
internal sealed class WebhookFilter(WebhookOptions options)
{
    private readonly AlertSeverity _minimum = Severity(options.MinimumSeverity) ?? AlertSeverity.Info;
    private readonly string[] _exact = [.. options.Events.Where(e => !e.EndsWith(".*", StringComparison.Ordinal))];
    private readonly string[] _families = [.. options.Events.Where(e => e.EndsWith(".*", StringComparison.Ordinal)).Select(e => e[..^1])];

    /// <summary>
    /// Whether it wants a case as it stands. A case's severity only rises, so whoever has heard of a case also hears of its end.
    /// </summary>
    public bool Wants(Case c)
    {
        string kind = c.Facts.Key.Event;
        return c.Severity >= _minimum
            && ((_exact.Length == 0 && _families.Length == 0) || _exact.Contains(kind) || _families.Any(f => kind.StartsWith(f, StringComparison.Ordinal) || kind == f[..^1]));
    }

    /// <summary>The severity that a word means; null for any other.</summary>
    public static AlertSeverity? Severity(string word) =>
        Enum.GetValues<AlertSeverity>().Where(s => string.Equals(s.ToString(), word, StringComparison.OrdinalIgnoreCase)).Select(s => (AlertSeverity?)s).FirstOrDefault();
}
