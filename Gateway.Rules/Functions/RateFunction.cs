using Gateway.Protocols.Devices;
using Gateway.Rules.Expressions;

namespace Gateway.Rules.Functions;

/// <summary>How fast a field rises over a window.</summary>
internal sealed class RateFunction : WindowFunction
{
    public override string Name => "rate";

    public override string Summary => "The rise over the window, a second: the newest value less the oldest, over the time between them.";

    public override string SummaryZh => "窗口内平均每秒的上升量：最新值减最早值，除以两者相隔的秒数。";

    public override string Unit => "of the field, a second";

    public override string UnknownWhen => "the window holds a single reading";

    public override FunctionExample Example => new("rate(water_level, 10m) * 3600 >= 0.5", "5m", "water_level: 0.05 0.05 0.07 0.14 0.23", "15m", "10m");

    internal override double Compute(in SampleWindow window, double limit) => window.Count < 2 ? double.NaN : (window.Last - window.First) / window.Seconds;

    internal override (TermType Type, string? Unit) Result(TypedTerm field) => (TermType.Number, null);

    internal override string Show(FieldDefinition field, double value) => HistoryTerm.Number(value);
}
