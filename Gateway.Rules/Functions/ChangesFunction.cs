using Gateway.Protocols.Devices;
using Gateway.Rules.Expressions;

namespace Gateway.Rules.Functions;

/// <summary>How often a field changes its value: flapping.</summary>
internal sealed class ChangesFunction : WindowFunction
{
    public override string Name => "changes";

    public override string Summary => "How often the value differs from the one before, over the readings of the window: a contact that flaps, a sensor that jumps.";

    public override string SummaryZh => "窗口内读数与前一条不同的次数：触点抖动、读数跳变。";

    public override string Unit => "none";

    internal override bool TakesAnyField => true;

    public override FunctionExample Example => new("changes(water_level, 10m) >= 3", "1m", "water_level: 0.1 0.2 0.2 0.1 0.3", "4m", "3m");

    internal override double Compute(in SampleWindow window, double limit)
    {
        int changes = 0;
        for (int i = 1; i < window.Count; i++)
        {
            changes += window.Value(i) != window.Value(i - 1) ? 1 : 0;
        }

        return changes;
    }

    internal override (TermType Type, string? Unit) Result(TypedTerm field) => (TermType.Number, null);

    internal override string Show(FieldDefinition field, double value) => HistoryTerm.Number(value);
}
