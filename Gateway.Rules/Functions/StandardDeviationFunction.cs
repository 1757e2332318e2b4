namespace Gateway.Rules.Functions;

/// <summary>How much a field scatters over a window.</summary>
internal sealed class StandardDeviationFunction : WindowFunction
{
    public override string Name => "stddev";

    public override string Summary => "The standard deviation of the readings of the window (of the whole, not of a sample); near zero for a sensor that is stuck.";

    public override string SummaryZh => "窗口内读数的总体标准差；传感器卡死时接近零。";

    public override string UnknownWhen => "the window holds a single reading";

    public override FunctionExample Example => new("stddev(water_level, 3m) >= 0.10", "1m", "water_level: 0.10 0.11 0.10 0.40", "3m", "2m");

    internal override double Compute(in SampleWindow window, double limit)
    {
        if (window.Count < 2)
        {
            return double.NaN;
        }

        double mean = window.Mean;
        double squares = 0;
        for (int i = 0; i < window.Count; i++)
        {
            double off = window.Value(i) - mean;
            squares += off * off;
        }

        return Math.Sqrt(squares / window.Count);
    }
}
