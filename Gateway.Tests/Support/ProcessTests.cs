namespace Gateway.Tests.Support;

/// <summary>
/// The collection of tests that start one process after another and wait for it most of the time: in turn among themselves, beside the
/// others. Their deadlines are there for what never comes; none of them judges how fast something is.
/// </summary>
[CollectionDefinition(Name)]
public sealed class ProcessTests
{
    /// <summary>For <see cref="CollectionAttribute"/>.</summary>
    public const string Name = "processes";
}
