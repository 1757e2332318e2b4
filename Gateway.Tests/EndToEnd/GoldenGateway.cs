using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

/// <summary>A gateway started on a store that holds the golden cases.</summary>
public sealed class GoldenGateway : SharedGateway, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public GoldenGateway() => Cases = GoldenCases.Write(_folder.File("cases.db"));

    /// <inheritdoc />
    protected override GatewayProcessSettings Settings => new() { Data = _folder.Path };

    /// <summary>The 972 that are due.</summary>
    internal IReadOnlyList<GoldenCase> Cases { get; }

    /// <inheritdoc />
    public void Dispose() => _folder.Dispose();
}
