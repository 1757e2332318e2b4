namespace Gateway.Rules.Functions;

/// <summary>How much a field has risen over a window.</summary>
internal sealed class RiseFunction : WindowFunction
{
    public override string Name => "rise";

    public override string Summary => "The newest value less the oldest of the window; negative when it has fallen.";

    public override string SummaryZh => "窗口内最新值减最早值，下降时为负。";

    public override string UnknownWhen => "the window holds a single reading";

    public override FunctionExample Example => new("rise(water_level, 5m) >= 0.12", "1m", "water_level: 0.05 0.05 0.07 0.11 0.16 0.21", "5m", "4m");

    internal override double Compute(in SampleWindow window, double limit) => window.Count < 2 ? double.NaN : window.Last - window.First;
}
