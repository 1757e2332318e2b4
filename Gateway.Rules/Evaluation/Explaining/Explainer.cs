using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Compilation;
using Gateway.Rules.Expressions;
using Gateway.Rules.Files;
using Gateway.Rules.Functions;

namespace Gateway.Rules.Evaluation.Explaining;

/// <summary>Reads out of an engine's state how a rule stands to a device.</summary>
internal sealed class Explainer(EngineState state, CompiledRule rule, Device device)
{
    private readonly GroupPlan _plan = state.Devices.PlanOf(device.Index);

    /// <summary>How it stands.</summary>
    public AlertExplanation Explain()
    {
        AlertExplanation explanation = new() { Rule = rule.Name, Device = device.Id, At = new EventTime(state.NowMs) };
        if (NotMatched() is { Length: > 0 } why)
        {
            return explanation with { NotMatched = why };
        }

        if (!state.Devices.HasBlock(device.Index))
        {
            return explanation with { Absence = Absence(null), Levels = [.. rule.Levels.Select((_, i) => Level(i, null, _ => double.NaN))] };
        }

        double[] page = state.Devices.Block(device.Index, out int at);
        double received = DeviceTable.Received(page, at);
        long maxAgeMs = _plan.Conditions.Where(c => c.Rule == rule).Select(c => c.MaxAgeMs).FirstOrDefault();
        Func<int, double> latest = state.Values.Of(rule, device.Index);

        // As the last reading found them: a value that was too old then did not count.
        bool Counts(int column)
        {
            int position = rule.Layout.PositionOf(column);
            return position >= 0 && received - state.Devices.TimeOf(position, page, at) <= maxAgeMs;
        }

        double Row(int column) => column >= DuringTerm.FirstColumn || Counts(column) ? latest(column) : double.NaN;
        Episode? episode = state.Episodes.Find(rule.Index, device.Index, isAbsence: false);
        return explanation with
        {
            LastReceived = double.IsNaN(received) ? null : new EventTime((long)received),
            Levels = [.. rule.Levels.Select((_, i) => Level(i, episode, Row))],
            Values = Values(page, at, latest, Counts),
            Absence = Absence(_plan.AbsenceCell(rule) is >= 0 and var cell ? page[at + cell] : null),
        };
    }

    private string NotMatched()
    {
        DeviceMatch match = rule.Definition.Match;
        if (device.Profile != rule.Profile)
        {
            return $"the rule is for kind {rule.Profile.Kind}, the device is of kind {device.Profile.Kind}";
        }

        if (Array.IndexOf(state.Lane.Groups[state.Lane.GroupByDevice[device.Index]].Rules, rule) >= 0)
        {
            return "";
        }

        if (match.Devices.Count > 0 && match.Devices.All(d => d.Text != device.Id))
        {
            return $"the rule is for {match.Devices.Count} devices by name, and the device is none of them";
        }

        foreach ((string tag, SourceText value) in match.Tags)
        {
            if (!device.Tags.TryGetValue(tag, out string? has) || has != value.Text)
            {
                return $"the rule is for devices with {tag}={value}, the device has {(has is null ? $"no {tag}" : $"{tag}={has}")}";
            }
        }

        return $"the rule is for the areas {string.Join(", ", match.Areas)}, the device stands in {device.Area}";
    }

    private LevelExplanation Level(int index, Episode? episode, Func<int, double> row)
    {
        CompiledLevel level = rule.Levels[index];
        LevelState of = episode?.Levels[index] ?? default;
        TimeSpan? running = of.Phase == LevelPhase.Pending ? level.For : of.Phase == LevelPhase.Clearing ? level.KeepFiringFor : null;
        EventTime since = new(of.SinceMs);
        return new LevelExplanation(
            level.Severity,
            of.Phase.ToString().ToLowerInvariant(),
            running is null ? null : since,
            running is { } length ? since + length : null,
            ConditionExplanation.Of(level.Raise, row),
            ConditionExplanation.Of(level.Clear, row));
    }

    private List<ValueExplanation> Values(double[] page, int at, Func<int, double> latest, Func<int, bool> counts)
    {
        List<ValueExplanation> values = [];
        IEnumerable<Term> fields = rule.Layout.Columns.ToArray().Select(c => new FieldTerm(c, rule.Profile.Fields[c]));
        foreach (Term term in fields.Concat(rule.Layout.Histories))
        {
            int column = term is FieldTerm field ? field.Column : ((HistoryTerm)term).Column;
            int position = rule.Layout.PositionOf(column);
            if ((rule.Positions >> position & 1) != 0)
            {
                double observed = state.Devices.TimeOf(position, page, at);
                values.Add(new ValueExplanation(term.Describe(latest), double.IsNaN(observed) ? null : new EventTime((long)observed), counts(column)));
            }
        }

        return values;
    }

    private AbsenceExplanation? Absence(double? lastMs)
    {
        if (rule.Definition.Absent is not { } absent)
        {
            return null;
        }

        EventTime? heard = lastMs is { } known && !double.IsNaN(known) ? new EventTime((long)known) : null;
        bool isFiring = state.Episodes.Find(rule.Index, device.Index, isAbsence: true) is not null;
        return new AbsenceExplanation(absent.After, absent.Severity, heard, heard is { } time ? new EventTime(state.Absences.DueMs(rule, time.UnixMilliseconds)) : null, isFiring);
    }
}
