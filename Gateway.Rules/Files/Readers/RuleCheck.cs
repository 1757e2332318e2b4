namespace Gateway.Rules.Files.Readers;

/// <summary>What is only seen over all rule files together, and against profiles, devices and areas.</summary>
internal sealed class RuleCheck(FindingSink sink, AreaIndex areas)
{
    /// <summary>Reports names written twice, and too many rules.</summary>
    public void CheckNames(IReadOnlyList<RuleDefinition> rules)
    {
        Dictionary<string, SourceLocation> names = new(StringComparer.Ordinal);
        foreach (SourceText alert in rules.Select(r => r.Alert).Where(a => a.Text.Length > 0))
        {
            if (!names.TryAdd(alert.Text, alert.Location))
            {
                sink.Add(FindingCodes.DuplicateRule, alert.Location, $"rule {FindingSink.Quote(alert.Text)} is written twice, first at {names[alert.Text]}");
            }
        }

        if (rules.Count > RuleFileReader.RuleCountLimit)
        {
            sink.Add(FindingCodes.TooManyRules, rules[RuleFileReader.RuleCountLimit].Alert.Location, $"{rules.Count} rules, at most {RuleFileReader.RuleCountLimit}");
        }
    }

    /// <summary>Reports references to kinds, devices, areas and tags that do not exist.</summary>
    /// <param name="rules">All rules.</param>
    /// <param name="kinds">The kinds whose profiles could be read.</param>
    /// <param name="brokenKinds">Kinds whose profile file is broken: told there, and nothing is known of their devices.</param>
    /// <param name="devices">The devices read.</param>
    public void CheckReferences(IReadOnlyList<RuleDefinition> rules, IReadOnlySet<string> kinds, IReadOnlySet<string> brokenKinds, DeviceFileReader devices)
    {
        TagIndex tags = new(devices.Devices);
        foreach (DeviceMatch match in rules.Select(r => r.Match))
        {
            bool kindKnown = kinds.Contains(match.Kind.Text);
            if (!kindKnown && !brokenKinds.Contains(match.Kind.Text) && match.Kind.Text.Length > 0)
            {
                string? fix = Suggestion.Fix(match.Kind.Text, kinds);
                sink.Add(FindingCodes.RuleKind, match.Kind.Location, $"kind {FindingSink.Quote(match.Kind.Text)} has no profile", fix);
            }

            foreach (SourceText area in match.Areas.Where(a => areas.IsUnknown(a.Text)))
            {
                sink.Add(FindingCodes.RuleArea, area.Location, $"area {FindingSink.Quote(area.Text)} is in no area tree", areas.Fix(area.Text));
            }

            if (!devices.IsComplete)
            {
                continue;
            }

            foreach (SourceText device in match.Devices.Where(d => !devices.IsKnown(d.Text)))
            {
                sink.Add(FindingCodes.RuleDevice, device.Location, $"device {FindingSink.Quote(device.Text)} is not registered", devices.Fix(device.Text));
            }

            if (kindKnown)
            {
                CheckTags(match, tags);
            }
        }
    }

    /// <summary>Reports inhibitions of rules that do not exist, and circles, in which all alerts would be silent.</summary>
    public void CheckInhibitions(IReadOnlyList<RuleDefinition> rules)
    {
        Dictionary<string, RuleDefinition> byName = [];
        foreach (RuleDefinition rule in rules)
        {
            byName.TryAdd(rule.Alert.Text, rule);
        }

        HashSet<string> circles = OnCircles(byName);
        foreach (RuleDefinition rule in rules.Where(r => r.Inhibits is not null))
        {
            foreach (SourceText target in rule.Inhibits!.Rules)
            {
                if (!byName.ContainsKey(target.Text) || target.Text == rule.Alert.Text)
                {
                    sink.Add(FindingCodes.InhibitedRule, target.Location, target.Text == rule.Alert.Text ? $"rule {FindingSink.Quote(target.Text)} inhibits itself" : $"there is no rule {FindingSink.Quote(target.Text)}", Suggestion.Fix(target.Text, byName.Keys.Where(n => n != target.Text)));
                }
                else if (circles.Contains(rule.Alert.Text) && circles.Contains(target.Text))
                {
                    sink.Add(FindingCodes.InhibitionCircle, target.Location, $"rule {FindingSink.Quote(target.Text)} inhibits {FindingSink.Quote(rule.Alert.Text)}, directly or through others, and is inhibited by it");
                }
            }
        }
    }

    // The rules on circles, and between them: what is left when those that nothing inhibits, and those that inhibit nothing, are taken away again and again.
    private static HashSet<string> OnCircles(Dictionary<string, RuleDefinition> byName)
    {
        ILookup<string, string> targets = byName.Values
            .SelectMany(r => (r.Inhibits?.Rules ?? []).Where(t => byName.ContainsKey(t.Text) && t.Text != r.Alert.Text).Select(t => (From: r.Alert.Text, To: t.Text)).Distinct())
            .ToLookup(e => e.From, e => e.To, StringComparer.Ordinal);
        ILookup<string, string> sources = targets.SelectMany(t => t.Select(to => (From: t.Key, To: to))).ToLookup(e => e.To, e => e.From, StringComparer.Ordinal);
        HashSet<string> left = [.. byName.Keys];
        Peel(left, targets, sources);
        Peel(left, sources, targets);
        return left;
    }

    private static void Peel(HashSet<string> left, ILookup<string, string> next, ILookup<string, string> before)
    {
        Dictionary<string, int> open = left.ToDictionary(n => n, n => before[n].Count(left.Contains), StringComparer.Ordinal);
        Stack<string> free = new(open.Where(o => o.Value == 0).Select(o => o.Key));
        while (free.TryPop(out string? name))
        {
            left.Remove(name);
            foreach (string one in next[name].Where(left.Contains))
            {
                if (--open[one] == 0)
                {
                    free.Push(one);
                }
            }
        }
    }

    private void CheckTags(DeviceMatch match, TagIndex tags)
    {
        foreach ((string name, SourceText value) in match.Tags)
        {
            IReadOnlyCollection<string> names = tags.Names(match.Kind.Text);
            IReadOnlyCollection<string> values = tags.Values(match.Kind.Text, name);
            if (!values.Contains(value.Text))
            {
                string? fix = values.Count > 0 ? Suggestion.Fix(value.Text, values) : Suggestion.Fix(name, names);
                sink.Add(FindingCodes.RuleTag, value.Location, $"no {match.Kind.Text} device carries {FindingSink.Quote($"{name}={value.Text}")}", fix);
            }
        }
    }
}
