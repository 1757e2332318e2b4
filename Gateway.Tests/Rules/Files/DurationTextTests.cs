using Gateway.Rules.Files;

namespace Gateway.Tests.Rules.Files;

public class DurationTextTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData("500ms", 500)]
    [InlineData("30s", 30_000)]
    [InlineData("90s", 90_000)]
    [InlineData("5m", 300_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("1d2h3m4s5ms", 93_784_005)]
    [InlineData("10000d", 864_000_000_000)]
    public void Text_reads_as_duration(string text, long milliseconds)
    {
        Assert.True(DurationText.TryParse(text, out TimeSpan duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("m")]
    [InlineData("5 m")]
    [InlineData("-5m")]
    [InlineData("1.5h")]
    [InlineData("30m1h")]
    [InlineData("1h1h")]
    [InlineData("5min")]
    [InlineData("10001d")]
    [InlineData("9999999999d")]
    [InlineData("999999999d999999999h")]
    public void Text_that_is_no_duration_is_refused(string text)
    {
        Assert.False(DurationText.TryParse(text, out _));
    }

    [Theory]
    [InlineData("1h30m")]
    [InlineData("1d")]
    [InlineData("1m30s")]
    [InlineData("250ms")]
    [InlineData("0s")]
    public void Format_gives_the_text_that_reads_back(string text)
    {
        Assert.True(DurationText.TryParse(text, out TimeSpan duration));
        Assert.Equal(text, DurationText.Format(duration));
    }
}
