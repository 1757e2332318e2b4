using BenchmarkDotNet.Attributes;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Areas;
using Gateway.Rules.Compilation;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;

namespace Gateway.Benchmarks;

/// <summary>
/// The cost of one row: ten rules with conditions (some of two levels, one with absence) on a device taken at random, nothing changing.
/// With a million devices it is mostly the cost of the cache lines of the device's state.
/// </summary>
[MemoryDiagnoser]
public class EvaluateBenchmarks
{
    private const int RowsPerBatch = 4096;

    private readonly DeviceProfile _profile = new("flood", [], [
        new FieldDefinition { Name = "water_level", Type = FieldType.Number, Unit = "m" },
        new FieldDefinition { Name = "rainfall", Type = FieldType.Number, Unit = "mm" },
        new FieldDefinition { Name = "battery", Type = FieldType.Number, Unit = "%" },
        new FieldDefinition { Name = "rssi", Type = FieldType.Number, Unit = "dBm" },
    ])
    { ReportingInterval = TimeSpan.FromMinutes(1) };

    private readonly List<AlertTransition> _sink = [];
    private uint _random = 1;
    private ReadingBatch _batch = null!;
    private RuleEngine _engine = null!;
    private EventTime _now = new(1_769_504_400_000);

    [Params(1000, 1_000_000)]
    public int Devices { get; set; }

    /// <summary>Rules that watch other devices of the same kind: they must cost nothing.</summary>
    [Params(0, 990)]
    public int OtherRules { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var register = new DeviceRegister([_profile], Enumerable.Range(0, Devices)
            .Select(i => new Device { Index = i, Id = $"FLD-{i:D6}", Profile = _profile, Area = "" }).ToArray());
        RuleDefinition[] rules = [
            Rule("level-1", null, "water_level >= 0.15", "water_level >= 0.30"),
            Rule("level-2", null, "water_level >= 0.50", "water_level >= 0.80"),
            Rule("rain", null, "rainfall > 20"),
            Rule("rain-and-level", null, "rainfall > 10 and water_level > 0.1"),
            Rule("battery", null, "battery < 20", "battery < 5"),
            Rule("signal", null, "rssi < -110"),
            Rule("signal-and-battery", null, "rssi < -100 or battery < 10"),
            Rule("odd", null, "water_level * 2 - 1 > 3"),
            Rule("not-calm", null, "not (rainfall < 50 and water_level < 2)"),
            Rule("silent", null, "battery < 1") with { Absent = new AbsenceDefinition(TimeSpan.FromDays(30), AlertSeverity.Warning, default) },
            .. Enumerable.Range(0, OtherRules).Select(i => Rule($"other-{i}", $"FLD-{i:D6}", "water_level >= 0.2")),
        ];
        RuleSet set = RuleCompiler.Compile(rules, register, AreaTree.Empty).Rules!;
        _engine = new RuleEngine(set, register);
        _batch = new ReadingBatch(_profile);
        foreach (int device in Enumerable.Range(0, Devices))
        {
            _batch.Clear();
            Add(device);
            _engine.Evaluate(_batch, 0, _sink);
        }

        _batch.Clear();
        for (int i = 0; i < RowsPerBatch; i++)
        {
            Add(i % Devices);
        }
    }

    /// <summary>Only the devices and their order change between batches; that costs what <see cref="RowsAlone"/> says.</summary>
    [Benchmark(OperationsPerInvoke = RowsPerBatch)]
    public int TenRulesOnARow()
    {
        SetRows();
        for (int row = 0; row < RowsPerBatch; row++)
        {
            _engine.Evaluate(_batch, row, _sink);
        }

        return _sink.Count;
    }

    /// <summary>What of it the benchmark itself takes: a device taken at random and the key of its row.</summary>
    [Benchmark(OperationsPerInvoke = RowsPerBatch)]
    public int RowsAlone()
    {
        SetRows();
        return _batch.Count;
    }

    private void SetRows()
    {
        _now += TimeSpan.FromMilliseconds(1);
        int first = Math.Min(OtherRules, Devices / 2);
        uint random = _random;
        for (int row = 0; row < RowsPerBatch; row++)
        {
            // Xorshift: the generator of the library takes as long as a rule.
            random ^= random << 13;
            random ^= random >> 17;
            random ^= random << 5;
            int device = first + (int)(((ulong)random * (uint)(Devices - first)) >> 32);
            _batch.SetRow(row, new ReadingBatch.Row(device, _now, _now, TimeQuality.Ok, -1));
        }

        _random = random;
    }

    private void Add(int device)
    {
        Span<double> values = _batch.Add(new ReadingBatch.Row(device, _now, _now, TimeQuality.Ok, -1));
        values[0] = 0.05;
        values[1] = 1.5;
        values[2] = 88;
        values[3] = -71;
    }

    private static RuleDefinition Rule(string name, string? device, params string[] levels) => new()
    {
        Alert = new SourceText(name, default),
        Match = new DeviceMatch { Kind = new SourceText("flood", default), Devices = device is null ? [] : [new SourceText(device, default)] },
        Levels = levels.Select((expression, i) => new LevelDefinition
        {
            Severity = (AlertSeverity)((int)AlertSeverity.Warning + i),
            Expression = new SourceText(expression, default),
            For = TimeSpan.FromMinutes(1),
        }).ToArray(),
    };
}
