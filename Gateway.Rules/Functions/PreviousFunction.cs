using Gateway.Rules.Expressions;

namespace Gateway.Rules.Functions;

/// <summary>The value of a field before the newest.</summary>
internal sealed class PreviousFunction : WindowFunction
{
    public override string Name => "previous";

    public override string Summary => "The value of the field before the newest, if it is in the window: for comparing a reading with the one before.";

    public override string SummaryZh => "该字段次新的值，须在窗口内；用于与前一条读数比较。";

    public override string UnknownWhen => "the window holds a single reading";

    internal override bool TakesAnyField => true;

    public override FunctionExample Example => new("water_level - previous(water_level, 10m) >= 0.2", "1m", "water_level: 0.1 0.2 0.3 0.5", "3m", "2m");

    internal override double Compute(in SampleWindow window, double limit) => window.Count < 2 ? double.NaN : window.Value(window.Count - 2);

    internal override (TermType Type, string? Unit) Result(TypedTerm field) => (field.Type, field.Unit);
}
