using Gateway.Rules.Cases;

namespace Gateway.Host.Cases.AfterAction;

/// <summary>A device of a case, and the rules that fired on it there.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="Rules">The rules; one whose hash is empty is known by its name alone.</param>
internal sealed record CaseDevice(string DeviceId, IReadOnlyList<RuleReference> Rules)
{
    /// <summary>The devices of a case in the order they joined it; of a storm without breaches of its own those its parts began with.</summary>
    public static IReadOnlyList<CaseDevice> Of(Case c, IReadOnlyList<CaseEvent> history, IEnumerable<Case> children)
    {
        Dictionary<string, List<RuleReference>> found = new(StringComparer.Ordinal);
        List<string> order = [];
        void Add(string device, RuleReference? rule)
        {
            if (device.Length == 0)
            {
                return;
            }

            if (!found.TryGetValue(device, out List<RuleReference>? rules))
            {
                found.Add(device, rules = []);
                order.Add(device);
            }

            if (rule is not null && !rules.Exists(r => r.Name == rule.Name))
            {
                rules.Add(rule);
            }
        }

        foreach (AlertOccurrence occurrence in history.SelectMany(TimelineWindow.Occurrences))
        {
            Add(occurrence.Evidence.DeviceId, occurrence.Evidence.Rule);
        }

        foreach (CaseAlert alert in c.Alerts.Where(a => a.HasFired)) // those of merged cases too
        {
            Add(alert.DeviceId, new RuleReference("", alert.Rule, ""));
        }

        Add(c.Facts.DeviceId, c.Facts.Rule);
        foreach (Case child in children)
        {
            Add(child.Facts.DeviceId, child.Facts.Rule);
        }

        return [.. order.Select(d => new CaseDevice(d, found[d]))];
    }
}
