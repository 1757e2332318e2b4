using Gateway.Host.Ingest;
using Gateway.Protocols.Readings;
using Gateway.Tests.Support;

namespace Gateway.Tests.Host.Ingest;

public sealed class GatewayClockTests
{
    private readonly ManualTime _time = new();

    private EventTime System => EventTime.From(_time.GetUtcNow());

    public GatewayClockTests() => _time.Pass(TimeSpan.FromDays(1000)); // past the day before which a clock is not set

    [Theory]
    [InlineData(60)]
    [InlineData(-60)]
    public void Clocks_that_differ_come_together_without_a_step(int aheadSeconds)
    {
        GatewayClock clock = GatewayClock.Real(_time, System + TimeSpan.FromSeconds(Math.Max(0, aheadSeconds)));
        _time.Step(TimeSpan.FromSeconds(Math.Max(0, -aheadSeconds)));
        EventTime last = clock.Now;
        int seconds = 0;
        for (clock.Compare(); clock.Ahead != TimeSpan.Zero; clock.Compare())
        {
            _time.Pass(TimeSpan.FromSeconds(1));
            Assert.InRange((clock.Now - last).TotalMilliseconds, 898, 1102);
            last = clock.Now;
            seconds++;
        }

        Assert.InRange(seconds, 590, 600);
        Assert.InRange((clock.Now - System).TotalMilliseconds, -500, 500);
    }

    [Fact]
    public void System_clock_that_is_not_set_is_not_followed()
    {
        EventTime end = System;
        _time.Step(TimeSpan.FromDays(-20_000));
        GatewayClock clock = GatewayClock.Real(_time, end);
        clock.Compare();
        _time.Pass(TimeSpan.FromHours(1));
        Assert.False(clock.IsSystemPlausible);
        Assert.Equal(TimeSpan.Zero, clock.Ahead);
        Assert.Equal(end + TimeSpan.FromHours(1), clock.Now);
    }

    [Fact]
    public void Exercise_has_a_clock_of_its_own()
    {
        GatewayClock clock = GatewayClock.Exercise(_time, new EventTime(1_768_262_400_000), 60);
        clock.Compare();
        _time.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(new EventTime(1_768_262_400_000) + TimeSpan.FromHours(1), clock.Now);
        Assert.Equal(TimeSpan.Zero, clock.Ahead);
    }
}
