using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Gateway.Benchmarks.EndToEnd;

/// <summary>mosquitto without subscribers, limits and persistence: what a broker costs that keeps nothing.</summary>
internal sealed class MosquittoServer : ServerUnderTest
{
    /// <summary>What to do when it is not there.</summary>
    public const string InstallText = "install it (Debian, Ubuntu: apt-get install mosquitto; Fedora: dnf install mosquitto; Alpine: apk add mosquitto), or name it with --mosquitto PATH";

    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(20);

    private readonly ServerProcess _process;

    private MosquittoServer(ServerProcess process, int port)
    {
        _process = process;
        MqttPort = port;
    }

    /// <inheritdoc />
    public override string Name => "mosquitto";

    /// <inheritdoc />
    public override string PubAckMeans => "in memory";

    /// <inheritdoc />
    public override int ProcessId => _process.Id;

    /// <inheritdoc />
    public override int MqttPort { get; }

    /// <summary>The binary: as given when that is a path, else out of PATH and the folders for servers. Null when there is none.</summary>
    public static string? Locate(string binary)
    {
        if (binary.Contains('/', StringComparison.Ordinal))
        {
            return File.Exists(binary) ? binary : null;
        }

        string[] folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries), "/usr/sbin", "/usr/local/sbin"];
        return folders.Select(folder => Path.Combine(folder, binary)).FirstOrDefault(File.Exists);
    }

    /// <summary>Starts it on a free port and waits until it runs.</summary>
    public static async Task<MosquittoServer> StartAsync(string binary, WorkFolder work, CancellationToken cancellation)
    {
        int port = FreePort();
        string configuration = work.PathOf("mosquitto.conf");
        await File.WriteAllTextAsync(
            configuration,
            string.Create(CultureInfo.InvariantCulture, $"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nmax_inflight_messages 0\nmax_queued_messages 0\nlog_dest stderr\nlog_type error\nlog_type warning\nlog_type information\nconnection_messages false\n"),
            cancellation).ConfigureAwait(false);
        ServerProcess process = ServerProcess.Start("mosquitto", new ProcessStartInfo(binary, ["-c", configuration]), line => line.EndsWith("running", StringComparison.Ordinal));
        try
        {
            await process.WhenReady(ReadyLimit, cancellation).ConfigureAwait(false);
            return new MosquittoServer(process, port);
        }
        catch
        {
            await process.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc />
    public override Task CatchUpAsync(long messages, CancellationToken cancellation) => Task.CompletedTask; // nobody subscribes: it has nothing left to do

    /// <inheritdoc />
    public override Task<ServerCounters> CountersAsync(CancellationToken cancellation) => Task.FromResult(default(ServerCounters));

    /// <inheritdoc />
    public override Task StopAsync(CancellationToken cancellation) => _process.StopAsync();

    /// <inheritdoc />
    public override ValueTask DisposeAsync() => _process.DisposeAsync();

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
