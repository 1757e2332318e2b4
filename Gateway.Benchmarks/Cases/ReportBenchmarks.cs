using BenchmarkDotNet.Attributes;
using Gateway.Host.City;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;

namespace Gateway.Benchmarks.Cases;

/// <summary>A report of a person that looks for its case among many open ones of the same event, each of another smoke detector of one city: the nearest of the place it names.</summary>
[MemoryDiagnoser]
public class ReportBenchmarks
{
    private static readonly EventTime Now = EventTime.From(new DateTimeOffset(2026, 11, 23, 3, 0, 0, TimeSpan.Zero));

    private readonly Random _random = new(1);
    private readonly CaseChanges _changes = new();
    private CitySnapshot _city = null!;
    private CaseBook _book = null!;
    private Device[] _devices = [];
    private RuleDefinition _rule = null!;

    [Params(100, 1000, 10_000)]
    public int Open { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _city = CitySnapshot.Create(CityGenerator.Generate(CityFolder.Read(CityFolder.SamplePath).Files, devices: 80_000, seed: 7)).Snapshot!;
        _rule = _city.Definition.Rules.First(r => r.Match.Kind.Text == "smoke" && r.Case?.Scope == CaseScope.Device && r.Mode == RuleMode.Active);
        _devices = [.. _city.Definition.Devices.Devices.Where(d => d.Profile.Kind == "smoke")];
        _random.Shuffle(_devices);
        StormSettings never = new() { Community = 0, Street = 0, District = 0, City = 0 }; // a storm would be one case
        _book = new CaseBook(_city.CaseSettingsAt(Now, exercise: false) with { Storms = never });
        for (int i = 0; _book.Cases.Count < Open; i++)
        {
            Device device = _devices[i];
            AlertTransition firing = new(0, device.Index, AlertTransitionKind.Firing, AlertSeverity.Critical, Now, Now, Now, false, "smoke_density 0.2 >= 0.15") { RuleName = _rule.Alert.Text, DeviceId = device.Id };
            _book.Handle(firing, new AlertContext { Rule = _rule, RuleSha256 = "", Device = device, Offset = i, Values = "smoke_density=0.2" }, _changes);
            _changes.Clear();
        }
    }

    /// <summary>Joins the nearest case.</summary>
    [Benchmark]
    public bool ReportWithAPosition()
    {
        _changes.Clear();
        return _book.Handle(Report(_devices[_random.Next(Open)]), Now, 1, _changes).Joined;
    }

    private CaseIntake Report(Device device) => new()
    {
        Source = "hotline",
        Event = _rule.Case!.Event.Text,
        Area = device.Area,
        Latitude = device.Latitude,
        Longitude = device.Longitude,
        Description = "冒烟",
    };
}
