using Gateway.Protocols.Readings;

namespace Gateway.Tests.Protocols.Readings;

public sealed class EventTimeTests
{
    [Theory]
    [InlineData("1769504400000", 1_769_504_400_000)]
    [InlineData("-1", -1)]
    [InlineData("2026-01-27T09:00:00Z", 1_769_504_400_000)]
    [InlineData("2026-01-27t09:00:00z", 1_769_504_400_000)]
    [InlineData("2026-01-27 09:00:00Z", 1_769_504_400_000)]
    [InlineData("2026-01-27T17:00:00+08:00", 1_769_504_400_000)]
    [InlineData("2026-01-27T03:30:00-05:30", 1_769_504_400_000)]
    [InlineData("2026-01-27T09:00:00.5Z", 1_769_504_400_500)]
    [InlineData("2026-01-27T09:00:00.123999999Z", 1_769_504_400_123)]
    [InlineData("2026-01-27T08:59:60Z", 1_769_504_400_000)]
    [InlineData("2026-01-27", 1_769_472_000_000)]
    [InlineData("2024-02-29T00:00:00Z", 1_709_164_800_000)]
    [InlineData("1970-01-01T00:00:00Z", 0)]
    [InlineData("1969-12-31T23:59:59.999Z", -1)]
    [InlineData("9999-12-31T23:59:59.999Z", 253_402_300_799_999)]
    [InlineData("0001-01-01T00:00:00Z", -62_135_596_800_000)]
    public void Text_of_a_time_parses(string text, long unixMilliseconds)
    {
        Assert.True(EventTime.TryParse(text, out EventTime time));
        Assert.Equal(unixMilliseconds, time.UnixMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("now")]
    [InlineData("2026-01-27T09:00:00")]
    [InlineData("2026-01-27T09:00Z")]
    [InlineData("2026-1-27T09:00:00Z")]
    [InlineData("2026-13-27T09:00:00Z")]
    [InlineData("2026-02-29T09:00:00Z")]
    [InlineData("2026-01-27T24:00:00Z")]
    [InlineData("2026-01-27T09:60:00Z")]
    [InlineData("2026-01-27T09:00:61Z")]
    [InlineData("2026-01-27T09:00:00.Z")]
    [InlineData("2026-01-27T09:00:00+0800")]
    [InlineData("2026-01-27T09:00:00+24:00")]
    [InlineData("2026-01-27T09:00:00Z ")]
    [InlineData("27/01/2026 09:00:00")]
    [InlineData("２026-01-27T09:00:00Z")]
    [InlineData("0001-01-01T00:00:00+01:00")]
    [InlineData("9999-12-31T23:59:60Z")]
    [InlineData("253402300800000")]
    [InlineData("99999999999999999999")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000001")]
    public void Text_of_no_time_does_not_parse(string text) => Assert.False(EventTime.TryParse(text, out _));

    [Fact]
    public void Printed_time_parses_back()
    {
        Random random = new(5);
        for (int i = 0; i < 2000; i++)
        {
            EventTime time = new(random.NextInt64(EventTime.MinValue.UnixMilliseconds, EventTime.MaxValue.UnixMilliseconds + 1));

            Assert.True(EventTime.TryParse(time.ToString(), out EventTime parsed));
            Assert.Equal(time, parsed);
            Assert.Equal(time.ToDateTimeOffset(), DateTimeOffset.FromUnixTimeMilliseconds(parsed.UnixMilliseconds));
        }
    }

    [Fact]
    public void Sum_saturates_at_both_ends()
    {
        Assert.Equal(EventTime.MaxValue, EventTime.MaxValue + TimeSpan.FromMilliseconds(1L));
        Assert.Equal(EventTime.MinValue, EventTime.MinValue - TimeSpan.FromMilliseconds(1L));
        Assert.Equal(EventTime.MaxValue, default(EventTime) - TimeSpan.MinValue);
        Assert.Equal(EventTime.MinValue, default(EventTime) + TimeSpan.MinValue);
    }

    [Fact]
    public void Difference_and_sum_are_inverse()
    {
        EventTime earlier = new(1_000);
        EventTime later = earlier + TimeSpan.FromSeconds(90L);

        Assert.Equal(TimeSpan.FromSeconds(90L), later - earlier);
        Assert.Equal(earlier, later - TimeSpan.FromSeconds(90L));
        Assert.Equal(later, EventTime.Max(earlier, later));
        Assert.True(earlier < later && later > earlier && earlier <= later && later >= earlier && earlier.CompareTo(later) < 0);
    }

    [Fact]
    public void Date_with_an_offset_converts_cutting_below_the_millisecond() =>
        Assert.Equal(new EventTime(1_769_504_400_001), EventTime.From(new DateTimeOffset(2026, 1, 27, 17, 0, 0, 1, TimeSpan.FromHours(8)).AddTicks(9_999)));
}
