using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Areas;
using Gateway.Rules.Compilation;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;

namespace Gateway.Rules.Testing;

/// <summary>Runs the tests written beside rules, through the engine the gateway runs.</summary>
public sealed class RuleTestRunner
{
    private const int LongestDays = 366;
    private const int CalendarEdgesADay = 16;

    // Any instant does where a test names none; a round one keeps times in causes readable.
    private static readonly DateTime UsualStart = new(2026, 1, 1, 8, 0, 0, DateTimeKind.Unspecified);

    private readonly RuleTestDefinition _test;
    private readonly DeviceRegister _devices;
    private readonly RuleEngine _engine;
    private readonly int _rules;
    private readonly RuleTestBudget _budget;
    private readonly TestCases _cases;
    private readonly List<AlertTransition> _transitions = [];
    private readonly List<RuleTestFailure> _failures;

    private RuleTestRunner(RuleTestDefinition test, DeviceRegister devices, RuleSet rules, TestCases cases, TimeZoneInfo zone, RuleTestBudget budget, List<RuleTestFailure> failures)
    {
        DateTime start = test.Start ?? UsualStart;
        Start = EventTime.From(new DateTimeOffset(start, zone.GetUtcOffset(start)));
        _test = test;
        _devices = devices;
        _engine = new RuleEngine(rules, devices);
        _rules = rules.Rules.Count;
        _budget = budget;
        _cases = cases;
        _failures = failures;
    }

    private EventTime Start { get; }

    /// <summary>Runs all tests of one rule file against the rules of that file.</summary>
    /// <param name="tests">The tests.</param>
    /// <param name="rules">The rules of the file; when they do not compile, every test fails with the first error.</param>
    /// <param name="devices">The city's register.</param>
    /// <param name="areas">The area tree.</param>
    /// <param name="context">Calendars, time zone and modes; a plain city when null.</param>
    /// <param name="budget">What all tests of the city may cost together; one of their own when null. A test that would cost more fails.</param>
    public static IReadOnlyList<RuleTestResult> Run(
        IReadOnlyList<RuleTestDefinition> tests, IReadOnlyList<RuleDefinition> rules, DeviceRegister devices, AreaTree areas, CityContext? context = null, RuleTestBudget? budget = null)
    {
        RuleTestBudget shared = budget ?? new RuleTestBudget();
        return tests.Select(test => Run(test, rules, devices, areas, context ?? CityContext.Plain, shared)).ToArray();
    }

    private static RuleTestResult Run(RuleTestDefinition test, IReadOnlyList<RuleDefinition> rules, DeviceRegister city, AreaTree areas, CityContext context, RuleTestBudget budget)
    {
        List<RuleTestFailure> failures = [];
        if (!budget.TakeCompilation(rules.Count))
        {
            return new RuleTestResult(test.Name, [TooMuchWork(test, "put rules and their tests into more files")]);
        }

        if (test.Every <= TimeSpan.Zero)
        {
            failures.Add(new RuleTestFailure(test.Name.Location, "every must be longer than nothing"));
        }

        if (test.Mode is { } mode && !context.Modes.Contains(mode.Text))
        {
            failures.Add(new RuleTestFailure(mode.Location, $"the city has no mode '{mode}': {Suggestion.Choice(mode.Text, [.. context.Modes])}"));
        }

        // A test says in which mode it plays; otherwise it means normal days, whatever today is.
        context = context with { Mode = test.Mode?.Text ?? context.Modes[0] };
        DeviceRegister devices = TestDevices.Create(test, rules, city, areas, failures);
        RuleCompilation compilation = RuleCompiler.CompileForTest(rules, devices, areas, context);
        if (compilation.Rules is null)
        {
            Finding first = compilation.Findings.First(f => f.Level == FindingLevel.Error);
            failures.Add(new RuleTestFailure(first.Location, $"the rules do not compile: {first.Code} {first.Message}"));
        }

        if (failures.Count == 0)
        {
            TestCases cases = new(rules, devices, areas, context);
            new RuleTestRunner(test, devices, compilation.Rules!, cases, context.TimeZone, budget, failures).Play();
        }

        return new RuleTestResult(test.Name, failures);
    }

