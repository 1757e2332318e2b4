using Gateway.Rules.Expressions;

namespace Gateway.Rules.Functions;

/// <summary>How many other devices near by met a condition lately.</summary>
internal sealed class NeighboursFunction : FunctionDefinition
{
    private const int LongestMetres = 5_000;

    public override string Name => "neighbours";

    public override string Signature => "neighbours(condition, radius=METRES, within=D)";

    public override string Summary =>
        "How many other devices that the rule watches, no farther than the radius (1 to 5,000 m) from the device judged, met the condition at a reading received in the last D.";

    public override string SummaryZh => "以被判断设备为中心、半径（1 至 5000 米）内，受本规则监视且最近 D 内收到的读数满足条件的其他设备数。";

    public override string Unit => "none";

    public override string UnknownWhen => "never";

    public override FunctionExample Example => new("neighbours(water_level >= 0.20, radius=300, within=5m) >= 1", "1m", "water_level: 0.02 0.02 0.02 0.02", "2m", "1m")
    {
        Others = ["water_level: 0.02 0.30 0.30 0.30"],
    };

    internal override TypedTerm? Bind(CallNode call, CallBinder binder) =>
        binder.HasArguments(call, this, 3) && binder.Condition(call, 0) is { } condition
            && binder.Named(call, this, "radius") is { } radius && binder.Named(call, this, "within") is { } within
            && binder.Whole(call, this, radius, "radius=", 1, LongestMetres) is { } metres && binder.Window(call, this, within, "within=") is { } window
            ? new TypedTerm(new AreaTerm(condition, AreaScope.Radius, metres, window, binder.Scope.Match), TermType.Number, null, null)
            : null;
}
