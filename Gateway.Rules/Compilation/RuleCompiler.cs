using Gateway.Protocols.Devices;
using Gateway.Rules.Areas;
using Gateway.Rules.Expressions;
using Gateway.Rules.Files;
using Gateway.Rules.Functions;

namespace Gateway.Rules.Compilation;

/// <summary>
/// Rules as written to rules that run. All findings of all rules are collected; a set comes out only when none of them is an error.
/// Codes: R101-R118 an expression, R201-R216 a rule (see the table in README.md beside this file).
/// </summary>
public sealed class RuleCompiler
{
    private readonly DeviceRegister _devices;
    private readonly AreaTree _areas;
    private readonly CityContext _city;
    private readonly List<Finding> _findings = [];
    private readonly Dictionary<string, DeviceProfile> _profiles;

    private RuleCompiler(DeviceRegister devices, AreaTree areas, CityContext? city)
    {
        _devices = devices;
        _areas = areas;
        _city = city ?? CityContext.Plain;
        _profiles = devices.Profiles.ToDictionary(p => p.Kind, StringComparer.Ordinal);
    }

    /// <summary>Compiles <paramref name="rules"/> for the devices, areas, calendars and mode of one snapshot; a plain city has none, and is in normal mode.</summary>
    public static RuleCompilation Compile(IReadOnlyList<RuleDefinition> rules, DeviceRegister devices, AreaTree areas, CityContext? city = null) =>
        new RuleCompiler(devices, areas, city).Compile(rules, checksMatch: true);

    /// <summary>
    /// The findings of the expressions alone, for a city that has errors elsewhere, so that an operator sees everything in one round.
    /// A rule whose kind has no profile is passed over: that has a finding of its own.
    /// </summary>
    public static IReadOnlyList<Finding> CheckExpressions(IReadOnlyList<RuleDefinition> rules, DeviceRegister devices, CityContext? city = null)
    {
        RuleCompiler compiler = new(devices, AreaTree.Empty, city);
        foreach (RuleDefinition rule in rules)
        {
            if (compiler._profiles.TryGetValue(rule.Match.Kind.Text, out DeviceProfile? profile))
            {
                foreach (SourceText expression in rule.Levels.SelectMany(l => l.Clear is { } clear ? new[] { l.Expression, clear } : [l.Expression]))
                {
                    ConditionBinder.Bind(new BindingScope(expression, profile, compiler._city, ""), compiler._findings);
                }
            }
        }

        return compiler._findings;
    }

    /// <summary>Compiles for a handful of devices in place of the whole register: what a rule matches is then no matter for findings.</summary>
    internal static RuleCompilation CompileForTest(IReadOnlyList<RuleDefinition> rules, DeviceRegister devices, AreaTree areas, CityContext? city) =>
        new RuleCompiler(devices, areas, city).Compile(rules, checksMatch: false);

    private RuleCompilation Compile(IReadOnlyList<RuleDefinition> definitions, bool checksMatch)
    {
        List<Draft> drafts = [];
        var byName = new Dictionary<string, SourceLocation>(StringComparer.Ordinal);
        foreach (RuleDefinition definition in definitions)
        {
            if (!byName.TryAdd(definition.Alert.Text, definition.Alert.Location))
            {
                Error("R201", definition.Alert, $"the rule '{definition.Alert.Text}' exists already at {byName[definition.Alert.Text]}", "give it another name");
            }

            if (checksMatch)
            {
                CheckNames(definition.Match);
            }

            if (BindRule(definition) is { } draft)
            {
                drafts.Add(draft);
            }
        }

        Dictionary<DeviceProfile, KindLayout> layouts = [];
        foreach (IGrouping<DeviceProfile, Draft> kind in drafts.GroupBy(d => d.Profile))
        {
            CompiledLevel[] levels = [.. kind.SelectMany(d => d.Levels)];
            KindLayout layout = new(kind.Key, levels.Aggregate(0UL, (used, level) => used | level.Columns), levels.SelectMany(l => l.Histories));
            layouts.Add(kind.Key, layout);
            CheckWidth(layout, kind);
        }

        TimeSpan[] latenesses = [.. definitions.Select(d => d.Lateness).Distinct()];
        if (latenesses.Length > RuleSet.LaneLimit)
        {
            SourceText at = definitions.First(d => d.Lateness == latenesses[RuleSet.LaneLimit]).Alert;
            Error("R216", at, $"the rules wait for late readings in {latenesses.Length} different ways, at most {RuleSet.LaneLimit}", "give rules the same lateness");
        }

        if (_findings.Any(f => f.Level == FindingLevel.Error))
        {
            return new RuleCompilation(null, _findings);
        }

        RuleSet set = Assemble(drafts, layouts);
        foreach (CompiledRule rule in set.Rules.Where(r => checksMatch && r.MatchedDevices == 0))
        {
            Warn("R202", rule.Definition.Match.Kind, $"the rule '{rule.Name}' matches no registered device", "check kind, tags, devices and areas of its match");
        }

        return new RuleCompilation(set, _findings);
    }