    private void Play()
    {
        List<Step> steps = ReadSeries();
        if (_failures.Count > 0)
        {
            return;
        }

        // Calendars may begin and end every day of it.
        double days = steps.Count == 0 ? 0 : (steps[^1].At - Start).TotalDays;
        if (days > LongestDays)
        {
            _failures.Add(new RuleTestFailure(_test.Name.Location, $"the series go on for {days:0} days, at most {LongestDays}"));
            return;
        }

        if (!_budget.TakeReadings(steps.Count + (int)(days * CalendarEdgesADay), _test.Expect.Count, _devices.Devices.Count, _rules))
        {
            _failures.Add(TooMuchWork(_test, "give it fewer readings"));
            return;
        }

        // All expectations are looked at after the whole test has run, so that a failure can name times that lie after it.
        List<Outcome> outcomes = [];
        int next = 0;
        int seen = 0;
        foreach (RuleTestExpectation expectation in _test.Expect.OrderBy(e => e.At))
        {
            Feed(steps, ref next, Start + expectation.At);
            _engine.Advance(Start + expectation.At, _transitions);
            _cases.Take(_transitions, Start + expectation.At);
            ActiveAlert[] firing = _engine.ActiveAlerts().Where(a => a.State == AlertState.Firing).ToArray();
            seen += firing.Length;
            if (_transitions.Count + seen > RuleTestBudget.AlertLimit)
            {
                break;
            }

            outcomes.Add(new Outcome(expectation, firing, expectation.Cases is null ? null : TestCases.Compare(expectation.Cases, _cases.Open)));
        }

        Feed(steps, ref next, EventTime.MaxValue);
        if (_transitions.Count + seen > RuleTestBudget.AlertLimit)
        {
            _failures.Add(new RuleTestFailure(_test.Name.Location, $"more than {RuleTestBudget.AlertLimit} alerts are raised, cleared or looked at; give it fewer readings or expectations"));
            return;
        }

        Compare(outcomes);
    }

    private void Compare(List<Outcome> outcomes)
    {
        foreach ((RuleTestExpectation expected, IReadOnlyList<ActiveAlert> actual, string? cases) in outcomes)
        {
            if (!_budget.TakeComparison((expected.Alerts?.Count ?? 0) + (expected.Cases?.Count ?? 0), actual.Count))
            {
                _failures.Add(TooMuchWork(_test, "expect fewer alerts at a time"));
                return;
            }

            if (expected.Alerts is not null)
            {
                _failures.AddRange(AlertComparison.Compare(expected, actual, _transitions, Start).Take(RuleTestBudget.FailureLimit - _failures.Count));
            }

            if (cases is not null && _failures.Count < RuleTestBudget.FailureLimit)
            {
                _failures.Add(new RuleTestFailure(expected.Location, $"at {DurationText.Format(expected.At)}: {cases}"));
            }
        }
    }

    private void Feed(List<Step> steps, ref int next, EventTime until)
    {
        for (; next < steps.Count && steps[next].At <= until && _transitions.Count <= RuleTestBudget.AlertLimit; next++)
        {
            Step step = steps[next];
            Device device = _devices.Devices[step.Device];
            var batch = new ReadingBatch(device.Profile);
            Span<double> values = batch.Add(new ReadingBatch.Row(device.Index, step.At, step.At, TimeQuality.Ok, -1));
            foreach (SeriesColumn column in step.Columns)
            {
                values[column.Column] = step.Number < column.Values.Count ? column.Values[step.Number] : double.NaN;
            }

            _engine.Evaluate(batch, 0, _transitions);
            _cases.Take(_transitions, step.At);
        }
    }

    // One message a device and step, in the order of the series; a step without any value is no message.
    private List<Step> ReadSeries()
    {
        List<Step> steps = [];
        int values = 0;
        for (int device = 0; device < _test.Series.Count; device++)
        {
            SourceText text = _test.Series[device].Value;
            if (SeriesText.Read(text.Text, _devices.Devices[device].Profile, out IReadOnlyList<SeriesColumn> columns, out int offset) is { } error)
            {
                _failures.Add(new RuleTestFailure(text.At(offset), error));
                continue;
            }

            values += columns.Sum(c => c.Values.Count);
            if (values > RuleTestBudget.ValueLimit)
            {
                _failures.Add(new RuleTestFailure(text.Location, $"the series of one test have at most {RuleTestBudget.ValueLimit} values together"));
                break;
            }

            int count = columns.Max(c => c.Values.Count);
            for (int number = 0; number < count; number++)
            {
                if (columns.Any(c => number < c.Values.Count && !double.IsNaN(c.Values[number])))
                {
                    steps.Add(new Step(Start + (_test.Every * number), device, number, columns));
                }
            }
        }

        return steps.OrderBy(s => s.At).ThenBy(s => s.Device).ToList();
    }

    private static RuleTestFailure TooMuchWork(RuleTestDefinition test, string fix) =>
        new(test.Name.Location, $"it is not run: the tests of the city are too much work; {fix}");

    private sealed record Outcome(RuleTestExpectation Expected, IReadOnlyList<ActiveAlert> Actual, string? Cases);

    private sealed record Step(EventTime At, int Device, int Number, IReadOnlyList<SeriesColumn> Columns);
}
