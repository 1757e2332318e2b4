using Gateway.Rules.Expressions;

namespace Gateway.Rules.Functions;

/// <summary>How many of the last readings met a condition: N of the last M.</summary>
internal sealed class HitsFunction : FunctionDefinition
{
    public override string Name => "hits";

    public override string Signature => "hits(condition, M)";

    public override string Summary => "How many of the device's last M readings, the one judged included, met the condition; M is from 2 to 64.";

    public override string SummaryZh => "最近 M 条读数（含本条）中满足条件的条数，M 为 2 至 64，用于“M 中取 N”。";

    public override string Unit => "none";

    public override string UnknownWhen => "never; a reading that does not decide the condition is not counted among the M";

    public override FunctionExample Example => new("hits(water_level >= 0.15, 5) >= 3", "1m", "water_level: 0.05 0.20 0.05 0.20 0.05 0.20", "5m", "4m");

    internal override TypedTerm? Bind(CallNode call, CallBinder binder) =>
        binder.HasArguments(call, this, 2) && binder.Condition(call, 0) is { } condition && binder.Whole(call, this, 1, 2, HitsTerm.ReadingLimit) is { } readings
            ? new TypedTerm(new HitsTerm(condition, readings), TermType.Number, null, null)
            : null;
}
