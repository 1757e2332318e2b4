using Gateway.Rules.Expressions;

namespace Gateway.Rules.Functions;

/// <summary>Whether the hours of a calendar run.</summary>
internal sealed class DuringFunction : FunctionDefinition
{
    public override string Name => "during";

    public override string Signature => "during(calendar)";

    public override string Summary => "Whether the working hours of a calendar run, in the city's time; when they begin or end, rules that ask are judged anew without a reading.";

    public override string SummaryZh => "当前是否处于某工作日历的工作时段（城市时间）；时段开始或结束时，无需新读数即重新判断。";

    public override string Unit => "true or false";

    public override string UnknownWhen => "never";

    public override FunctionExample Example => new("water_level >= 0.10 and during(office)", "1m", "water_level: 0.20 0.20 0.20 0.20", "2m", "1m") { Start = "2026-01-05 08:28" };

    internal override TypedTerm? Bind(CallNode call, CallBinder binder)
    {
        if (!binder.HasArguments(call, this, 1) || binder.Word(call.Arguments[0], [.. binder.Scope.City.Calendars.Select(c => c.Id)], "calendar") is not { } id)
        {
            return null;
        }

        return new TypedTerm(new DuringTerm(binder.Scope.City.Calendars.First(c => c.Id == id)), TermType.Boolean, null, null);
    }
}
