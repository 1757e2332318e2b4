using Gateway.Rules.Expressions;

namespace Gateway.Rules.Functions;

/// <summary><see cref="TimeToFunction"/> for a field that falls to its limit; has no name of its own.</summary>
internal sealed class TimeToFallFunction : WindowFunction
{
    public override string Name => "time_to_fall";

    public override string Summary => "";

    public override string SummaryZh => "";

    public override FunctionExample Example => new("time_to(water_level <= 0.10, 10m) <= 10m", "5m", "water_level: 0.50 0.40 0.30 0.20 0.10", "15m", "10m");

    internal override double Compute(in SampleWindow window, double limit) => TimeToFunction.Compute(window, limit, falls: true);

    internal override (TermType Type, string? Unit) Result(TypedTerm field) => (TermType.Number, "s");
}
