using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Benchmarks.EndToEnd;

/// <summary>
/// The time from a breach published to its case visible on the case stream, while other devices publish at a steady rate. Each breach
/// comes from a detector in another building, so that each opens a case of its own.
/// </summary>
internal static class CaseLatencyRun
{
    private const int Detectors = 8000;
    private const int KindsOfDevices = 4;
    private const int Phases = 3;
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WarmUpTime = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan BreachInterval = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan VisibleLimit = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Runs the background, the breaches and the stream together and prints the percentiles: at once after the start, while the gateway's
    /// code is still being compiled, and again when it has been at work for a while.
    /// </summary>
    public static async Task<int> RunAsync(EndToEndOptions options, WorkFolder work, TextWriter output, CancellationToken cancellation)
    {
        LoadShape shape = LoadShape.Paced with { RatePerSecond = options.LatencyRate };
        string city = work.PathOf("city");
        await GatewayServer.GenerateCityAsync(options.Gateway, city, Detectors * KindsOfDevices, cancellation).ConfigureAwait(false);
        int afterStart = Math.Max(1, options.Breaches / 4);
        IReadOnlyList<string> devices = BreachDevices.Choose(city, shape.Connections * Phases, afterStart + options.Breaches);
        await using GatewayServer gateway = await GatewayServer.StartAsync(options.Gateway, city, work.PathOf("data"), cancellation).ConfigureAwait(false);
        ConcurrentDictionary<string, long> visibleAt = new(StringComparer.Ordinal);
        StreamReader stream = await gateway.Api.CaseStreamAsync(cancellation).ConfigureAwait(false);
        using CancellationTokenSource streamEnds = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task following = FollowAsync(stream, visibleAt, streamEnds.Token);

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n### breach published -> case on the stream, {options.LatencyRate} messages/s in the background\n"));
        output.WriteLine("| | breaches | reached msg/s | p50 ms | p90 ms | p99 ms | worst ms | PUBACK p50 ms | PUBACK p99 ms | gateway CPU us/msg by thread |\n|---|---|---|---|---|---|---|---|---|---|");
        (string Name, IReadOnlyList<string> Devices)[] phases = [("just started", [.. devices.Take(afterStart)]), ("", []), ("warmed up", [.. devices.Skip(afterStart)])];
        int sent = 0;
        for (int phase = 0; phase < Phases; phase++)
        {
            (string name, IReadOnlyList<string> breaching) = phases[phase];
            TimeSpan length = breaching.Count == 0 ? WarmUpTime : SettleTime + (BreachInterval * breaching.Count) + SettleTime;
            int messages = (int)(length.TotalSeconds * shape.RatePerSecond);
            using LoadGenerator background = LoadGenerator.Connect(shape, phase * shape.Connections, gateway.MqttPort, (MqttProtocolVersion)options.Protocol);
            IReadOnlyDictionary<string, TimeSpan> threadsBefore = ThreadFigures.CpuTimes(gateway.ProcessId);
            Task<LoadResult> load = Task.Factory.StartNew(() => background.Run(messages), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            await Task.Delay(SettleTime, cancellation).ConfigureAwait(false);
            Dictionary<string, long> publishedAt = await PublishAsync(breaching, gateway.MqttPort, (MqttProtocolVersion)options.Protocol, cancellation).ConfigureAwait(false);
            LoadResult result = await load.ConfigureAwait(false);
            sent += messages + breaching.Count;
            await AwaitVisibleAsync(visibleAt, publishedAt, following, cancellation).ConfigureAwait(false);
            await gateway.Api.WaitUntilProcessedAsync(sent, cancellation).ConfigureAwait(false);
            if (breaching.Count > 0)
            {
                string threads = ThreadFigures.Describe(threadsBefore, ThreadFigures.CpuTimes(gateway.ProcessId), messages);
                Write(output, name, result, publishedAt, visibleAt, threads);
            }
        } // a thousand open connections are not what the gateway's end is to wait for

        await streamEnds.CancelAsync().ConfigureAwait(false);
        stream.Dispose();
        await gateway.StopAsync(cancellation).ConfigureAwait(false);
        return 0;
    }

    private static async Task<Dictionary<string, long>> PublishAsync(IReadOnlyList<string> devices, int port, MqttProtocolVersion version, CancellationToken cancellation)
    {
        Dictionary<string, long> publishedAt = new(StringComparer.Ordinal);
        using PeriodicTimer timer = new(BreachInterval);
        foreach (string device in devices)
        {
            using BreachPublisher publisher = BreachPublisher.Connect(device, port, version);
            await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false);
            publishedAt[device] = publisher.Publish();
        }

        return publishedAt;
    }

    /// <summary>Notes when the first event of a device's case arrives; ends when it is told to.</summary>
    private static async Task FollowAsync(StreamReader stream, ConcurrentDictionary<string, long> visibleAt, CancellationToken cancellation)
    {
        const string DataPrefix = "data: ";
        try
        {
            while (await stream.ReadLineAsync(cancellation).ConfigureAwait(false) is { } line)
            {
                long now = Stopwatch.GetTimestamp();
                if (line.StartsWith(DataPrefix, StringComparison.Ordinal))
                {
                    using JsonDocument json = JsonDocument.Parse(line.AsMemory(DataPrefix.Length));
                    visibleAt.TryAdd(json.RootElement.GetProperty("case").GetProperty("deviceId").GetString()!, now);
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return; // all cases have been seen
        }

        throw new MeasurementException("the gateway ended the case stream");
    }

    private static async Task AwaitVisibleAsync(ConcurrentDictionary<string, long> visibleAt, Dictionary<string, long> publishedAt, Task following, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        while (publishedAt.Keys.Count(d => !visibleAt.ContainsKey(d)) is var missing and > 0)
        {
            if (following.IsCompleted)
            {
                await following.ConfigureAwait(false); // it has only ended if it failed
            }

            if (Stopwatch.GetElapsedTime(start) > VisibleLimit)
            {
                throw new MeasurementException($"{missing} of {publishedAt.Count} cases have not appeared on the stream");
            }

            await Task.Delay(BreachInterval, cancellation).ConfigureAwait(false);
        }
    }

    private static void Write(TextWriter output, string phase, LoadResult load, Dictionary<string, long> publishedAt, ConcurrentDictionary<string, long> visibleAt, string threads)
    {
        double[] delays = [.. publishedAt.Select(p => Stopwatch.GetElapsedTime(p.Value, visibleAt[p.Key]).TotalMilliseconds).Order()];
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {phase} | {delays.Length} | {load.Messages / load.Elapsed.TotalSeconds:N0} | {At(delays, 0.5):F1} | {At(delays, 0.9):F1} | {At(delays, 0.99):F1} | {delays[^1]:F1} | {load.Latencies.Percentile(0.5).TotalMilliseconds:F2} | {load.Latencies.Percentile(0.99).TotalMilliseconds:F2} | {threads} |"));
    }

    private static double At(double[] sorted, double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
}
