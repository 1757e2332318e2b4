namespace Gateway.Rules.Functions;

/// <summary>The largest value of a field over a window.</summary>
internal sealed class MaximumFunction : WindowFunction
{
    public override string Name => "max";

    public override string Summary => "The largest reading of the window.";

    public override string SummaryZh => "窗口内最大的读数。";

    public override FunctionExample Example => new("max(water_level, 10m) - water_level >= 0.10", "1m", "water_level: 0.20 0.30 0.25 0.19", "3m", "2m");

    internal override double Compute(in SampleWindow window, double limit)
    {
        double most = window.First;
        for (int i = 1; i < window.Count; i++)
        {
            most = Math.Max(most, window.Value(i));
        }

        return most;
    }
}
