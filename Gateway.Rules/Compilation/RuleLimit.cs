using Gateway.Protocols.Devices;
using Gateway.Rules.Areas;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Expressions;
using Gateway.Rules.Files;
using Gateway.Rules.Functions;

namespace Gateway.Rules.Compilation;

/// <summary>One limit of a rule that can be drawn as a line: a field against a constant. Immutable.</summary>
/// <param name="Field">The field.</param>
/// <param name="Severity">The severity of the level it stands in.</param>
/// <param name="IsUpward">Whether what it marks lies above it.</param>
/// <param name="IsInclusive">Whether the limit itself belongs to it.</param>
/// <param name="Value">The limit, in the unit of the field.</param>
/// <param name="Kind">What it is the limit of.</param>
public sealed record RuleLimit(string Field, AlertSeverity Severity, bool IsUpward, bool IsInclusive, double Value, RuleLimitKind Kind);

/// <summary>What a limit is the limit of.</summary>
public enum RuleLimitKind : byte
{
    /// <summary>Being beyond it raises the level.</summary>
    Raise,

    /// <summary>Being beyond it is one of several things that must hold together to raise the level.</summary>
    Part,

    /// <summary>The condition that ends it, where the operator wrote one.</summary>
    Clear,

    /// <summary>What the rule foresees: the limit of a <c>time_to</c>.</summary>
    Forecast,
}

/// <summary>What a rule looks at, as far as it can be drawn. Immutable.</summary>
/// <param name="Fields">Numeric fields its conditions read, in the order of the profile; texts and yes-or-no fields are left out.</param>
/// <param name="Limits">Its limits, lowest severity first, each once.</param>
public sealed record RuleView(IReadOnlyList<string> Fields, IReadOnlyList<RuleLimit> Limits)
{
    /// <summary>A rule that looks at nothing that can be drawn.</summary>
    public static RuleView Nothing { get; } = new([], []);

    /// <summary>What a rule looks at.</summary>
    /// <param name="rule">The rule as written, overlays applied.</param>
    /// <param name="profile">The kind of device it watches.</param>
    /// <param name="city">Calendars and modes.</param>
    /// <returns>Null where the rule does not compile for that kind, as one of another day may not.</returns>
    public static RuleView? Of(RuleDefinition rule, DeviceProfile profile, CityContext city)
    {
        RuleDefinition alone = rule with { Match = new DeviceMatch { Kind = new SourceText(profile.Kind, rule.Match.Kind.Location) } };
        if (RuleCompiler.CompileForTest([alone], new DeviceRegister([profile], []), AreaTree.Empty, city).Rules is not { Rules: [var compiled] })
        {
            return null;
        }

        ulong columns = compiled.Levels.Aggregate(0UL, (all, level) => all | level.Columns);
        string[] fields = [.. profile.Fields.Where((f, i) => (columns & (1UL << i)) != 0 && f.Type is FieldType.Number or FieldType.Integer).Select(f => f.Name)];
        return new RuleView(fields, [.. compiled.Levels.SelectMany(LimitsOf).Distinct()]);
    }

    private static IEnumerable<RuleLimit> LimitsOf(CompiledLevel level) =>
    [
        .. Thresholds(level.Raise, isAlone: true).Select(t => Limit(t.Threshold, level.Severity, t.IsAlone ? RuleLimitKind.Raise : RuleLimitKind.Part)),
        .. level.HasOwnClear ? Thresholds(level.Clear, isAlone: true).Select(t => Limit(t.Threshold, level.Severity, RuleLimitKind.Clear)) : [],
        .. from term in level.Histories.OfType<WindowTerm>()
           where term is { Function: TimeToFunction, Limit: not null }
           select new RuleLimit(term.Field.Field.Name, level.Severity, IsUpward: term.Function.Meaning == term.Function.Name, IsInclusive: true, term.Limit!.Value, RuleLimitKind.Forecast),
    ];

    private static RuleLimit Limit(Threshold threshold, AlertSeverity severity, RuleLimitKind kind) =>
        new(threshold.Field.Field.Name, severity, threshold.IsUpward, threshold.IsInclusive, threshold.Limit, kind);

    private static IEnumerable<(Threshold Threshold, bool IsAlone)> Thresholds(Condition condition, bool isAlone) => condition is LogicalCondition chain
        ? chain.Operands.SelectMany(o => Thresholds(o, isAlone && chain.Operator == LogicalOperator.Or))
        : Threshold.Of(condition) is { } threshold && threshold.Field.Field.Type is FieldType.Number or FieldType.Integer ? [(threshold, isAlone)] : [];
}
