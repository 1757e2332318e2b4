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
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BreachInterval = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan VisibleLimit = TimeSpan.FromSeconds(30);

    /// <summary>Runs the background, the breaches and the stream together and prints the percentiles.</summary>
    public static async Task<int> RunAsync(EndToEndOptions options, WorkFolder work, TextWriter output, CancellationToken cancellation)
    {
        LoadShape shape = LoadShape.Paced with { RatePerSecond = options.LatencyRate };
        TimeSpan length = SettleTime + (BreachInterval * options.Breaches) + SettleTime;
        int messages = (int)(length.TotalSeconds * shape.RatePerSecond);
        string city = work.PathOf("city");
        await GatewayServer.GenerateCityAsync(options.Gateway, city, Detectors * KindsOfDevices, cancellation).ConfigureAwait(false);
        IReadOnlyList<string> devices = BreachDevices.Choose(city, shape.Connections, options.Breaches);
        await using GatewayServer gateway = await GatewayServer.StartAsync(options.Gateway, city, work.PathOf("data"), cancellation).ConfigureAwait(false);

        using LoadGenerator background = LoadGenerator.Connect(shape, 0, gateway.MqttPort, (MqttProtocolVersion)options.Protocol);
        ConcurrentDictionary<string, long> visibleAt = new(StringComparer.Ordinal);
        StreamReader stream = await gateway.Api.CaseStreamAsync(cancellation).ConfigureAwait(false);
        using CancellationTokenSource streamEnds = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        IReadOnlyDictionary<string, TimeSpan> threadsBefore = ThreadFigures.CpuTimes(gateway.ProcessId);
        Task following = FollowAsync(stream, visibleAt, streamEnds.Token);
        Task<LoadResult> load = Task.Factory.StartNew(() => background.Run(messages), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        await Task.Delay(SettleTime, cancellation).ConfigureAwait(false);
        Dictionary<string, long> publishedAt = await PublishAsync(devices, gateway.MqttPort, (MqttProtocolVersion)options.Protocol, cancellation).ConfigureAwait(false);
        LoadResult result = await load.ConfigureAwait(false);
        await AwaitVisibleAsync(visibleAt, devices.Count, following, cancellation).ConfigureAwait(false);
        await streamEnds.CancelAsync().ConfigureAwait(false);
        stream.Dispose();
        await gateway.Api.WaitUntilProcessedAsync(messages + devices.Count, cancellation).ConfigureAwait(false);

        Write(output, options, result, publishedAt, visibleAt);
        output.WriteLine($"\ngateway CPU us/msg by thread: {ThreadFigures.Describe(threadsBefore, ThreadFigures.CpuTimes(gateway.ProcessId), messages)}");
        background.Dispose(); // a thousand open connections are not what its end is to wait for
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

    private static async Task AwaitVisibleAsync(ConcurrentDictionary<string, long> visibleAt, int count, Task following, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        while (visibleAt.Count < count)
        {
            if (following.IsCompleted)
            {
                await following.ConfigureAwait(false); // it has only ended if it failed
            }

            if (Stopwatch.GetElapsedTime(start) > VisibleLimit)
            {
                throw new MeasurementException($"only {visibleAt.Count} of {count} cases have appeared on the stream");
            }

            await Task.Delay(BreachInterval, cancellation).ConfigureAwait(false);
        }
    }

    private static void Write(TextWriter output, EndToEndOptions options, LoadResult load, Dictionary<string, long> publishedAt, ConcurrentDictionary<string, long> visibleAt)
    {
        double[] delays = [.. publishedAt.Select(p => Stopwatch.GetElapsedTime(p.Value, visibleAt[p.Key]).TotalMilliseconds).Order()];
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"\n### breach published -> case on the stream: {delays.Length} breaches, background {options.LatencyRate} messages/s asked, {load.Messages / load.Elapsed.TotalSeconds:N0} reached\n"));
        output.WriteLine("| p50 ms | p90 ms | p99 ms | worst ms | PUBACK p50 ms | PUBACK p99 ms |\n|---|---|---|---|---|---|");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {At(delays, 0.5):F1} | {At(delays, 0.9):F1} | {At(delays, 0.99):F1} | {delays[^1]:F1} | {load.Latencies.Percentile(0.5).TotalMilliseconds:F2} | {load.Latencies.Percentile(0.99).TotalMilliseconds:F2} |"));
    }

    private static double At(double[] sorted, double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
}
