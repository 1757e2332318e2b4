using Gateway.Protocols.Devices;
using Gateway.Rules.Expressions;

namespace Gateway.Rules.Functions;

/// <summary>How many readings of a field a window holds.</summary>
internal sealed class CountFunction : WindowFunction
{
    public override string Name => "count";

    public override string Summary => "How many readings of the field the window holds.";

    public override string SummaryZh => "窗口内该字段的读数个数。";

    public override string Unit => "none";

    internal override bool TakesAnyField => true;

    internal override double OfNothing => 0;

    public override FunctionExample Example => new("count(water_level, 5m) >= 4", "1m", "water_level: 0.1x6", "3m", "2m");

    internal override double Compute(in SampleWindow window, double limit) => window.Count;

    internal override (TermType Type, string? Unit) Result(TypedTerm field) => (TermType.Number, null);

    internal override string Show(FieldDefinition field, double value) => HistoryTerm.Number(value);
}
