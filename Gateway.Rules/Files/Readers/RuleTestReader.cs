using Gateway.Rules.Evaluation;
using Gateway.Rules.Files.Yaml;

namespace Gateway.Rules.Files.Readers;

/// <summary>Reads the <c>tests:</c> of a rule file.</summary>
internal sealed class RuleTestReader(FindingSink sink, IReadOnlyCollection<string> alerts)
{
    private const int TestCountLimit = 10_000;
    private const int SeriesCountLimit = 100;
    private const int SeriesLengthLimit = 16_384;
    private const int ExpectationCountLimit = 1_000;

    private static readonly TimeSpan LongestTest = TimeSpan.FromDays(366);

    private readonly HashSet<string> _alerts = [.. alerts];

    public List<RuleTestDefinition> Read(MapReader file)
    {
        Dictionary<string, SourceLocation> names = new(StringComparer.Ordinal);
        List<RuleTestDefinition> tests = [];
        foreach (YamlNode node in file.List("tests", TestCountLimit))
        {
            if (ReadTest(node) is not { } test)
            {
                continue;
            }

            tests.Add(test);
            if (test.Name.Text.Length > 0 && !names.TryAdd(test.Name.Text, test.Name.Location))
            {
                SourceLocation first = names[test.Name.Text];
                sink.Add(FindingCodes.DuplicateTest, test.Name.Location, $"test {FindingSink.Quote(test.Name.Text)} is written twice, first at {first}");
            }
        }

        return tests;
    }

    private RuleTestDefinition? ReadTest(YamlNode node)
    {
        if (MapReader.Over(node, sink, "test") is not { } map)
        {
            return null;
        }

        SourceText name = map.Text("name", required: true, lengthLimit: 256) ?? new SourceText("", map.Location);
        TimeSpan every = map.Duration("every", TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1), required: true) ?? TimeSpan.FromSeconds(1);
        DateTime? start = map.LocalTime("start");
        SourceText? mode = map.Text("mode");
        List<KeyValuePair<SourceText, SourceText>> series = ReadSeries(map);
        HashSet<string> devices = [.. series.Select(s => s.Key.Text)];
        List<RuleTestExpectation> expect = [];
        foreach (YamlNode item in map.List("expect", ExpectationCountLimit, required: true))
        {
            if (MapReader.Over(item, sink, "expectation") is { } expectation)
            {
                TimeSpan? at = expectation.Duration("at", TimeSpan.Zero, LongestTest, required: true);
                bool hasAlerts = expectation.Has("alerts");
                bool hasCases = expectation.Has("cases");
                List<ExpectedAlert> alerts = ReadAlerts(expectation, devices);
                List<ExpectedCase> cases = ReadCases(expectation, devices);
                if (!hasAlerts && !hasCases)
                {
                    sink.Add(FindingCodes.MissingKey, expectation.Location, "expectation without alerts", "add alerts: or cases:, [] for none");
                }

                expectation.RejectUnknownKeys();
                expect.Add(new RuleTestExpectation(at ?? TimeSpan.Zero, hasAlerts ? alerts : null, expectation.Location) { Cases = hasCases ? cases : null });
            }
        }

        map.RejectUnknownKeys();
        return new RuleTestDefinition { Name = name, Start = start, Mode = mode, Every = every, Series = series, Expect = expect };
    }

    private List<KeyValuePair<SourceText, SourceText>> ReadSeries(MapReader test)
    {
        List<KeyValuePair<SourceText, SourceText>> series = [];
        MapReader? map = test.Map("series", required: true);
        foreach ((SourceText device, YamlNode value) in map?.NamedEntries(NamePattern.Device, "device id", SeriesCountLimit, "series in one test") ?? [])
        {
            if (MapReader.TextOf(value, "series", sink, SeriesLengthLimit) is { } text)
            {
                series.Add(new(device, text));
            }
        }

        return series;
    }

    private List<ExpectedAlert> ReadAlerts(MapReader expectation, HashSet<string> devices)
    {
        List<ExpectedAlert> expected = [];
        foreach (YamlNode node in expectation.List("alerts", ExpectationCountLimit))
        {
            if (MapReader.IsText(node))
            {
                if (MapReader.TextOf(node, "alert", sink, MapReader.NameLengthLimit) is { } name)
                {
                    CheckAlert(name);
                    expected.Add(new ExpectedAlert(name.Text, null, null));
                }
            }
            else if (MapReader.Over(node, sink, "expected alert") is { } map)
            {
                expected.Add(ReadAlert(map, devices));
            }
        }

        return expected;
    }

    private ExpectedAlert ReadAlert(MapReader map, HashSet<string> devices)
    {
        SourceText? alert = map.Text("alert", required: true);
        if (alert is { } name)
        {
            CheckAlert(name);
        }

        SourceText? device = map.Text("device");
        CheckDevice(device, devices);
        AlertSeverity? severity = map.Word("severity", RuleFileReader.Severities);
        map.RejectUnknownKeys();
        return new ExpectedAlert(alert?.Text ?? "", device?.Text, severity);
    }

    private List<ExpectedCase> ReadCases(MapReader expectation, HashSet<string> devices)
    {
        List<ExpectedCase> expected = [];
        foreach (YamlNode node in expectation.List("cases", ExpectationCountLimit))
        {
            if (MapReader.Over(node, sink, "expected case") is not { } map)
            {
                continue;
            }

            SourceText? kind = map.Text("event", required: true);
            SourceText? device = map.Text("device");
            CheckDevice(device, devices);
            AlertSeverity? severity = map.Word("severity", RuleFileReader.Severities);
            int? occurrences = map.Text("occurrences") is { } count ? (int?)MapReader.WholeOf(count, "occurrences", 1, 1_000_000, sink) : null;
            map.RejectUnknownKeys();
            if (kind is { } known)
            {
                expected.Add(new ExpectedCase(known.Text, device?.Text, severity, occurrences));
            }
        }

        return expected;
    }

    private void CheckDevice(SourceText? device, HashSet<string> devices)
    {
        if (device is { } id && !devices.Contains(id.Text))
        {
            sink.Add(FindingCodes.TestDevice, id.Location, $"device {FindingSink.Quote(id.Text)} has no series in this test", Suggestion.Fix(id.Text, devices));
        }
    }

    private void CheckAlert(SourceText name)
    {
        if (!_alerts.Contains(name.Text))
        {
            sink.Add(FindingCodes.TestAlert, name.Location, $"no rule of this file is called {FindingSink.Quote(name.Text)}", Suggestion.Fix(name.Text, _alerts));
        }
    }
}
