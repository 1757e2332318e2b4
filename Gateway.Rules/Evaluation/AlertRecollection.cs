using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Areas;
using Gateway.Rules.Compilation;
using Gateway.Rules.Files;

namespace Gateway.Rules.Evaluation;

/// <summary>One stored value of a device: what a series keeps of a reading.</summary>
/// <param name="At">When it was measured.</param>
/// <param name="Metric">Name of the field.</param>
/// <param name="Value">The value.</param>
public readonly record struct RecalledValue(EventTime At, string Metric, double Value);

/// <summary>
/// What rules would say of readings that were stored, in place of an alert history that nobody keeps for rules without a case. It differs from what was
/// said on the day where a reading came late or never counted: a series knows when something was measured, not when it came. Rules that count other
/// devices are left out, and so is silence. Pure.
/// </summary>
public static class AlertRecollection
{
    /// <summary>The transitions of one device's alerts, in order.</summary>
    /// <param name="rules">The rules to ask, as written, overlays applied.</param>
    /// <param name="device">The device.</param>
    /// <param name="areas">The area tree that holds.</param>
    /// <param name="city">Calendars, time zone and mode.</param>
    /// <param name="values">Its values; those of one instant are one reading.</param>
    /// <param name="until">Until when timers are let run.</param>
    /// <returns>Empty where the rules do not compile for the device, as those of another day may not.</returns>
    public static IReadOnlyList<AlertTransition> Of(
        IReadOnlyList<RuleDefinition> rules, Device device, AreaTree areas, CityContext city, IEnumerable<RecalledValue> values, EventTime until)
    {
        Device alone = device with { Index = 0 };
        DeviceRegister register = new([device.Profile], [alone]);
        RuleDefinition[] asked = [.. rules.Where(r => r.Match.Kind.Text == device.Profile.Kind && r is { Mode: RuleMode.Active, Levels.Count: > 0 }).Select(r => r with { Absent = null })];
        if (asked.Length == 0 || RuleCompiler.CompileForTest(asked, register, areas, city).Rules is not { } compiled)
        {
            return [];
        }

        RuleEngine engine = new(compiled, register);
        ReadingBatch batch = new(device.Profile);
        List<AlertTransition> transitions = [];
        foreach (IGrouping<EventTime, RecalledValue> reading in values.Where(v => v.At <= until && device.Profile.ColumnByName.ContainsKey(v.Metric)).GroupBy(v => v.At).OrderBy(g => g.Key))
        {
            batch.Clear();
            Span<double> row = batch.Add(new ReadingBatch.Row(alone.Index, reading.Key, reading.Key, TimeQuality.Ok, -1));
            foreach (RecalledValue value in reading)
            {
                row[device.Profile.ColumnByName[value.Metric]] = value.Value;
            }

            engine.Evaluate(batch, 0, transitions);
        }

        engine.Advance(until, transitions);
        return [.. transitions.Where(t => t.Rule >= 0 && compiled.Rules[t.Rule].AreaTerms.Length == 0)];
    }
}
