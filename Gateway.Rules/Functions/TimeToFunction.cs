using Gateway.Protocols.Devices;
using Gateway.Rules.Expressions;
using Gateway.Rules.Files;

namespace Gateway.Rules.Functions;

/// <summary>When a field will reach a limit if it goes on as it does: rising to it, or falling.</summary>
internal sealed class TimeToFunction(bool falls = false) : WindowFunction
{
    private const double Never = 1e12; // seconds: longer than any duration that can be written

    private static readonly TimeSpan WindowWhenNotGiven = TimeSpan.FromHours(1);

    public override string Name => "time_to";

    public override string Signature => "time_to(field, limit, window) or time_to(field <= limit, window)";

    public override string Summary => "Seconds until the field rises to the limit (or falls to it, where it is written with <=), along the straight line that fits the readings of the window best, an hour unless given. 0 when it is there already, longer than any duration when it does not go there.";

    public override string SummaryZh => "按窗口（缺省 1 小时）内读数的最小二乘直线外推，上升到限值（写 <= 时为下降到限值）还需多少秒；已到为 0，不朝限值变化时为极大值。";

    public override string Unit => "seconds; compare it with a duration: <= 1h";

    public override string UnknownWhen => "the window holds fewer than three readings and the limit is not reached";

    public override FunctionExample Example => new("time_to(water_level, 0.45, 15m) <= 20m", "5m", "water_level: 0.05 0.05 0.06 0.12 0.24 0.36", "20m", "15m");

    internal override (TermType Type, string? Unit) Result(TypedTerm field) => (TermType.Number, "s");

    internal override string Meaning => falls ? "time_to_fall" : Name;

    internal override string BeforeLimit => falls ? " <= " : base.BeforeLimit;

    internal override string Show(FieldDefinition field, double value) =>
        double.IsNaN(value) ? ValueText.Format(field, value) : value >= Never ? "never" : DurationText.Format(TimeSpan.FromSeconds(Math.Ceiling(value)));

    internal override double Compute(in SampleWindow window, double limit)
    {
        if (falls ? window.Last <= limit : window.Last >= limit)
        {
            return 0;
        }

        if (window.Count < 3)
        {
            return double.NaN;
        }

        double left = (limit - window.Last) / Slope(window);
        return left >= 0 && left < Never ? left : Never;
    }

    internal override TypedTerm? Bind(CallNode call, CallBinder binder)
    {
        if (call.Arguments is [ComparisonNode { Operator: ComparisonOperator.Less or ComparisonOperator.LessOrEqual or ComparisonOperator.Greater or ComparisonOperator.GreaterOrEqual } comparison, ..])
        {
            CallNode plain = call with { Arguments = [comparison.Left, comparison.Right, .. call.Arguments.Skip(1)] };
            return Bind(plain, binder, new TimeToFunction(comparison.Operator is ComparisonOperator.Less or ComparisonOperator.LessOrEqual));
        }

        return Bind(call, binder, this);
    }

    private TypedTerm? Bind(CallNode call, CallBinder binder, WindowFunction function)
    {
        if (!binder.HasArguments(call, this, 2, 3) || binder.Field(call, this, 0) is not { } field || binder.Limit(call, this, 1, field) is not { } limit)
        {
            return null;
        }

        TimeSpan? window = call.Arguments.Count == 3 ? binder.Window(call, this, 2) : WindowWhenNotGiven;
        return window is { } given ? Term(function, field, given, limit) : null;
    }

    /// <summary>Of the line through the readings with the least squares, a second.</summary>
    private static double Slope(in SampleWindow window)
    {
        double meanValue = window.Mean;
        double meanTime = 0;
        for (int i = 0; i < window.Count; i++)
        {
            meanTime += (window.Time(i) - window.Time(0)) / 1000d;
        }

        meanTime /= window.Count;
        double together = 0, alone = 0;
        for (int i = 0; i < window.Count; i++)
        {
            double seconds = ((window.Time(i) - window.Time(0)) / 1000d) - meanTime;
            together += seconds * (window.Value(i) - meanValue);
            alone += seconds * seconds;
        }

        return together / alone;
    }
}
