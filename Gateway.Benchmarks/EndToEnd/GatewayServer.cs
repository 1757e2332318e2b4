using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Gateway.Benchmarks.EndToEnd;

/// <summary>The gateway itself: fresh data directory, generated city, loopback devices without credentials as in development.</summary>
internal sealed partial class GatewayServer : ServerUnderTest
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(60);

    private readonly ServerProcess _process;

    private GatewayServer(ServerProcess process, int mqttPort, int httpPort)
    {
        _process = process;
        MqttPort = mqttPort;
        HttpPort = httpPort;
        Api = new GatewayApi(httpPort);
    }

    /// <inheritdoc />
    public override string Name => "gateway";

    /// <inheritdoc />
    public override string PubAckMeans => "on disk";

    /// <inheritdoc />
    public override int ProcessId => _process.Id;

    /// <inheritdoc />
    public override int MqttPort { get; }

    /// <summary>Its HTTP side.</summary>
    public GatewayApi Api { get; }

    /// <summary>Port of its HTTP side.</summary>
    public int HttpPort { get; }

    /// <summary>Writes a city of so many devices, a quarter of them smoke detectors.</summary>
    public static Task GenerateCityAsync(string gateway, string folder, int devices, CancellationToken cancellation) =>
        ServerProcess.RunAsync("city generate", Program(gateway, "city", "generate", folder, "--devices", devices.ToString(CultureInfo.InvariantCulture), "--seed", "1"), cancellation);

    /// <summary>Starts it on free ports and waits for its ready line.</summary>
    public static async Task<GatewayServer> StartAsync(string gateway, string city, string data, CancellationToken cancellation)
    {
        ProcessStartInfo start = Program(gateway, "serve", "--city", city, "--data", data, "--mqtt-port", "0", "--http-port", "0");
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        ServerProcess process = ServerProcess.Start("gateway", start, line => ReadyLine().IsMatch(line));
        try
        {
            Match ready = ReadyLine().Match(await process.WhenReady(ReadyLimit, cancellation).ConfigureAwait(false));
            return new GatewayServer(process, Port(ready.Groups["mqtt"]), Port(ready.Groups["http"]));
        }
        catch
        {
            await process.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc />
    public override Task CatchUpAsync(long messages, CancellationToken cancellation) => Api.WaitUntilProcessedAsync(messages, cancellation);

    /// <inheritdoc />
    public override Task<ServerCounters> CountersAsync(CancellationToken cancellation) => Api.CountersAsync(cancellation);

    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellation)
    {
        int exit = await _process.StopAsync().ConfigureAwait(false);
        if (exit != 0)
        {
            throw new MeasurementException($"the gateway ended with exit code {exit}:\n{_process.Tail()}");
        }
    }

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await _process.DisposeAsync().ConfigureAwait(false);
    }

    private static ProcessStartInfo Program(string gateway, params string[] arguments)
    {
        if (!File.Exists(gateway))
        {
            throw new MeasurementException($"there is no gateway at {gateway}; build it, or name one with --gateway PATH");
        }

        bool isLibrary = gateway.EndsWith(".dll", StringComparison.Ordinal);
        string program = isLibrary ? Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet" : gateway;
        return new ProcessStartInfo(program, isLibrary ? [gateway, .. arguments] : arguments);
    }

    private static int Port(Group group) => int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^gateway ready mqtt=\S+:(?<mqtt>\d+) http=\S+:(?<http>\d+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex ReadyLine();
}
