using System.Runtime.InteropServices;
using Gateway.Protocols.Devices;
using Gateway.Rules.Areas;
using Gateway.Rules.Files;

namespace Gateway.Rules.Compilation;

/// <summary>
/// Finds out which rules each device meets. Devices that no rule can tell apart (same kind, area, values of the tags that rules name) are
/// matched once, so a million devices cost a million look-ups and not a million times the number of rules.
/// </summary>
internal sealed class RuleMatcher
{
    private readonly AreaTree _areas;
    private readonly Dictionary<DeviceProfile, KindRules> _kinds = [];
    private readonly Dictionary<string, int> _groupByTraits = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _groupByRules = new(StringComparer.Ordinal);
    private readonly List<RuleGroup> _groups = [new RuleGroup(null, [])];

    private RuleMatcher(IReadOnlyList<CompiledRule> rules, AreaTree areas)
    {
        _areas = areas;
        foreach (IGrouping<DeviceProfile, CompiledRule> kind in rules.GroupBy(r => r.Profile))
        {
            _kinds.Add(kind.Key, new KindRules(kind));
        }
    }

    /// <summary>Matches all devices; also counts, for each rule, how many it watches.</summary>
    public static (int[] GroupByDevice, IReadOnlyList<RuleGroup> Groups) Match(IReadOnlyList<CompiledRule> rules, DeviceRegister devices, AreaTree areas)
    {
        var matcher = new RuleMatcher(rules, areas);
        int[] groupByDevice = devices.Devices.Select(matcher.GroupOf).ToArray();
        var devicesByGroup = new int[matcher._groups.Count];
        foreach (int group in groupByDevice)
        {
            devicesByGroup[group]++;
        }

        for (int group = 0; group < devicesByGroup.Length; group++)
        {
            foreach (CompiledRule rule in matcher._groups[group].Rules)
            {
                rule.MatchedDevices += devicesByGroup[group];
            }
        }

        return (groupByDevice, matcher._groups);
    }

    private int GroupOf(Device device)
    {
        if (!_kinds.TryGetValue(device.Profile, out KindRules? kind))
        {
            return 0;
        }

        if (kind.NamedDevices.Contains(device.Id))
        {
            return Distinct(kind, device);
        }

        ref int group = ref CollectionsMarshal.GetValueRefOrAddDefault(_groupByTraits, kind.TraitsOf(device), out bool known);
        return known ? group : group = Distinct(kind, device);
    }

    private int Distinct(KindRules kind, Device device)
    {
        CompiledRule[] rules = kind.Rules.Where(r => Meets(device, r.Definition.Match)).ToArray();
        if (rules.Length == 0)
        {
            return 0;
        }

        string key = string.Join(',', rules.Select(r => r.Index));
        if (!_groupByRules.TryGetValue(key, out int group))
        {
            group = _groups.Count;
            _groups.Add(new RuleGroup(rules[0].Layout, rules));
            _groupByRules.Add(key, group);
        }

        return group;
    }

    private bool Meets(Device device, DeviceMatch match) =>
        (match.Devices.Count == 0 || match.Devices.Any(d => d.Text == device.Id))
        && match.Tags.All(t => device.Tags.TryGetValue(t.Key, out string? value) && value == t.Value.Text)
        && (match.Areas.Count == 0 || match.Areas.Any(a => _areas.IsWithin(device.Area, a.Text)));

    /// <summary>The rules of one kind, and what of a device they look at.</summary>
    private sealed class KindRules
    {
        private readonly string _kind;
        private readonly string[] _tags;
        private readonly bool _byArea;

        public KindRules(IGrouping<DeviceProfile, CompiledRule> rules)
        {
            _kind = rules.Key.Kind;
            Rules = [.. rules];
            _tags = Rules.SelectMany(r => r.Definition.Match.Tags.Keys).Distinct().Order(StringComparer.Ordinal).ToArray();
            _byArea = Rules.Any(r => r.Definition.Match.Areas.Count > 0);
            NamedDevices = Rules.SelectMany(r => r.Definition.Match.Devices).Select(d => d.Text).ToHashSet(StringComparer.Ordinal);
        }

        public CompiledRule[] Rules { get; }

        public HashSet<string> NamedDevices { get; }

        // A newline cannot occur in an area code or be confused with one in a tag: lengths come first.
        public string TraitsOf(Device device)
        {
            if (_tags.Length == 0)
            {
                return _byArea ? $"{_kind}\n{device.Area}" : _kind;
            }

            IEnumerable<string> values = _tags.Select(t => device.Tags.TryGetValue(t, out string? value) ? $"{value.Length}:{value}" : "-");
            return $"{_kind}\n{(_byArea ? device.Area : "")}\n{string.Join('\n', values)}";
        }
    }
}
