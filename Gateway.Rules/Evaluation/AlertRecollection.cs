using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Areas;
using Gateway.Rules.Compilation;
using Gateway.Rules.Files;

namespace Gateway.Rules.Evaluation;

/// <summary>One stored value of a device: what a series keeps of a reading.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="At">When it was measured.</param>
/// <param name="Metric">Name of the field.</param>
/// <param name="Value">The value.</param>
public readonly record struct RecalledValue(string DeviceId, EventTime At, string Metric, double Value);

/// <summary>
/// What rules would say of readings that were stored, in place of an alert history that nobody keeps for rules without a case. It differs from what was
/// said on the day where a reading came late or never counted: a series knows when something was measured, not when it came. Rules that count other
/// devices are left out, and so is silence. Pure.
/// </summary>
public static class AlertRecollection
{
    /// <summary>The transitions of the devices' alerts, in order.</summary>
    /// <param name="rules">The rules to ask, as written, overlays applied.</param>
    /// <param name="devices">The devices.</param>
    /// <param name="areas">The area tree that holds.</param>
    /// <param name="city">Calendars, time zone and mode.</param>
    /// <param name="values">Their values; those of one device and instant are one reading.</param>
    /// <param name="until">Until when timers are let run.</param>
    /// <returns>Nothing of rules that do not compile for the devices, as those of another day may not.</returns>
    public static IReadOnlyList<AlertTransition> Of(
        IReadOnlyList<RuleDefinition> rules, IReadOnlyList<Device> devices, AreaTree areas, CityContext city, IEnumerable<RecalledValue> values, EventTime until)
    {
        DeviceRegister register = new([.. devices.Select(d => d.Profile).Distinct()], [.. devices.Select((d, i) => d with { Index = i })]);
        RuleDefinition[] asked = [.. rules.Where(r => register.Profiles.Any(p => p.Kind == r.Match.Kind.Text) && r is { Mode: RuleMode.Active, Levels.Count: > 0 }).Select(r => r with { Absent = null })];
        if (Compiled(asked) is not { } compiled)
        {
            return [];
        }

        RuleEngine engine = new(compiled, register);
        Dictionary<DeviceProfile, ReadingBatch> batches = register.Profiles.ToDictionary(p => p, p => new ReadingBatch(p));
        List<AlertTransition> transitions = [];
        foreach (IGrouping<(EventTime At, string DeviceId), RecalledValue> reading in values.Where(v => v.At <= until).GroupBy(v => (v.At, v.DeviceId)).OrderBy(g => g.Key.At))
        {
            if (register.Find(reading.Key.DeviceId) is not { } device)
            {
                continue;
            }

            ReadingBatch batch = batches[device.Profile];
            batch.Clear();
            Span<double> row = batch.Add(new ReadingBatch.Row(device.Index, reading.Key.At, reading.Key.At, TimeQuality.Ok, -1));
            foreach (RecalledValue value in reading)
            {
                if (device.Profile.ColumnByName.TryGetValue(value.Metric, out int column) && device.Profile.Fields[column].IsNumeric)
                {
                    row[column] = value.Value;
                }
            }

            engine.Evaluate(batch, 0, transitions);
        }

        engine.Advance(until, transitions);
        return [.. transitions.Where(t => t.Rule >= 0 && compiled.Rules[t.Rule].AreaTerms.Length == 0)];

        // All of them, or those that compile alone.
        RuleSet? Compiled(RuleDefinition[] some) => some.Length == 0
            ? null
            : RuleCompiler.CompileForTest(some, register, areas, city).Rules
                ?? (some.Where(r => RuleCompiler.CompileForTest([r], register, areas, city).Rules is not null).ToArray() is { Length: > 0 } left && left.Length < some.Length ? Compiled(left) : null);
    }
}
