namespace Gateway.Rules.Functions;

/// <summary>The smallest value of a field over a window.</summary>
internal sealed class MinimumFunction : WindowFunction
{
    public override string Name => "min";

    public override string Summary => "The smallest reading of the window.";

    public override string SummaryZh => "窗口内最小的读数。";

    public override FunctionExample Example => new("min(water_level, 2m) >= 0.15", "1m", "water_level: 0.05 0.20 0.30 0.20 0.20", "3m", "2m");

    internal override double Compute(in SampleWindow window, double limit)
    {
        double least = window.First;
        for (int i = 1; i < window.Count; i++)
        {
            least = Math.Min(least, window.Value(i));
        }

        return least;
    }
}
