using System.Diagnostics;
using System.Globalization;
using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Benchmarks.EndToEnd;

/// <summary>
/// Gateway and mosquitto under the same load, in turn and interleaved, so that a machine that becomes slower becomes so for both. Both are
/// fresh for each shape; their first run is thrown away.
/// </summary>
internal static class ComparisonRun
{
    private const int KindsOfDevices = 4;

    /// <summary>Runs all shapes and prints a table of each.</summary>
    public static async Task<int> RunAsync(EndToEndOptions options, WorkFolder work, TextWriter output, CancellationToken cancellation)
    {
        string? mosquitto = options.Mosquitto is null ? null : MosquittoServer.Locate(options.Mosquitto);
        if (mosquitto is null)
        {
            string why = options.Mosquitto is null ? "mosquitto was not asked for" : $"there is no mosquitto ({options.Mosquitto}): {MosquittoServer.InstallText}";
            await output.WriteLineAsync($"{why}. The gateway is measured alone, without a ratio.").ConfigureAwait(false);
        }

        string city = work.PathOf("city");
        int detectors = options.Shapes.Max(s => s.Connections * (s.NeedsFreshDevices ? options.Repetitions + 1 : 1));
        await GatewayServer.GenerateCityAsync(options.Gateway, city, detectors * KindsOfDevices, cancellation).ConfigureAwait(false);
        foreach (LoadShape shape in options.Shapes)
        {
            await RunAsync(shape, options, mosquitto, city, work, output, cancellation).ConfigureAwait(false);
        }

        return 0;
    }

    private static async Task RunAsync(LoadShape shape, EndToEndOptions options, string? mosquitto, string city, WorkFolder work, TextWriter output, CancellationToken cancellation)
    {
        int messages = options.Messages ?? shape.Messages;
        if (messages / shape.Connections > LoadGenerator.MessagesPerConnectionLimit)
        {
            throw new MeasurementException(string.Create(CultureInfo.InvariantCulture, $"--messages is at most {(long)LoadGenerator.MessagesPerConnectionLimit * shape.Connections} for {shape.Name}: a device has one message a millisecond, and older ones would not be judged by rules"));
        }

        await using GatewayServer gateway = await GatewayServer.StartAsync(options.Gateway, city, work.PathOf("data-" + shape.Name), cancellation).ConfigureAwait(false);
        await using MosquittoServer? peer = mosquitto is null ? null : await MosquittoServer.StartAsync(mosquitto, work, cancellation).ConfigureAwait(false);
        ServerUnderTest[] servers = peer is null ? [gateway] : [gateway, peer];
        Dictionary<ServerUnderTest, List<RunFigures>> figures = servers.ToDictionary(s => s, _ => new List<RunFigures>());
        IReadOnlyDictionary<string, TimeSpan> threadsBefore = ThreadFigures.CpuTimes(gateway.ProcessId);
        for (int run = 0; run <= options.Repetitions; run++)
        {
            threadsBefore = run == 1 ? ThreadFigures.CpuTimes(gateway.ProcessId) : threadsBefore;

            // Who comes first changes, so that none always follows the other.
            foreach (ServerUnderTest server in run % 2 == 0 ? servers : servers.Reverse())
            {
                RunFigures one = await MeasureAsync(server, shape, run, messages, options.Protocol, cancellation).ConfigureAwait(false);
                if (run > 0)
                {
                    figures[server].Add(one);
                }
            }
        }

        ComparisonTable.Write(output, shape, messages, options, [.. servers.Select(s => (s, (IReadOnlyList<RunFigures>)figures[s]))]);
        string threads = ThreadFigures.Describe(threadsBefore, ThreadFigures.CpuTimes(gateway.ProcessId), (long)messages * options.Repetitions);
        await output.WriteLineAsync($"gateway CPU us/msg by thread, pauses between the runs included: {threads}").ConfigureAwait(false);
        LedgerCounts ledger = await gateway.Api.LedgerAsync(cancellation).ConfigureAwait(false);
        await output.WriteLineAsync($"ledger: {messages * (options.Repetitions + 1L)} sent and acknowledged; {ledger}").ConfigureAwait(false);
        foreach (ServerUnderTest server in servers)
        {
            await server.StopAsync(cancellation).ConfigureAwait(false);
        }
    }

    private static async Task<RunFigures> MeasureAsync(ServerUnderTest server, LoadShape shape, int run, int messages, int protocol, CancellationToken cancellation)
    {
        int firstDevice = shape.NeedsFreshDevices ? run * shape.Connections : 0;
        using LoadGenerator generator = LoadGenerator.Connect(shape, firstDevice, server.MqttPort, (MqttProtocolVersion)protocol);
        ServerCounters countersBefore = await server.CountersAsync(cancellation).ConfigureAwait(false);
        TimeSpan cpuBefore = ProcessFigures.CpuTime(server.ProcessId);
        long start = Stopwatch.GetTimestamp();
        LoadResult load = generator.Run(messages);
        TimeSpan cpuAcknowledged = ProcessFigures.CpuTime(server.ProcessId);
        await server.CatchUpAsync(messages * (run + 1L), cancellation).ConfigureAwait(false);
        return new RunFigures
        {
            Load = load,
            CpuToPubAck = cpuAcknowledged - cpuBefore,
            CpuCaughtUp = ProcessFigures.CpuTime(server.ProcessId) - cpuBefore,
            ElapsedCaughtUp = Stopwatch.GetElapsedTime(start),
            ResidentBytes = ProcessFigures.ResidentBytes(server.ProcessId),
            Counters = (await server.CountersAsync(cancellation).ConfigureAwait(false)).Since(countersBefore),
        };
    }
}
