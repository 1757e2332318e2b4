namespace Gateway.Tests.Support;

/// <summary>
/// The collection of tests that start processes: one after the other and beside nothing else, so that a deadline they watch is not
/// used up by a neighbour.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessTests
{
    /// <summary>For <see cref="CollectionAttribute"/>.</summary>
    public const string Name = "processes";
}
