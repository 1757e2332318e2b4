using Gateway.Protocols.Devices;
using Gateway.Rules.Expressions;

namespace Gateway.Rules.Compilation;

/// <summary>
/// All compiled rules of one snapshot, and which of them each device of that snapshot meets. Immutable, safe for any number of threads:
/// one set serves the engines of all partitions.
/// </summary>
public sealed class RuleSet
{
    /// <summary>At most so many different latenesses: each has state of its own for every device.</summary>
    public const int LaneLimit = 8;

    internal RuleSet(IReadOnlyList<CompiledRule> rules, DeviceRegister devices, IReadOnlyList<RuleLane> lanes, string revision)
    {
        Rules = rules;
        Devices = devices;
        Lanes = lanes;
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

    /// <summary>The rules by how long they wait for late readings; those that do not wait come first.</summary>
    internal IReadOnlyList<RuleLane> Lanes { get; }
}

/// <summary>Rules that wait equally long for late readings, and which of them each device meets.</summary>
/// <param name="Lateness">How long.</param>
/// <param name="GroupByDevice">Index into the groups by device index.</param>
/// <param name="Groups">The distinct combinations of rules that devices meet; 0 is "none".</param>
internal sealed record RuleLane(TimeSpan Lateness, int[] GroupByDevice, IReadOnlyList<RuleGroup> Groups);

/// <summary>Devices that meet the same rules share one of these, so what the rules of a device are costs four bytes a device.</summary>
internal sealed record RuleGroup(KindLayout? Layout, CompiledRule[] Rules);
