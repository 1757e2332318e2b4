using Gateway.Protocols.Devices;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;
using Gateway.Rules.Functions;

namespace Gateway.Rules.Compilation;

/// <summary>
/// A rule as the engine runs it. Immutable but for its machine code, which is made when a reading first needs it (a rule whose devices
/// are silent, and a mere check of the files, never pay for it); safe for any number of threads.
/// </summary>
public sealed class CompiledRule
{
    /// <summary>At most this many levels, one a severity.</summary>
    public const int LevelLimit = 4;

    private RuleKernel? _raise;
    private RuleKernel? _clear;

    internal CompiledRule(int index, RuleDefinition definition, KindLayout layout, IReadOnlyList<CompiledLevel> levels, string meaningHash)
    {
        Index = index;
        Definition = definition;
        Layout = layout;
        Levels = levels;
        MeaningHash = meaningHash;
        Identity = Compilation.MeaningHash.OfIdentity(definition);
        RaisePositions = levels.Select(l => layout.Pack(l.Raise)).ToArray();
        ClearPositions = levels.Select(l => layout.Pack(l.Clear)).ToArray();
        AreaTerms = [.. levels.SelectMany(l => l.Histories).OfType<AreaTerm>().DistinctBy(t => t.Column)];
        Positions = RaisePositions.Concat(ClearPositions).Aggregate(0UL, (all, each) => all | each);
    }

    /// <summary>Place in its rule set, from 0.</summary>
    public int Index { get; }

    /// <summary>The rule's name.</summary>
    public string Name => Definition.Alert.Text;

    /// <summary>The rule as written.</summary>
    public RuleDefinition Definition { get; }

    /// <summary>The kind of device it watches.</summary>
    public DeviceProfile Profile => Layout.Profile;

    /// <summary>The ladder, lowest severity first; empty for a rule that only watches absence.</summary>
    public IReadOnlyList<CompiledLevel> Levels { get; }

    /// <summary>
    /// SHA-256 (lower-case hex) over all that decides what its alerts do: match, conditions, times, severities, absence, max_age, mode, and
    /// the event and scope of its case. Not over labels, annotations, spacing, or the order of fields in the profile. While it is
    /// unchanged, a reload keeps the rule's state.
    /// </summary>
    public string MeaningHash { get; }

    /// <summary>SHA-256 (lower-case hex) over what makes its alerts other alerts: kind of device, mode, event and scope of the case.</summary>
    internal string Identity { get; }

    /// <summary>How many registered devices it watches.</summary>
    public int MatchedDevices { get; internal set; }

    /// <summary>Where its values lie.</summary>
    internal KindLayout Layout { get; }

    /// <summary>Positions any of its conditions reads.</summary>
    internal ulong Positions { get; }

    /// <summary>Positions the raise condition of each level reads.</summary>
    internal ulong[] RaisePositions { get; }

    /// <summary>Positions the clear condition of each level reads.</summary>
    internal ulong[] ClearPositions { get; }

    /// <summary>Terms of its conditions that count devices of an area: those change without a reading of the device.</summary>
    internal AreaTerm[] AreaTerms { get; }

    /// <summary>Numbers of the calendars its conditions ask for.</summary>
    internal int[] Calendars => [.. Levels.SelectMany(l => l.Calendars).Select(c => c.Number).Distinct()];

    /// <summary>Judges the raise condition of every level.</summary>
    internal RuleKernel Raise => _raise ??= KernelCompiler.Compile(Levels.Select(l => l.Raise), Layout);

    /// <summary>Judges the clear condition of every level.</summary>
    internal RuleKernel Clear => _clear ??= KernelCompiler.Compile(Levels.Select(l => l.Clear), Layout);

    /// <summary>Severity of the ladder's level <paramref name="level"/>.</summary>
    internal AlertSeverity SeverityOf(int level) => Levels[level].Severity;
}
