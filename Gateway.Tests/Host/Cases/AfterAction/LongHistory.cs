using System.Globalization;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;

namespace Gateway.Tests.Host.Cases.AfterAction;

/// <summary>The history of a storm as large as none should be: so many parts, and so many breaches of its own.</summary>
internal sealed class LongHistory
{
    private const string Community = "330102001001";
    private static readonly string[] Path = [Community, "330102001", "330102", "330100"];
    private readonly List<CaseEvent> _events = [];
    private readonly Dictionary<string, Case> _cases = [];
    private long _number = 9_000_000; // far from what the drill files itself

    public LongHistory(int children, int occurrences, IReadOnlyList<string> devices)
    {
        Storm = Open(0, "flood.storm", CaseScope.Area, Community, null, devices[0]);
        for (int i = 0; i < children; i++)
        {
            double minute = 1 + (60.0 * i / children);
            string child = Open(minute, "flood.road", CaseScope.Device, string.Create(CultureInfo.InvariantCulture, $"{devices[i % devices.Count]}-{i}"), Occurrence(minute, devices[i % devices.Count]), devices[i % devices.Count]);
            Add(minute, child, new CaseStormJoined(Storm));
            Add(minute, Storm, new StormChildJoined(child, AlertSeverity.Warning));
            if (i % 3 == 0)
            {
                Add(minute + 40, child, new CaseVoided("splash") { Actor = "desk" });
            }
        }

        for (int i = 0; i < occurrences; i++)
        {
            double minute = 1 + (100.0 * i / occurrences);
            Add(minute, Storm, new OccurrenceAdded(Occurrence(minute, devices[i % devices.Count])));
        }
    }

    public string Storm { get; }

    public IReadOnlyCollection<CaseEvent> Events => _events;

    public IReadOnlyCollection<Case> Cases => _cases.Values;

    private static AlertOccurrence Occurrence(double minute, string device) => new(
        AlertSeverity.Warning,
        TimelineDrill.At(minute),
        Reports: true,
        new CaseEvidence(1, TimelineDrill.At(minute), TimelineDrill.At(minute), device, "", "water_level 0.42 m >= 0.30", new RuleReference("rules/flood-road.yaml", "road-ponding", "")));

    private string Open(double minute, string kind, CaseScope scope, string instance, AlertOccurrence? first, string device)
    {
        string caseNo = string.Create(CultureInfo.InvariantCulture, $"AJ-20260127-{++_number:D6}");
        CaseFacts facts = new()
        {
            Key = new CaseKey("330102001", kind, scope, instance),
            Severity = AlertSeverity.Warning,
            OccurredAt = TimelineDrill.At(minute),
            Source = first is null ? CaseFacts.StormSource : "sensor",
            Mode = "normal",
            AreaPath = Path,
            AreaVersion = "2026-01-01",
            DeviceId = first is null ? "" : device,
            Rule = first?.Evidence.Rule,
        };
        Add(minute, caseNo, new CaseCollected(facts, _number, first));
        Add(minute, caseNo, new CaseFiled(""));
        Add(minute, caseNo, new CaseDispatched("water-bureau", [], new TimeLimits(TimeSpan.FromMinutes(10), TimeSpan.FromHours(6), TimeSpan.FromDays(1)), [], "", "test"));
        return caseNo;
    }

    private void Add(double minute, string caseNo, CaseEvent next)
    {
        CaseEvent placed = next with { CaseNo = caseNo, Sequence = (_cases.GetValueOrDefault(caseNo)?.Sequence ?? 0) + 1, At = TimelineDrill.At(minute) };
        _cases[caseNo] = Case.Apply(_cases.GetValueOrDefault(caseNo), placed);
        _events.Add(placed);
    }
}
