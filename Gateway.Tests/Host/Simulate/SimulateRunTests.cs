using System.Globalization;
using Gateway.Host.Cli.Simulate;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Readings;

namespace Gateway.Tests.Host.Simulate;

/// <summary>Whole runs against a stand-in gateway over loopback TCP.</summary>
public sealed class SimulateRunTests : IDisposable
{
    private static readonly EventTime Start = new(1_769_504_400_000);
    private readonly StringWriter _out = new(CultureInfo.InvariantCulture);
    private readonly StringWriter _error = new(CultureInfo.InvariantCulture);
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task Scenario_publishes_every_message_and_tells_the_figures()
    {
        await using StandInGateway gateway = new();

        Assert.Equal(0, await Run(Scenario(gateway)));
        Assert.Equal(50, gateway.Messages.Count(m => !m.Retain));
        Assert.Contains("published 50 acknowledged 50 refused 0 lost 0", _out.ToString(), StringComparison.Ordinal);
        Assert.Contains("PUBACK p50", _out.ToString(), StringComparison.Ordinal);
        Assert.Equal("", _error.ToString());
    }

    [Fact]
    public async Task Every_device_has_its_connection_its_will_and_its_status()
    {
        await using StandInGateway gateway = new();
        await Run(Scenario(gateway));

        Assert.Equal(["ACC-000000", "CAM-000000", "FLD-000000", "SMK-000000"], gateway.Connects.Select(c => c.ClientId).Order(StringComparer.Ordinal));
        Assert.All(gateway.Connects, c => Assert.Equal((MqttProtocolVersion.V5, true, "offline"), (c.Version, c.Will!.Retain, System.Text.Encoding.UTF8.GetString(c.Will.Payload.Span))));
        foreach (IGrouping<string, StandInGateway.Published> device in gateway.Messages.GroupBy(m => m.ClientId))
        {
            string topic = gateway.Connects.Single(c => c.ClientId == device.Key).Will!.Topic;
            Assert.Equal([(topic, "online"), (topic, "offline")], device.Where(m => m.Retain).Select(m => (m.Topic, m.Payload)));
            Assert.True(device.First().Retain && device.Last().Retain);
            Assert.All(device, m => Assert.Contains($"/{device.Key}/", m.Topic, StringComparison.Ordinal));
        }

        Assert.Equal(4, gateway.Goodbyes.Count);
    }

    [Fact]
    public async Task Scenario_takes_its_times_from_the_gateways_clock()
    {
        await using StandInGateway gateway = new() { Answer = ClockAnswer("100") };
        await Run(Scenario(gateway));

        long[] times = [.. gateway.Messages.Where(m => !m.Retain).Select(m => long.Parse(m.Payload[6..19], CultureInfo.InvariantCulture)).Order()];
        Assert.All(times, t => Assert.True(t >= Start.UnixMilliseconds));
        Assert.Equal(49 * 10 * 100, times[^1] - times[0]);
    }

