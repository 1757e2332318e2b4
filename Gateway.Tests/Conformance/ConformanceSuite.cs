namespace Gateway.Tests.Conformance;

/// <summary>
/// The collection of the conformance tests: one gateway for all of them, which keep apart by client ids and topics of their own, and
/// nothing beside them, so that a deadline they watch is not used up by a neighbour.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ConformanceSuite : ICollectionFixture<ConformanceGateway>
{
    /// <summary>For <see cref="CollectionAttribute"/>.</summary>
    public const string Name = "conformance";
}
