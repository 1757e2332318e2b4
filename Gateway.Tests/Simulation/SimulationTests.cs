using System.Globalization;

namespace Gateway.Tests.Simulation;

/// <summary>The gateway under faults that no test would think of, each seed another life of it. See README.md beside this file.</summary>
public sealed class SimulationTests(SimulatedCity city) : IClassFixture<SimulatedCity>
{
    private const int SeedsABlock = 50;

    /// <summary>First and last seed of each block: 200, or those that <c>GATEWAY_SIMULATION_SEEDS=first-last</c> asks for.</summary>
    public static TheoryData<int, int> Blocks()
    {
        string[] asked = (Environment.GetEnvironmentVariable("GATEWAY_SIMULATION_SEEDS") ?? "1-200").Split('-');
        int first = int.Parse(asked[0], CultureInfo.InvariantCulture);
        int last = int.Parse(asked[^1], CultureInfo.InvariantCulture);
        TheoryData<int, int> blocks = [];
        for (int seed = first; seed <= last; seed += SeedsABlock)
        {
            blocks.Add(seed, Math.Min(last, seed + SeedsABlock - 1));
        }

        return blocks;
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Gateway_keeps_its_promises_whatever_fails_when(int first, int last)
    {
        List<string> failures = [];
        for (int seed = first; seed <= last; seed++)
        {
            try
            {
                SimulationRun.Of(seed, city);
            }
            catch (SimulationFailure failure)
            {
                failures.Add(failure.Message);
            }
        }

        Assert.True(failures.Count == 0, $"{failures.Count} of {last - first + 1} seeds\n{string.Join('\n', failures.Select(f => f.Split('\n')[0]))}\n\n{string.Join("\n\n", failures.Take(3))}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(77)]
    public void Seed_run_twice_gives_the_same_trace(int seed) => Assert.Equal(SimulationRun.Of(seed, city), SimulationRun.Of(seed, city));
}
