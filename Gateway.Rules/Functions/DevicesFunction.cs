using Gateway.Rules.Areas;
using Gateway.Rules.Expressions;

namespace Gateway.Rules.Functions;

/// <summary>How many devices of an area met a condition lately: k of n, one sensor vouching for another.</summary>
internal sealed class DevicesFunction : FunctionDefinition
{
    private static readonly IReadOnlyDictionary<string, AreaScope> Scopes = new Dictionary<string, AreaScope>(StringComparer.Ordinal)
    {
        ["building"] = AreaScope.Building,
        ["grid"] = AreaScope.Grid,
        ["community"] = AreaScope.Community,
        ["street"] = AreaScope.Street,
    };

    public override string Name => "devices";

    public override string Signature => "devices(condition, area=building|grid|community|street, within=D)";

    public override string Summary =>
        "How many devices that the rule watches, in the area of the device judged and itself included, met the condition at a reading received in the last D.";

    public override string SummaryZh => "被判断设备所在区域内（含本设备）、受本规则监视且最近 D 内收到的读数满足条件的设备数，用于“n 取 k”相互印证。";

    public override string Unit => "none";

    public override string UnknownWhen => "never";

    public override FunctionExample Example => new("water_level >= 0.10 and devices(water_level >= 0.10, area=grid, within=5m) >= 2", "1m", "water_level: 0.05 0.05 0.20 0.20", "2m", "1m")
    {
        Others = ["water_level: 0.20 0.05 0.05 0.05"],
    };

    internal override TypedTerm? Bind(CallNode call, CallBinder binder)
    {
        if (!binder.HasArguments(call, this, 3) || binder.Condition(call, 0) is not { } condition
            || binder.Named(call, this, "area") is not { } area || binder.Named(call, this, "within") is not { } within
            || binder.Word(area, [.. Scopes.Keys], "area level") is not { } word || binder.Window(call, this, within, "within=") is not { } window)
        {
            return null;
        }

        AreaLevel limit = binder.Scope.City.PartitionLevel;
        return Level(Scopes[word]) < limit
            ? binder.Refuse("R118", area.Offset, $"area={word} is wider than the {limit.ToString().ToLowerInvariant()} by which the city is divided", "count over a smaller area, or divide the city by a wider one: partition_level of city.yaml")
            : new TypedTerm(new AreaTerm(condition, Scopes[word], 0, window, binder.Scope.Match), TermType.Number, null, null);
    }

    private static AreaLevel Level(AreaScope scope) => scope switch
    {
        AreaScope.Street => AreaLevel.Street,
        AreaScope.Community => AreaLevel.Community,
        _ => AreaLevel.Grid,
    };
}
