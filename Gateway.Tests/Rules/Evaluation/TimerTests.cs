using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Compilation;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;
using Gateway.Tests.Rules.Support;
using static Gateway.Tests.Rules.Support.SmallCity;

namespace Gateway.Tests.Rules.Evaluation;

/// <summary>When timers come due and in which order, over spans from a millisecond to a year and with many armed.</summary>
public sealed class TimerTests
{
    private const int Devices = 80;
    private const int Steps = 1500;

    private static readonly DeviceProfile Meter = new("meter", [], [new FieldDefinition { Name = "value", Type = FieldType.Number }])
    { ReportingInterval = TimeSpan.FromMilliseconds(1) };

    private readonly List<AlertTransition> _sink = new(4096);
    private readonly ReadingBatch _batch = new(Meter);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_timers_come_due_as_a_sorted_list_of_them_says(int seed)
    {
        var random = new Random(seed);
        double spanBits = 1 + (random.NextDouble() * 34); // 2^35 ms are 398 days
        TimedRule[] rules = RandomRules(random, Math.Min(spanBits, 34.8));
        var model = new TimerModel(rules);
        RuleEngine engine = Engine(Devices, rules);
        EventTime now = StartOf(seed);
        for (int step = 0; step < Steps; step++)
        {
            now = random.Next(4) switch
            {
                0 => now,
                1 when model.NextDue is { } due && due > now => due + TimeSpan.FromMilliseconds(random.Next(-1, 2)),
                _ => now + RandomSpan(random, spanBits),
            };
            switch (random.Next(8))
            {
                case 0:
                    engine.Advance(now, _sink);
                    model.Advance(now);
                    break;
                case 1:
                    Step(engine, now);
                    model.Advance(now);
                    break;
                case 2:
                    double value = random.Next(6);
                    foreach (int device in Enumerable.Range(0, Devices).Where(_ => random.Next(2) == 0))
                    {
                        Read(engine, now, device, value);
                        model.Read(now, device, value);
                    }

                    break;
                default:
                    int one = random.Next(Devices);
                    double ofOne = random.Next(6);
                    Read(engine, now, one, ofOne);
                    model.Read(now, one, ofOne);
                    break;
            }

            Assert.Equal(model.NextDue, engine.NextDue);
        }

        Assert.NotEmpty(model.Told);
        Assert.Equal(model.Told, _sink.Select(t => new TimedTransition(t.At, t.Rule, t.DeviceIndex, t.Kind, t.IsAbsence)));
    }

    [Fact]
    public void Thousands_due_at_one_instant_come_by_rule_then_device()
    {
        const int Many = 5_000;
        var hour = TimeSpan.FromHours(1);
        RuleEngine engine = Engine(Many, [new TimedRule(1, hour, default, hour), new TimedRule(1, hour, default, null)]);
        int[] shuffled = Enumerable.Range(0, Many).ToArray();
        new Random(1).Shuffle(shuffled);
        foreach (int device in shuffled)
        {
            Read(engine, EngineDriver.At(0), device, 1);
        }

        _sink.Clear();
        engine.Advance(EngineDriver.At(3600), _sink);

        Assert.Equal(
            from rule in new[] { 0, 1 }
            from device in Enumerable.Range(0, Many)
            from isAbsence in rule == 0 ? new[] { false, true } : [false]
            select (rule, device, isAbsence),
            _sink.Select(t => (t.Rule, t.DeviceIndex, t.IsAbsence)));
        Assert.Null(engine.NextDue);
    }

    [Fact]
    public void Levels_due_together_are_raised_from_the_lowest_up()
    {
        RuleSet rules = Compile(Register(), RuleOf("r", "flood",
            Level(AlertSeverity.Warning, "water_level > 1", forSeconds: 60),
            Level(AlertSeverity.Critical, "rainfall > 1", forSeconds: 60)));

        EngineDriver driver = new EngineDriver(rules).Send(0, "FLD-1", "water_level=2 rainfall=2").Tick(60);

        Assert.Equal(["0s Pending Critical FLD-1", "60s Firing Warning FLD-1", "60s Raised Critical FLD-1"], driver.Told);
    }

    [Fact]
    public void Timers_that_are_armed_again_allocate_nothing()
    {
        const int Many = 500;
        RuleEngine engine = Engine(Many, [new TimedRule(1, default, default, TimeSpan.FromSeconds(90)), new TimedRule(1, default, default, TimeSpan.FromHours(1))]);
        int second = 0;
        long Run(int seconds)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int until = second + seconds; second < until; second++)
            {
                for (int device = second % 10; device < Many; device += 10)
                {
                    Read(engine, EngineDriver.At(second), device, 0);
                }
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Run(4000);

        // The least of some, for the compiler replaces a loop that runs, and may allocate on its thread.
        Assert.Equal(0, Enumerable.Range(0, 5).Min(_ => Run(1000)));
        Assert.Empty(_sink);
    }

    private static EventTime StartOf(int seed) => (seed % 4) switch
    {
        0 => new EventTime(0),
        1 => EngineDriver.Start,
        2 => EventTime.MinValue + TimeSpan.FromDays(1),
        _ => EventTime.MaxValue - TimeSpan.FromDays(1), // due times come to the end of time, all together
    };

    private static TimeSpan RandomSpan(Random random, double bits) => TimeSpan.FromMilliseconds((long)Math.Pow(2, random.NextDouble() * bits));

    private static TimedRule[] RandomRules(Random random, double bits)
    {
        TimeSpan[] spans = [TimeSpan.Zero, .. Enumerable.Range(0, 4).Select(_ => RandomSpan(random, bits))];
        return Enumerable.Range(0, 8)
            .Select(_ => new TimedRule(
                random.Next(1, 6),
                spans[random.Next(spans.Length)],
                spans[random.Next(spans.Length)],
                random.Next(3) == 0 ? spans[random.Next(1, spans.Length)] : null))
            .ToArray();
    }

    private static RuleEngine Engine(int devices, IReadOnlyList<TimedRule> rules)
    {
        var register = new DeviceRegister([Meter], Enumerable.Range(0, devices)
            .Select(i => new Device { Index = i, Id = $"M-{i}", Profile = Meter, Area = "1-1-1" }).ToArray());
        RuleSet set = Compile(register, rules.Select((rule, i) => RuleOf($"r{i}", "meter",
            Level(AlertSeverity.Warning, $"value >= {rule.Limit}") with { For = rule.For, KeepFiringFor = rule.KeepFiringFor }) with
        {
            Absent = rule.AbsentAfter is { } after ? new AbsenceDefinition(after, AlertSeverity.Info, default) : null,
        }).ToArray());
        return new RuleEngine(set, register);
    }

    // As the pipeline does: from one due time to the next, each of which must be later than the one before.
    private void Step(RuleEngine engine, EventTime now)
    {
        while (engine.NextDue is { } due && due <= now)
        {
            engine.Advance(due, _sink);
            Assert.True(engine.NextDue is not { } next || next > due);
        }

        engine.Advance(now, _sink);
    }

    private void Read(RuleEngine engine, EventTime now, int device, double value)
    {
        _batch.Clear();
        _batch.Add(new ReadingBatch.Row(device, now, now, TimeQuality.Ok, -1))[0] = value;
        engine.Evaluate(_batch, 0, _sink);
    }
}
