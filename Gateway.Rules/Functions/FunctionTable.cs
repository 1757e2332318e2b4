namespace Gateway.Rules.Functions;

/// <summary>All functions of the rule language, by name. The reference page is made from it.</summary>
public static class FunctionTable
{
    private static readonly Dictionary<string, FunctionDefinition> ByName = new FunctionDefinition[]
    {
        new AverageFunction(),
        new ChangesFunction(),
        new CountFunction(),
        new DevicesFunction(),
        new DuringFunction(),
        new HitsFunction(),
        new LastFunction(),
        new MaximumFunction(),
        new MinimumFunction(),
        new NeighboursFunction(),
        new PreviousFunction(),
        new RateFunction(),
        new RiseFunction(),
        new SequenceFunction(),
        new StandardDeviationFunction(),
        new SumFunction(),
        new TimeToFunction(),
    }.ToDictionary(f => f.Name, StringComparer.Ordinal);

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<FunctionDefinition> All { get; } = [.. ByName.Values.OrderBy(f => f.Name, StringComparer.Ordinal)];

    /// <summary>The function of a name; null when there is none.</summary>
    public static FunctionDefinition? Find(string name) => ByName.GetValueOrDefault(name);
}