    private RuleSet Assemble(List<Draft> drafts, Dictionary<DeviceProfile, KindLayout> layouts)
    {
        CompiledRule[] rules = drafts
            .Select((d, index) => new CompiledRule(index, d.Definition, layouts[d.Profile], d.Levels, MeaningHash.Of(d.Definition, d.Levels)))
            .ToArray();
        // Rules that act at once come first, whether there are any or not.
        IReadOnlyList<RuleLane> lanes = [.. rules.Select(r => r.Definition.Lateness).Append(TimeSpan.Zero).Distinct().Order().Select(lateness =>
        {
            (int[] groupByDevice, IReadOnlyList<RuleGroup> groups) = RuleMatcher.Match([.. rules.Where(r => r.Definition.Lateness == lateness)], _devices, _areas);
            return new RuleLane(lateness, groupByDevice, groups);
        })];
        return new RuleSet(rules, _devices, lanes, MeaningHash.Of(rules))
        {
            Calendars = Number(drafts.SelectMany(d => d.Levels).SelectMany(l => l.Calendars), d => d.Canonical, (d, number) => d.Number = number),
            AreaTerms = [.. Number(drafts.SelectMany(d => d.Levels).SelectMany(l => l.Histories).OfType<AreaTerm>(), t => t.Canonical, (t, number) => t.Index = number)
                .Select(t => new AreaCount(t, AreaGroups.Of(t, _devices, _areas)))],
        };
    }

    // Equal terms of different rules get one number and one place.
    private static T[] Number<T>(IEnumerable<T> terms, Func<T, string> meaning, Action<T, int> tell)
    {
        List<T> distinct = [];
        Dictionary<string, int> numbers = new(StringComparer.Ordinal);
        foreach (T term in terms)
        {
            if (numbers.TryAdd(meaning(term), distinct.Count))
            {
                distinct.Add(term);
            }

            tell(term, numbers[meaning(term)]);
        }

        return [.. distinct];
    }

    private Draft? BindRule(RuleDefinition definition)
    {
        if (!_profiles.TryGetValue(definition.Match.Kind.Text, out DeviceProfile? profile))
        {
            Error("R203", definition.Match.Kind, $"there is no device kind '{definition.Match.Kind.Text}'", Suggestion.Choice(definition.Match.Kind.Text, _profiles.Keys));
            return null;
        }

        string match = MeaningHash.Of(definition.Match);
        Condition? Bind(SourceText expression) => ConditionBinder.Bind(new BindingScope(expression, profile, _city, match), _findings);
        List<CompiledLevel> levels = [];
        foreach (LevelDefinition level in definition.Levels)
        {
            // Both are bound before either failure counts, so that all errors show.
            Condition? raise = Bind(level.Expression);
            Condition? clear = level.Clear is { } written ? Bind(written) : raise?.Negated();
            if (raise is not null && clear is not null)
            {
                levels.Add(new CompiledLevel
                {
                    Severity = level.Severity,
                    Raise = raise,
                    Clear = clear,
                    HasOwnClear = level.Clear is not null,
                    For = level.For,
                    KeepFiringFor = level.KeepFiringFor,
                });
            }
        }

        if (levels.Count < definition.Levels.Count)
        {
            return null;
        }

        RuleChecks.Check(definition, levels, profile, _findings);
        return new Draft(definition, profile, levels);
    }

    private void CheckWidth(KindLayout layout, IEnumerable<Draft> drafts)
    {
        if (layout.Width > DeviceProfile.FieldCountLimit)
        {
            SourceText at = drafts.First(d => d.Levels.Any(l => l.Histories.Any())).Definition.Alert;
            Error("R116", at, $"the rules of kind {layout.Profile.Kind} read {layout.Columns.Length} fields and make {layout.Histories.Count} different function calls, together at most {DeviceProfile.FieldCountLimit}", "use the same windows and limits in several rules");
        }
    }

    private void CheckNames(DeviceMatch match)
    {
        foreach (SourceText device in match.Devices.Where(d => _devices.Find(d.Text) is null))
        {
            Error("R204", device, $"there is no device '{device.Text}'", Suggestion.Choice(device.Text, _devices.Devices.Take(10_000).Select(d => d.Id).ToArray()));
        }

        foreach (SourceText area in match.Areas.Where(a => _areas.Find(a.Text) is null))
        {
            Error("R205", area, $"there is no area '{area.Text}'", Suggestion.Choice(area.Text, _areas.Areas.Select(a => a.Code).ToArray()));
        }
    }

    private void Error(string code, SourceText at, string message, string fix) =>
        _findings.Add(new Finding(FindingLevel.Error, code, at.Location, message, fix));

    private void Warn(string code, SourceText at, string message, string fix) =>
        _findings.Add(new Finding(FindingLevel.Warning, code, at.Location, message, fix));

    private sealed record Draft(RuleDefinition Definition, DeviceProfile Profile, IReadOnlyList<CompiledLevel> Levels);
}
