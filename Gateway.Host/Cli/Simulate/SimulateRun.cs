using Gateway.Host.Cli.Simulate.Publishing;
using Gateway.Host.Cli.Simulate.Replay;
using Gateway.Host.Cli.Simulate.Scenarios;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Cli.Simulate;

/// <summary>One run: load, connect, publish at the right pace, wait for the acknowledgements, tell the figures.</summary>
internal sealed class SimulateRun(SimulateOptions options, TimeProvider time, RunOutput output)
{
    private static readonly TimeSpan DefaultScenarioDuration = TimeSpan.FromMinutes(2L);
    private readonly RunStatistics _statistics = new();

    /// <summary>Runs; the exit code: 0 when every message was acknowledged, else 1.</summary>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        try
        {
            return await PrepareAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Fail(["cancelled before all devices were connected"]);
        }
    }

    private async Task<int> PrepareAsync(CancellationToken cancellation)
    {
        bool replays = options.Scenario == ScenarioTable.Replay;
        SimulatedFleet? fleet = null;
        if (!replays || options.City is not null)
        {
            fleet = FleetSource.Load(options, out IReadOnlyList<string> errors);
            if (fleet is null)
            {
                return Fail(errors);
            }
        }

        IReadOnlyList<SimulatedMessage>? recording = null;
        if (replays)
        {
            EventTime now = EventTime.From(time.GetUtcNow());
            ReplayReader reader = new(options.Replay, options.ClockStart ?? now, fleet);
            ReadFiles(reader);
            if (options.ClockStart is null && reader.SpanOfSeconds is { } span && span > TimeSpan.Zero)
            {
                // A recording that only counts seconds ends now: times ahead of the gateway's clock would not be believed.
                reader = new ReplayReader(options.Replay, now - span, fleet);
                ReadFiles(reader);
            }

            if (reader.Errors.Count > 0)
            {
                return Fail([.. reader.Errors.Select(e => e.ToString())]);
            }

            recording = reader.Messages();
        }

        IReadOnlyList<SimulatedDevice> devices = recording is null ? fleet!.Devices : [.. recording.Select(m => m.Device).Distinct()];
        await using FleetConnections connections = new(new DeviceConnector(options, _statistics, time), time);
        string error = await connections.ConnectAsync(devices, cancellation);
        return error.Length > 0 ? Fail([$"error: {error}"]) : await PublishAsync(connections, fleet, recording, cancellation);
    }

    private async Task<int> PublishAsync(FleetConnections connections, SimulatedFleet? fleet, IReadOnlyList<SimulatedMessage>? recording, CancellationToken cancellation)
    {
        CityClock clock = connections.First is { } first
            ? CityClock.From(first.Accepted.Properties.UserProperties, first.AcceptedAt, options, time)
            : CityClock.From([], time.GetTimestamp(), options, time);
        long total;
        IEnumerable<SimulatedMessage> messages;
        if (recording is null)
        {
            ScenarioSettings settings = new(options.RatePerSecond, options.Duration ?? DefaultScenarioDuration, options.Seed, clock.Now, clock.Speed);
            messages = ScenarioStream.Play(fleet!, options.Scenario, settings);
            total = settings.MessageCount;
        }
        else
        {
            messages = recording;
            total = recording.Count;
        }

        long started = time.GetTimestamp();
        Pace pace = new(options, clock, time);
        Task publishing = connections.PublishAsync(messages, pace, cancellation);
        await output.FollowAsync(publishing, _statistics, total, time);
        TimeSpan took = time.GetElapsedTime(started);
        await connections.FinishAsync();
        Report(took);
        return _statistics.Refused + _statistics.Lost == 0 && _statistics.Acknowledged == _statistics.Published ? 0 : 1;
    }

    private void ReadFiles(ReplayReader reader)
    {
        foreach (string file in options.Files)
        {
            try
            {
                reader.Read(file, File.ReadLines(file));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                reader.FailFile(file, failure.Message);
            }
        }
    }

    private void Report(TimeSpan took)
    {
        foreach (string trouble in _statistics.Troubles)
        {
            output.Error.WriteLine(trouble);
        }

        RunStatistics s = _statistics;
        double rate = s.Acknowledged / Math.Max(0.001, took.TotalSeconds);
        output.Out.WriteLine(FormattableString.Invariant($"published {s.Published} acknowledged {s.Acknowledged} refused {s.Refused} lost {s.Lost}"));
        output.Out.WriteLine(FormattableString.Invariant($"{took.TotalSeconds:0.0} s, {rate:0.0} msg/s, PUBACK p50 {s.Latency.Percentile(0.50).TotalMilliseconds:0.###} ms p99 {s.Latency.Percentile(0.99).TotalMilliseconds:0.###} ms"));
    }

    private int Fail(IReadOnlyList<string> errors)
    {
        foreach (string error in errors)
        {
            output.Error.WriteLine(error);
        }

        return 1;
    }
}
