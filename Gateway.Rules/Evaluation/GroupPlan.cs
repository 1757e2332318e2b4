using Gateway.Rules.Compilation;
using Gateway.Rules.Functions;

namespace Gateway.Rules.Evaluation;

/// <summary>What a reading of a device of one group has to go through, laid out for the loop that does it.</summary>
internal sealed class GroupPlan
{
    private const int RulesFused = 256; // at most
    private const int RowsBeforeFusing = 64;

    private readonly int[] _columns;
    private AlarmKernel? _any;
    private int _rows;

    /// <summary>Lays out one group; tolerances are multiplied by the speed of an exercise's clock.</summary>
    public GroupPlan(RuleGroup group, double clockSpeed)
    {
        Layout = group.Layout;
        Conditions = group.Rules
            .Where(r => r.Levels.Count > 0)
            .Select(r => new ConditionPlan { Rule = r, Positions = r.Positions, MaxAgeMs = AgeLimitMs(r, clockSpeed) })
            .ToArray();
        Positions = Conditions.Aggregate(0UL, (all, c) => all | c.Positions);
        MaxAgeMs = Conditions.Length == 0 ? 0 : Conditions.Min(c => c.MaxAgeMs);
        CompiledRule[] absences = group.Rules.Where(r => r.Definition.Absent is not null).ToArray();
        int firstCell = DeviceTable.ValuesAt + (group.Layout?.Width ?? 0);
        _columns = group.Layout is null ? [] : [.. group.Layout.Columns];
        AllColumns = _columns.Length == 64 ? ulong.MaxValue : (1UL << _columns.Length) - 1;
        if (group.Layout is { Histories.Count: > 0 } layout)
        {
            HashSet<int> used = [.. group.Rules.SelectMany(r => r.Levels).SelectMany(l => l.Histories).Select(h => h.Column)];
            Histories = layout.Histories.Where(h => used.Contains(h.Column)).Select(h => new HistoryStep(h, layout)).ToArray();
            HistoryFields = Histories.Select(h => h.Term).OfType<WindowTerm>().GroupBy(t => t.Field.Column)
                .Select(g => new HistoryField(g.Key, layout.PositionOf(g.Key), g.Max(t => (long)t.Window.TotalMilliseconds))).ToArray();
        }

        Absences = absences.Select((r, i) => new AbsencePlan(r, firstCell + i, AgeLimitMs(r, clockSpeed))).ToArray();
        BlockLength = group.Layout is null ? 0 : firstCell + absences.Length;
    }

    /// <summary>The kind's layout; null for the group of devices that meet no rule.</summary>
    public KindLayout? Layout { get; }

    /// <summary>Column by position of the layout.</summary>
    public ReadOnlySpan<int> Columns => _columns;

    /// <summary>The positions of all columns.</summary>
    public ulong AllColumns { get; }

    /// <summary>Rules with conditions, in index order.</summary>
    public ConditionPlan[] Conditions { get; }

    /// <summary>Positions any condition of the group reads.</summary>
    public ulong Positions { get; }

    /// <summary>Oldest reading that is live for all of them.</summary>
    public long MaxAgeMs { get; }

    /// <summary>
    /// Judges whether any raise condition of the group is true; null where the rules are too few, or too many, or have met too few readings
    /// yet, to be worth the machine code.
    /// </summary>
    public AlarmKernel? Any => _any ?? Fuse();

    /// <summary>Terms that depend on earlier readings, those first that others read.</summary>
    public HistoryStep[] Histories { get; } = [];

    /// <summary>Fields whose readings those terms look back at.</summary>
    public HistoryField[] HistoryFields { get; } = [];

    /// <summary>Rules that watch absence, in index order.</summary>
    public AbsencePlan[] Absences { get; }

    /// <summary>Cells of a device's block.</summary>
    public int BlockLength { get; }

    /// <summary>The cell that holds when the device was last heard for <paramref name="rule"/>, or -1.</summary>
    public int AbsenceCell(CompiledRule rule)
    {
        foreach (AbsencePlan absence in Absences)
        {
            if (absence.Rule == rule)
            {
                return absence.Cell;
            }
        }

        return -1;
    }

    private AlarmKernel? Fuse()
    {
        bool isWorthIt = Conditions.Length is > 1 and <= RulesFused && ++_rows > RowsBeforeFusing;
        return isWorthIt ? _any = KernelCompiler.CompileAny(Conditions.SelectMany(c => c.Rule.Levels).Select(l => l.Raise), Layout!) : null;
    }

    private static long AgeLimitMs(CompiledRule rule, double clockSpeed) => (long)(rule.Definition.MaxAge.TotalMilliseconds * clockSpeed);
}

/// <summary>One rule with conditions.</summary>
internal struct ConditionPlan
{
    /// <summary>The rule's kernel, taken over at its first use.</summary>
    public RuleKernel? Raise;

    /// <summary>Positions any of its conditions reads.</summary>
    public ulong Positions;

    /// <summary>Oldest reading that is live for it.</summary>
    public long MaxAgeMs;

    /// <summary>The rule.</summary>
    public CompiledRule Rule;
}

/// <summary>One rule that watches absence.</summary>
internal readonly record struct AbsencePlan(CompiledRule Rule, int Cell, long MaxAgeMs);
