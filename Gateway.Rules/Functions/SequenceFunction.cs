using Gateway.Rules.Expressions;

namespace Gateway.Rules.Functions;

/// <summary>One thing after another, within a time.</summary>
internal sealed class SequenceFunction : FunctionDefinition
{
    public override string Name => "sequence";

    public override string Signature => "sequence(first, then, within)";

    public override string Summary => "Whether the second condition holds at a reading and the first held at an earlier one of the same device, no longer ago than the time given.";

    public override string SummaryZh => "本条读数满足第二个条件，且同一设备在给定时间内较早的读数满足过第一个条件。";

    public override string Unit => "true or false";

    public override string UnknownWhen => "the second condition is not decided by the reading";

    public override FunctionExample Example => new("sequence(water_level >= 0.40, water_level < 0.10, 3m)", "1m", "water_level: 0.05 0.45 0.20 0.05 0.05", "3m", "2m");

    internal override TypedTerm? Bind(CallNode call, CallBinder binder) =>
        binder.HasArguments(call, this, 3) && binder.Condition(call, 0) is { } first && binder.Condition(call, 1) is { } then && binder.Window(call, this, 2) is { } within
            ? new TypedTerm(new SequenceTerm(first, then, within), TermType.Boolean, null, null)
            : null;
}
