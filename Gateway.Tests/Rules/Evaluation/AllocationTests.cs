using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Compilation;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;
using Gateway.Tests.Rules.Support;
using static Gateway.Tests.Rules.Support.SmallCity;

namespace Gateway.Tests.Rules.Evaluation;

public sealed class AllocationTests
{
    [Theory]
    [InlineData(0.1)] // idle
    [InlineData(0.7)] // firing throughout
    public void Row_that_changes_nothing_allocates_nothing(double level)
    {
        RuleDefinition[] rules = Enumerable.Range(0, 10)
            .Select(i => Rule($"r{i}", $"water_level >= 0.5 and battery < {50 + i}", "water_level < 0.4", keepSeconds: 60).Absent(86_400))
            .Append(Rule("mixed", "water_level + ground > 90"))
            .Append(Rule("windows", "rise(water_level, 1m) > 5 or avg(battery, 1m) > 90 or hits(battery < 90, 5) > 5 or sequence(water_level > 5, water_level < 1, 1m)"))
            .Append(Rule("areas", "devices(water_level >= 0.05, area=grid, within=1m) > 9 or neighbours(water_level >= 0.05, radius=100, within=1m) > 9"))
            .Append(Rule("hours", "water_level > 9 and during(day)"))
            .Append(Rule("patient", "water_level > 9 or rise(battery, 1m) > 9") with { Lateness = TimeSpan.FromSeconds(20) })
            .ToArray();
        RuleSet set = Compile(Register(), WithCalendar("day", "06:00-22:00"), rules);
        var engine = new RuleEngine(set, set.Devices);
        var batch = new ReadingBatch(Flood);
        List<AlertTransition> sink = new(64);
        long Feed(int from, int count)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = from; i < from + count; i++)
            {
                batch.Clear();
                EventTime at = EngineDriver.At(i);
                Span<double> values = batch.Add(new ReadingBatch.Row(i % 3, at, at, TimeQuality.Ok, -1));
                values[0] = level;
                values[2] = 42;
                engine.Evaluate(batch, 0, sink);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Feed(0, 100);
        int told = sink.Count;

        // The least of some, for the compiler replaces a loop that runs, and may allocate on its thread.
        Assert.Equal(0, Enumerable.Range(0, 5).Min(i => Feed(100 + (1000 * i), 1000)));
        Assert.Equal(told, sink.Count);
        Assert.Equal(level > 0.5 ? 30 : 0, told);
    }

    [Fact]
    public void Idle_pair_of_device_and_rule_takes_at_most_32_bytes()
    {
        const int Devices = 20_000;
        const int Rules = 10;
        DeviceRegister register = Register([.. Enumerable.Range(0, Devices).Select(i => $"D{i}")]);
        RuleSet set = Compile(register, [.. Enumerable.Range(0, Rules - 1).Select(i => Rule($"r{i}", $"water_level >= {i + 1} or battery < {i + 1} or rainfall > {90 + i} or ground > {20 + i}")), Rule("silent", "water_level > 9").Absent(3_600)]);
        var batch = new ReadingBatch(Flood);
        Span<double> values = batch.Add(default);
        (values[0], values[1], values[2], values[4]) = (0.5, 1, 42, 3);
        List<AlertTransition> sink = [];

        long before = GC.GetAllocatedBytesForCurrentThread();
        var engine = new RuleEngine(set, set.Devices);
        for (int device = 0; device < Devices; device++)
        {
            batch.SetRow(0, new ReadingBatch.Row(device, EngineDriver.At(0), EngineDriver.At(0), TimeQuality.Ok, -1));
            engine.Evaluate(batch, 0, sink);
        }

        // All that was allocated, what was thrown away while tables grew included.
        double bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)(Devices * Rules);
        Assert.Empty(sink);
        Assert.InRange(bytes, 1, 32);
    }
}
