namespace Gateway.Tests.Hostile;

/// <summary>
/// The collection of the attacks, in turn among themselves: one gateway for most of them. What the bystander judges is that gateway's own
/// work and memory, so that others may run beside them.
/// </summary>
[CollectionDefinition(Name)]
public sealed class HostileSuite : ICollectionFixture<HostileGateway>
{
    /// <summary>For <see cref="CollectionAttribute"/>.</summary>
    public const string Name = "hostile";
}
