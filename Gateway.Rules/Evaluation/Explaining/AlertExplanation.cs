using Gateway.Protocols.Readings;
using Gateway.Rules.Expressions;

namespace Gateway.Rules.Evaluation.Explaining;

/// <summary>How one rule stands to one device, and why: what <c>rules explain</c> shows. Immutable.</summary>
public sealed record AlertExplanation
{
    /// <summary>The rule's name.</summary>
    public required string Rule { get; init; }

    /// <summary>The device's id.</summary>
    public required string Device { get; init; }

    /// <summary>Log time at which it stands so.</summary>
    public required EventTime At { get; init; }

    /// <summary>Why the rule does not watch the device; empty when it does.</summary>
    public string NotMatched { get; init; } = "";

    /// <summary>Log time of the last reading that counted; null when there was none.</summary>
    public EventTime? LastReceived { get; init; }

    /// <summary>Each level of the ladder, lowest severity first.</summary>
    public IReadOnlyList<LevelExplanation> Levels { get; init; } = [];

    /// <summary>What the conditions read.</summary>
    public IReadOnlyList<ValueExplanation> Values { get; init; } = [];

    /// <summary>The watch over silence; null when the rule has none.</summary>
    public AbsenceExplanation? Absence { get; init; }
}

/// <summary>One level of a ladder.</summary>
/// <param name="Severity">Its severity.</param>
/// <param name="Phase"><c>idle</c>, <c>pending</c>, <c>raised</c> or <c>clearing</c>.</param>
/// <param name="Since">When the running time began; null while none runs.</param>
/// <param name="Due">When it is over; null while none runs.</param>
/// <param name="Raise">The raise condition on the values as they counted at the last reading.</param>
/// <param name="Clear">The clear condition, likewise.</param>
public sealed record LevelExplanation(AlertSeverity Severity, string Phase, EventTime? Since, EventTime? Due, ConditionExplanation Raise, ConditionExplanation Clear);

/// <summary>A condition as it turned out.</summary>
/// <param name="Text">With values, for example <c>water_level 0.12 m &gt;= 0.15</c>.</param>
/// <param name="Truth">What it came to.</param>
/// <param name="Blocking">The comparisons that kept it from being true, with their values; empty when it is true.</param>
public sealed record ConditionExplanation(string Text, Truth Truth, IReadOnlyList<BlockingComparison> Blocking)
{
    /// <summary>Judges a condition on a row and finds what kept it from being true.</summary>
    internal static ConditionExplanation Of(Condition condition, Func<int, double> row)
    {
        List<BlockingComparison> blocking = [];
        Collect(condition, row, blocking);
        return new ConditionExplanation(condition.Describe(row), condition.Evaluate(row), blocking);
    }

    private static void Collect(Condition condition, Func<int, double> row, List<BlockingComparison> blocking)
    {
        Truth truth = condition.Evaluate(row);
        if (truth == Truth.True)
        {
            return;
        }

        if (condition is LogicalCondition logical)
        {
            foreach (Condition operand in logical.Operands)
            {
                Collect(operand, row, blocking);
            }
        }
        else
        {
            blocking.Add(new BlockingComparison(condition.Describe(row), truth));
        }
    }
}

/// <summary>A comparison that was not true.</summary>
/// <param name="Text">With values.</param>
/// <param name="Truth">False, or unknown where a value is missing or too old.</param>
public sealed record BlockingComparison(string Text, Truth Truth);

/// <summary>A field or a function that the conditions read.</summary>
/// <param name="Text">With its value.</param>
/// <param name="ObservedAt">When it was observed; null for never.</param>
/// <param name="Counts">Whether it counted at the last reading; false when it was older than the rule's max_age then, or never came.</param>
public sealed record ValueExplanation(string Text, EventTime? ObservedAt, bool Counts);

/// <summary>The watch over silence.</summary>
/// <param name="After">Silence longer than this raises it.</param>
/// <param name="Severity">The severity it raises.</param>
/// <param name="LastHeard">When the device was last heard; null for never, which is no silence.</param>
/// <param name="Due">When the silence is, or was, too long; null while the device was never heard.</param>
/// <param name="IsFiring">Whether it is.</param>
public sealed record AbsenceExplanation(TimeSpan After, AlertSeverity Severity, EventTime? LastHeard, EventTime? Due, bool IsFiring);
