namespace Gateway.Rules.Testing;

/// <summary>
/// Bounds what the tests of one city may cost together. Tests come with files that nobody has read yet, and every reload runs them: a short
/// text (<c>0x100000</c> in a hundred series) must not keep the gateway busy for hours. Not thread-safe; one for all files of a city.
/// </summary>
public sealed class RuleTestBudget
{
    /// <summary>Most values of all series of one test; more than a year of hours for twenty devices.</summary>
    public const int ValueLimit = 200_000;

    /// <summary>Most alerts a test may raise and clear, and most that its expectations may look at.</summary>
    public const int AlertLimit = 500_000;

    /// <summary>Most differences told of one test; whoever mends the first hundred sees the others then.</summary>
    public const int FailureLimit = 100;

    // In judgements of one reading by one rule, some 0.1 us each: half a minute or so. A reading costs as much as thirty of them
    // whatever it meets, and a rule as much as a thousand to compile.
    private const long JudgementLimit = 300_000_000;
    private const int PerReading = 30;
    private const int PerCompiledRule = 1_000;

    private long _left = JudgementLimit;

    /// <summary>Takes the cost of making the rules ready for one test; false when there is not so much left.</summary>
    internal bool TakeCompilation(int rules) => Take((long)rules * PerCompiledRule);

    /// <summary>Takes the cost of a test's readings and of looking for alerts at its expectations.</summary>
    internal bool TakeReadings(int readings, int expectations, int devices, int rules) =>
        Take(((long)readings * (PerReading + rules)) + ((long)expectations * devices * rules));

    /// <summary>Takes the cost of giving alerts that fire to expected ones.</summary>
    internal bool TakeComparison(int expected, int actual) => Take((long)expected * actual * Math.Min(expected, actual));

    private bool Take(long cost)
    {
        // Whoever asks for too much ends it for all that come after: what a refused test costs before it is refused adds up too.
        _left = cost > _left ? -1 : _left - cost;
        return _left >= 0;
    }
}
