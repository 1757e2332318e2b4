namespace Gateway.Tests.Hostile;

/// <summary>
/// The collection of the attacks: one gateway for most of them, and nothing beside them, so that the bystander's clock shows what the
/// attack costs and not what a neighbour does.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class HostileSuite : ICollectionFixture<HostileGateway>
{
    /// <summary>For <see cref="CollectionAttribute"/>.</summary>
    public const string Name = "hostile";
}
