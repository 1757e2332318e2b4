using Gateway.Protocols.Readings;

namespace Gateway.Tests.Protocols.Readings;

public sealed class TimePolicyTests
{
    private static readonly EventTime Received = new(1_769_504_400_000);

    [Theory]
    [InlineData(0, TimeQuality.Ok)]
    [InlineData(-60_000, TimeQuality.Ok)]
    [InlineData(-60_001, TimeQuality.Late)]
    [InlineData(-300_000, TimeQuality.Late)]
    [InlineData(-300_001, TimeQuality.Historical)]
    [InlineData(60_000, TimeQuality.Ok)]
    [InlineData(60_001, TimeQuality.Future)]
    public void Device_time_is_judged_by_its_distance(long aheadMilliseconds, TimeQuality quality)
    {
        EventTime claimed = new(Received.UnixMilliseconds + aheadMilliseconds);

        Assert.Equal(quality, new TimePolicy().Judge(claimed, Received, out EventTime observedAt));
        Assert.Equal(quality == TimeQuality.Future ? Received : claimed, observedAt);
    }

    [Theory]
    [InlineData(0, 0, TimeQuality.Ok)]
    [InlineData(-86_400_000, 0, TimeQuality.Ok)]
    [InlineData(-86_430_000, -30_000, TimeQuality.Ok)]
    [InlineData(-86_520_000, -120_000, TimeQuality.Late)]
    [InlineData(-3_600_000, -3_600_000, TimeQuality.Historical)]
    [InlineData(-90_000_000, -3_600_000, TimeQuality.Historical)]
    [InlineData(86_400_000, 0, TimeQuality.Future)]
    public void Device_that_agrees_with_either_of_two_clocks_is_believed(long aheadMilliseconds, long filedAhead, TimeQuality quality)
    {
        EventTime claimed = new(Received.UnixMilliseconds + aheadMilliseconds);
        TimePolicy policy = new() { ClockAhead = TimeSpan.FromDays(1) };

        Assert.Equal(quality, policy.Judge(claimed, Received, out EventTime observedAt));
        Assert.Equal(new EventTime(Received.UnixMilliseconds + filedAhead), observedAt);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0L)]
    [InlineData(946_684_799_999L)]
    public void Absent_or_implausible_time_is_no_clock(long? unixMilliseconds)
    {
        EventTime? claimed = unixMilliseconds is { } ms ? new EventTime(ms) : null;

        Assert.Equal(TimeQuality.NoClock, new TimePolicy().Judge(claimed, Received, out EventTime observedAt));
        Assert.Equal(Received, observedAt);
    }

    [Fact]
    public void First_plausible_instant_is_believed() =>
        Assert.Equal(TimeQuality.Historical, new TimePolicy().Judge(new EventTime(946_684_800_000), Received, out _));

    [Fact]
    public void Fast_clock_widens_the_tolerances()
    {
        TimePolicy fast = new TimePolicy().AtSpeed(60);

        Assert.Equal(TimeQuality.Ok, fast.Judge(Received - TimeSpan.FromHours(1), Received, out _));
        Assert.Equal(TimeQuality.Late, fast.Judge(Received - TimeSpan.FromHours(5), Received, out _));
        Assert.Equal(TimeQuality.Historical, fast.Judge(Received - TimeSpan.FromHours(6), Received, out _));
        Assert.Equal(TimeQuality.Ok, fast.Judge(Received + TimeSpan.FromHours(1), Received, out _));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(-1)]
    public void Slow_clock_is_refused(double speed) => Assert.Throws<ArgumentOutOfRangeException>(() => new TimePolicy().AtSpeed(speed));
}
