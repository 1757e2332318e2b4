namespace Gateway.Rules.Functions;

/// <summary>The sum of a field over a window.</summary>
internal sealed class SumFunction : WindowFunction
{
    public override string Name => "sum";

    public override string Summary => "The sum of the readings of the window, for fields that report an amount since the last reading.";

    public override string SummaryZh => "窗口内读数之和，用于上报增量的字段（如时段雨量）。";

    public override FunctionExample Example => new("sum(water_level, 2m) > 0.5", "1m", "water_level: 0.1 0.1 0.2 0.3", "3m", "2m");

    internal override double Compute(in SampleWindow window, double limit) => window.Sum;
}
