using Gateway.Protocols.Devices;
using Gateway.Rules.Areas;
using Gateway.Rules.Files;
using Gateway.Rules.Functions;
using Gateway.Rules.Suppression;

namespace Gateway.Rules.Compilation;

/// <summary>What a decision of a rule on a device rests on: whose readings, and how far back an engine that has seen nothing must begin to decide alike.</summary>
/// <param name="LookBack">
/// Twice all its windows and holds together, at least <see cref="ShortestLookBack"/>. What the rule remembers for longer than that, an alert that has
/// been firing for days for example, is further back.
/// </param>
/// <param name="DeviceIds">
/// The device, those that count with it in its area or near by, and those whose alerts may keep its own from filing a case.
/// </param>
/// <param name="IsWhole">Whether these are all of them: at most <see cref="DeviceLimit"/> are named.</param>
public sealed record RuleReach(TimeSpan LookBack, IReadOnlyList<string> DeviceIds, bool IsWhole)
{
    /// <summary>Devices that are named at most.</summary>
    public const int DeviceLimit = 4096;

    /// <summary>Every look-back is at least as long as this.</summary>
    public static readonly TimeSpan ShortestLookBack = TimeSpan.FromMinutes(10);

    /// <summary>The reach of a rule that holds.</summary>
    /// <param name="rules">The rules that hold.</param>
    /// <param name="name">The rule's name.</param>
    /// <param name="device">The device it decides on.</param>
    /// <param name="areas">The area tree that holds.</param>
    /// <returns>Null where no rule of the name holds, or the device is not registered.</returns>
    public static RuleReach? Of(RuleSet rules, string name, Device device, AreaTree areas)
    {
        if (rules.Rules.FirstOrDefault(r => r.Name == name) is not { } rule || rules.Devices.Find(device.Id) is not { } registered)
        {
            return null;
        }

        TimeSpan lookBack = Memory(rule);
        SortedSet<int> devices = [];
        foreach (AreaTerm term in rule.AreaTerms)
        {
            devices.UnionWith(CountedWith(rules, rule, term, registered.Index));
        }

        foreach (CompiledRule inhibitor in rules.Rules.Where(r => Inhibits(r.Definition, name)))
        {
            lookBack = lookBack > Memory(inhibitor) ? lookBack : Memory(inhibitor);
            string place = AlertGate.Place(inhibitor.Definition, device, areas);
            devices.UnionWith(Watched(rules, inhibitor).Where(d => AlertGate.Place(inhibitor.Definition, rules.Devices.Devices[d], areas) == place));
        }

        devices.Remove(registered.Index);
        return new RuleReach(lookBack, [device.Id, .. devices.Take(DeviceLimit - 1).Select(d => rules.Devices.Devices[d].Id)], devices.Count < DeviceLimit);
    }

    /// <summary>The longest look-back of the rules that hold.</summary>
    public static TimeSpan Longest(RuleSet rules) => rules.Rules.Select(Memory).DefaultIfEmpty(ShortestLookBack).Max();

    private static bool Inhibits(RuleDefinition rule, string name) => rule.Mode == RuleMode.Active && rule.Inhibits?.Rules.Any(r => r.Text == name) == true;

    private static IEnumerable<int> CountedWith(RuleSet rules, CompiledRule rule, AreaTerm term, int device)
    {
        AreaGroups groups = rules.AreaTerms[term.Index].Groups;
        return Watched(rules, rule).Where(d => term.Scope == AreaScope.Radius ? groups.DistanceMetres(device, d) <= term.RadiusMetres : groups[d] == groups[device]);
    }

    private static IEnumerable<int> Watched(RuleSet rules, CompiledRule rule)
    {
        RuleLane lane = rules.Lanes.First(l => l.Lateness == rule.Definition.Lateness);
        bool[] meets = [.. lane.Groups.Select(g => g.Rules.Contains(rule))];
        return Enumerable.Range(0, lane.GroupByDevice.Length).Where(d => meets[lane.GroupByDevice[d]]);
    }

    private static TimeSpan Memory(CompiledRule rule)
    {
        TimeSpan level = rule.Levels.Select(l => l.For + l.KeepFiringFor).DefaultIfEmpty().Max();
        TimeSpan window = rule.Levels.SelectMany(l => l.Histories).Select(h => Window(h, rule)).DefaultIfEmpty().Max();
        TimeSpan all = rule.Definition.MaxAge + rule.Definition.Lateness + level + window + (rule.Definition.Absent?.After ?? TimeSpan.Zero) + rule.Profile.ReportingInterval;
        return 2 * all > ShortestLookBack ? 2 * all : ShortestLookBack;
    }

    private static TimeSpan Window(HistoryTerm term, CompiledRule rule) => term switch
    {
        WindowTerm window => window.Window,
        SequenceTerm sequence => sequence.Within,
        AreaTerm area => area.Within,
        HitsTerm hits => hits.Readings * rule.Profile.ReportingInterval,
        _ => TimeSpan.Zero,
    };
}
