using Gateway.Host.Cli.Simulate;
using Gateway.Host.Cli.Simulate.Publishing;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Readings;

namespace Gateway.Tests.Host.Simulate;

public sealed class CityClockTests
{
    private static readonly SimulateOptions NoClock = new() { Scenario = "calm" };
    private readonly HandClock _time = new();

    [Fact]
    public void Gateway_that_tells_its_clock_is_followed()
    {
        CityClock clock = CityClock.From([new("gateway-time", "5000"), new("gateway-clock-speed", "60.5")], _time.GetTimestamp(), NoClock with { ClockStart = new EventTime(1), ClockSpeed = 2 }, _time);
        _time.Advance(TimeSpan.FromSeconds(2L));

        Assert.Equal(new EventTime(5000 + 121_000), clock.Now);
        Assert.Equal(TimeSpan.FromSeconds(1L), clock.Until(new EventTime(5000 + 121_000 + 60_500)));
        Assert.True(clock.Until(new EventTime(5000)) < TimeSpan.Zero);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("NaN")]
    [InlineData("1e999")]
    [InlineData("fast")]
    public void Gateway_that_tells_no_usable_speed_runs_at_real_time(string speed) =>
        Assert.Equal(1, CityClock.From([new("gateway-time", "5000"), new("gateway-clock-speed", speed)], _time.GetTimestamp(), NoClock, _time).Speed);

    [Fact]
    public void Silent_gateway_leaves_the_clock_of_the_command_line()
    {
        CityClock clock = CityClock.From([], _time.GetTimestamp(), NoClock with { ClockStart = new EventTime(7000), ClockSpeed = 3 }, _time);
        _time.Advance(TimeSpan.FromSeconds(1L));

        Assert.Equal(new EventTime(10_000), clock.Now);
    }

    [Fact]
    public void Without_any_clock_it_is_now() =>
        Assert.Equal(EventTime.From(_time.GetUtcNow()), CityClock.From([new UserProperty("gateway-time", "noon")], _time.GetTimestamp(), NoClock, _time).Now);

    /// <summary>Time that a test moves.</summary>
    private sealed class HandClock : TimeProvider
    {
        private TimeSpan _elapsed;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan by) => _elapsed += by;

        public override long GetTimestamp() => _elapsed.Ticks;

        public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 1, 27, 9, 0, 0, TimeSpan.Zero) + _elapsed;
    }
}
