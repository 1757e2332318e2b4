using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Areas;
using Gateway.Rules.Cases;
using Gateway.Rules.Compilation;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;
using Gateway.Rules.Suppression;

namespace Gateway.Rules.Testing;

/// <summary>The cases of one test: what the alerts of its rules file, through inhibition and the case book as in the gateway. Nobody works on them.</summary>
internal sealed class TestCases
{
    private readonly Dictionary<string, RuleDefinition> _rules;
    private readonly DeviceRegister _devices;
    private readonly AlertGate _gate = new();
    private readonly CaseBook _book;
    private readonly CaseChanges _changes = new();
    private int _taken;

    /// <summary>Creates an empty book.</summary>
    public TestCases(IReadOnlyList<RuleDefinition> rules, DeviceRegister devices, AreaTree areas, CityContext city)
    {
        _rules = rules.ToDictionary(r => r.Alert.Text, StringComparer.Ordinal);
        _devices = devices;
        _gate.Activate(rules, [], devices, areas, city.TimeZone, []);
        _book = new CaseBook(new CaseSettings { Router = new Router(new ResponsibilityList(new Dictionary<string, ResponsibleUnit>(), [], [])), Areas = areas, TimeZone = city.TimeZone, Mode = city.Mode });
    }

    /// <summary>Cases that are open.</summary>
    public IReadOnlyList<Case> Open => [.. _book.Cases.Where(c => c.IsOpen)];

    /// <summary>Takes the transitions that are new since the last call; those of one instant together.</summary>
    public void Take(List<AlertTransition> transitions, EventTime now)
    {
        if (transitions.Count == _taken)
        {
            return;
        }

        AlertNotice[] notices = [.. transitions.Skip(_taken).Select(t => new AlertNotice(t, 0, ""))];
        _taken = transitions.Count;
        foreach (AlertNotice notice in _gate.Pass(notices, now))
        {
            AlertContext context = new()
            {
                Rule = _rules[notice.Transition.RuleName],
                RuleSha256 = "",
                Device = _devices.Devices[notice.Transition.DeviceIndex],
                Offset = 0,
            };
            _book.Handle(notice.Transition, context, _changes);
        }

        _changes.Clear();
    }

    /// <summary>What an expectation does not find, or finds too much; null when the open cases are those expected.</summary>
    public static string? Compare(IReadOnlyList<ExpectedCase> expected, IReadOnlyList<Case> open)
    {
        List<Case> left = [.. open];
        List<ExpectedCase> missing = [];

        // The most exact first, so that a plain one does not take what only an exact one fits.
        foreach (ExpectedCase one in expected.OrderByDescending(e => (e.Device is null ? 0 : 1) + (e.Severity is null ? 0 : 1) + (e.Occurrences is null ? 0 : 1)))
        {
            int index = left.FindIndex(one.Fits);
            if (index < 0)
            {
                missing.Add(one);
            }
            else
            {
                left.RemoveAt(index);
            }
        }

        return missing.Count == 0 && left.Count == 0 ? null
            : missing.Count > 0 ? $"expected case {missing[0]} to be open; open: {Told(open)}"
            : $"no case but those expected should be open; open besides: {Told(left)}";
    }

    private static string Told(IReadOnlyList<Case> cases) => cases.Count == 0
        ? "none"
        : string.Join(", ", cases.Take(10).Select(c => $"{c.Facts.Key.Event} on {c.Facts.DeviceId} ({c.Severity.ToString().ToLowerInvariant()}, {c.Occurrences} occurrences)"));
}