    [Fact]
    public async Task Refused_messages_are_told_with_their_reason()
    {
        await using StandInGateway gateway = new() { Judge = m => m.ClientId == "SMK-000000" && !m.Retain ? ReasonCode.NotAuthorized : ReasonCode.Success };

        Assert.Equal(1, await Run(Scenario(gateway)));
        int refused = gateway.Messages.Count(m => m.ClientId == "SMK-000000" && !m.Retain);
        Assert.Contains($"refused {refused} lost 0", _out.ToString(), StringComparison.Ordinal);
        Assert.Contains("SMK-000000: publish to city/v1/smoke/SMK-000000/telemetry refused: NotAuthorized (0x87)", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Broken_connection_loses_its_messages_and_no_others()
    {
        await using StandInGateway gateway = new() { Judge = m => m.ClientId == "SMK-000000" && !m.Retain ? null : ReasonCode.Success };

        Assert.Equal(1, await Run(Scenario(gateway)));
        Assert.Contains("SMK-000000: connection lost: ", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains($"acknowledged {gateway.Messages.Count(m => m.ClientId != "SMK-000000" && !m.Retain)} refused 0 lost", _out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_connection_is_told_with_its_reason()
    {
        await using StandInGateway gateway = new() { Answer = new ConnAckPacket(false, ReasonCode.BadUserNameOrPassword) };

        Assert.Equal(1, await Run(Scenario(gateway)));
        Assert.Contains("SMK-000000: 127.0.0.1", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("refused the connection: BadUserNameOrPassword (0x86)", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Absent_gateway_is_told_with_its_address()
    {
        StandInGateway gateway = new();
        SimulateOptions options = Scenario(gateway);
        await gateway.DisposeAsync();

        Assert.Equal(1, await Run(options));
        Assert.Contains($"cannot connect to 127.0.0.1:{options.Port}", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_without_a_clock_publishes_the_recording_in_order_as_it_is()
    {
        await File.WriteAllLinesAsync(_file, ["dateTime,value,unit,station_id", .. Enumerable.Range(0, 500).Select(i => $"2026-01-{1 + (i % 20):00}T00:{i / 20:00}:00Z,{i}.50,m,50119")]);
        await using StandInGateway gateway = new();

        Assert.Equal(0, await Run(Replay(gateway)));
        long[] times = [.. gateway.Messages.Where(m => !m.Retain).Select(m => long.Parse(m.Payload[6..19], CultureInfo.InvariantCulture))];
        Assert.Equal(500, times.Length);
        Assert.Equal(times.Order(), times);
        Assert.All(gateway.Messages.Where(m => !m.Retain), m => Assert.EndsWith(".50}", m.Payload, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Replay_with_a_clock_publishes_what_is_past_at_once_and_the_rest_when_the_gateways_clock_shows_it()
    {
        // The gateway's clock runs at 1000 times real time from 2026-01-27T09:00Z: an hour before is past, five minutes after are 0.3 s away.
        await File.WriteAllLinesAsync(_file, ["time,device,water_level", "2026-01-27T08:00:00Z,F,1", "2026-01-27T09:05:00Z,F,2"]);
        await using StandInGateway gateway = new() { Answer = ClockAnswer("1000") };
        long started = TimeProvider.System.GetTimestamp();

        Assert.Equal(0, await Run(Replay(gateway) with { ClockStart = new EventTime(0), ClockSpeed = 1 }));
        Assert.Equal(2, gateway.Messages.Count(m => !m.Retain));
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.FromMilliseconds(290L), TimeSpan.FromMinutes(4));
    }

    [Fact]
    public async Task Bad_recording_is_told_with_its_place_before_anything_is_published()
    {
        await File.WriteAllLinesAsync(_file, ["time,device,water_level", "2026-01-27T08:00:00Z,F,1", "noon,F,2"]);
        await using StandInGateway gateway = new();

        Assert.Equal(1, await Run(Replay(gateway)));
        Assert.Contains($"{_file}:3:1: error: 'noon' is not a time", _error.ToString(), StringComparison.Ordinal);
        Assert.Empty(gateway.Connects);
    }

    [Fact]
    public async Task Absent_recording_and_absent_city_are_told()
    {
        await using StandInGateway gateway = new();

        Assert.Equal(1, await Run(Replay(gateway) with { Files = [_file + ".none"] }));
        Assert.Equal(1, await Run(Scenario(gateway) with { Devices = null, City = _file + ".none" }));
        Assert.Contains($"{_file}.none:1:1: error: ", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains($"no city folder {_file}.none", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelled_run_still_tells_what_was_published()
    {
        using CancellationTokenSource cancel = new();
        await using StandInGateway gateway = new()
        {
            Judge = m =>
            {
                if (!m.Retain)
                {
                    cancel.Cancel();
                }

                return ReasonCode.Success;
            },
        };

        await Run(Scenario(gateway) with { Duration = TimeSpan.FromHours(1), RatePerSecond = 1 }, cancel.Token);
        Assert.Contains("published 1 acknowledged 1 refused 0 lost 0", _out.ToString(), StringComparison.Ordinal);
        Assert.Equal(4, gateway.Goodbyes.Count);
    }

    private static ConnAckPacket ClockAnswer(string speed) => new(false, ReasonCode.Success)
    {
        Properties = new ConnAckProperties
        {
            ReceiveMaximum = 10,
            UserProperties = [new UserProperty("gateway-time", Start.UnixMilliseconds.ToString(CultureInfo.InvariantCulture)), new UserProperty("gateway-clock-speed", speed)],
        },
    };

    private static SimulateOptions Scenario(StandInGateway gateway) =>
        new() { Scenario = "calm", Devices = 4, RatePerSecond = 100, Duration = TimeSpan.FromSeconds(0.5), Port = gateway.Port };

    private SimulateOptions Replay(StandInGateway gateway) => new() { Scenario = "replay", Files = [_file], RatePerSecond = 100_000, Port = gateway.Port };

    private Task<int> Run(SimulateOptions options, CancellationToken cancellation = default) =>
        new SimulateRun(options, TimeProvider.System, new RunOutput(null, _out, _error)).RunAsync(cancellation);
}
