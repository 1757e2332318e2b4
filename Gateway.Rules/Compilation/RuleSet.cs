using Gateway.Protocols.Devices;
using Gateway.Rules.Expressions;

namespace Gateway.Rules.Compilation;

/// <summary>
/// All compiled rules of one snapshot, and which of them each device of that snapshot meets. Immutable, safe for any number of threads:
/// one set serves the engines of all partitions.
/// </summary>
public sealed class RuleSet
{
    internal RuleSet(IReadOnlyList<CompiledRule> rules, DeviceRegister devices, int[] groupByDevice, IReadOnlyList<RuleGroup> groups, string revision)
    {
        Rules = rules;
        Devices = devices;
        GroupByDevice = groupByDevice;
        Groups = groups;
        Revision = revision;
    }

    /// <summary>A set without rules, for <paramref name="devices"/>.</summary>
    public static RuleSet Empty(DeviceRegister devices) => RuleCompiler.Compile([], devices, Areas.AreaTree.Empty).Rules!;

    /// <summary>The rules, in the order of their definitions.</summary>
    public IReadOnlyList<CompiledRule> Rules { get; }

    /// <summary>The devices the rules were matched against.</summary>
    public DeviceRegister Devices { get; }

    /// <summary>SHA-256 (lower-case hex) over names and meaning hashes in order: equal exactly for sets that evaluate alike.</summary>
    public string Revision { get; }

    /// <summary>The calendars that conditions ask for, by number.</summary>
    internal IReadOnlyList<DuringTerm> Calendars { get; init; } = [];

    /// <summary>The terms that count devices of an area, by index.</summary>
    internal IReadOnlyList<AreaCount> AreaTerms { get; init; } = [];

    /// <summary>Index into <see cref="Groups"/> by device index.</summary>
    internal int[] GroupByDevice { get; }

    /// <summary>The distinct combinations of rules that devices meet; 0 is "none".</summary>
    internal IReadOnlyList<RuleGroup> Groups { get; }
}

/// <summary>Devices that meet the same rules share one of these, so what the rules of a device are costs four bytes a device.</summary>
internal sealed record RuleGroup(KindLayout? Layout, CompiledRule[] Rules);
