using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

/// <summary>One gateway for all tests of a class, which keep apart by using devices of their own.</summary>
public class SharedGateway : IAsyncLifetime
{
    private GatewayProcess? _process;

    /// <summary>The gateway.</summary>
    public GatewayProcess Process => _process!;

    /// <summary>How it is started.</summary>
    protected virtual GatewayProcessSettings Settings => new();

    /// <inheritdoc />
    public async Task InitializeAsync() => _process = await GatewayProcess.StartAsync(Settings);

    /// <inheritdoc />
    public async Task DisposeAsync() => await Process.DisposeAsync();
}
