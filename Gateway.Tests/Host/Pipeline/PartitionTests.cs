namespace Gateway.Tests.Host.Pipeline;

/// <summary>Everything right of the log is a function of the log: however often it is thrown away and restored on the way.</summary>
public sealed class PartitionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Run_restored_after_every_kth_record_ends_equal_to_the_uninterrupted_run(int seed)
    {
        RecordedRun run = new(seed, 240);
        string uninterrupted = run.Outcome(crashAfter: _ => false, checkpointAfter: _ => false, commitAfter: _ => true);
        Assert.Contains("\"type\":\"filed\"", uninterrupted, StringComparison.Ordinal);
        Assert.Contains("\"type\":\"accepted\"", uninterrupted, StringComparison.Ordinal);
        Assert.Contains("\"type\":\"alertCleared\"", uninterrupted, StringComparison.Ordinal);
        foreach (int k in (int[])[1, 3, 7, 19, 50])
        {
            string crashed = run.Outcome(crashAfter: Once(i => i % k == k - 1), checkpointAfter: i => i % (k + 2) == 1, commitAfter: i => i % 2 == 0);
            Assert.Equal(uninterrupted, crashed);
        }
    }

    [Fact]
    public void Run_that_never_made_a_checkpoint_is_rebuilt_from_the_beginning_of_the_log()
    {
        RecordedRun run = new(3, 120);
        string uninterrupted = run.Outcome(_ => false, _ => false, _ => true);
        string rebuilt = run.Outcome(crashAfter: Once(i => i == run.Count - 2), checkpointAfter: _ => false, commitAfter: i => i % 5 == 0);
        Assert.Equal(uninterrupted, rebuilt);
    }

    [Fact]
    public void Size_of_the_commits_changes_nothing()
    {
        RecordedRun run = new(4, 200);
        Assert.Equal(run.Outcome(_ => false, _ => false, _ => true), run.Outcome(_ => false, _ => false, i => i % 37 == 0));
    }

    /// <summary>A crash happens once at a place: the second time the run comes by, it goes on.</summary>
    private static Predicate<int> Once(Predicate<int> where)
    {
        HashSet<int> happened = [];
        return i => where(i) && happened.Add(i);
    }
}
