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
            .ToArray();
        RuleSet set = Compile(Register(), rules);
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
}
