using Gateway.Rules.Expressions;

namespace Gateway.Rules.Functions;

/// <summary>The newest value of a field, if it is young enough.</summary>
internal sealed class LastFunction : WindowFunction
{
    public override string Name => "last";

    public override string Summary => "The newest value of the field, if it is no older than the window: for a field that does not come with every message.";

    public override string SummaryZh => "该字段最新的值，须不早于窗口；用于并非每条消息都携带的字段。";

    internal override bool TakesAnyField => true;

    public override FunctionExample Example => new("last(water_level, 10m) >= 0.5", "1m", "water_level: 0.1 0.2 0.3 0.5", "3m", "2m");

    internal override double Compute(in SampleWindow window, double limit) => window.Last;

    internal override (TermType Type, string? Unit) Result(TypedTerm field) => (field.Type, field.Unit);
}
