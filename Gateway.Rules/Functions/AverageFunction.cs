namespace Gateway.Rules.Functions;

/// <summary>The mean of a field over a window.</summary>
internal sealed class AverageFunction : WindowFunction
{
    public override string Name => "avg";

    public override string Summary => "The mean of the readings of the window.";

    public override string SummaryZh => "窗口内读数的平均值。";

    public override FunctionExample Example => new("avg(water_level, 3m) >= 0.20", "1m", "water_level: 0.10 0.10 0.10 0.10 0.30 0.40", "5m", "4m");

    internal override double Compute(in SampleWindow window, double limit) => window.Mean;
}
