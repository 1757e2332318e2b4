using Gateway.Protocols.Devices;

namespace Gateway.Tests.Protocols.Devices;

public sealed class TopicPatternTests
{
    [Theory]
    [InlineData("city/v1/flood/{deviceId}/telemetry", "city/v1/flood/FLD-1/telemetry", "FLD-1")]
    [InlineData("{deviceId}", "D", "D")]
    [InlineData("{deviceId}/up", "D/up", "D")]
    [InlineData("a/+/{deviceId}", "a/x/D", "D")]
    [InlineData("a/+/{deviceId}", "a//D", "D")]
    [InlineData("+/{deviceId}", "x/D", "D")]
    [InlineData("$oc/devices/{deviceId}/sys", "$oc/devices/D/sys", "D")]
    public void Fitting_name_gives_the_device_id(string pattern, string topicName, string deviceId)
    {
        Assert.True(Parse(pattern).TryMatch(topicName, out ReadOnlySpan<char> found));
        Assert.Equal(deviceId, found.ToString());
    }

    [Theory]
    [InlineData("city/v1/flood/{deviceId}/telemetry", "city/v1/flood/FLD-1/event")]
    [InlineData("city/v1/flood/{deviceId}/telemetry", "city/v1/flood/FLD-1")]
    [InlineData("city/v1/flood/{deviceId}/telemetry", "city/v1/flood/FLD-1/telemetry/x")]
    [InlineData("city/v1/flood/{deviceId}/telemetry", "city/v1/flood//telemetry")]
    [InlineData("city/v1/flood/{deviceId}/telemetry", "")]
    [InlineData("a/{deviceId}", "A/D")]
    [InlineData("a/{deviceId}", "/a/D")]
    [InlineData("a/{deviceId}", "a/D/")]
    [InlineData("+/{deviceId}", "$SYS/D")]
    [InlineData("{deviceId}/up", "$SYS/up")]
    public void Other_name_gives_no_device_id(string pattern, string topicName)
    {
        Assert.False(Parse(pattern).TryMatch(topicName, out ReadOnlySpan<char> found));
        Assert.True(found.IsEmpty);
    }

    [Theory]
    [InlineData("", "empty level")]
    [InlineData("a//{deviceId}", "empty level")]
    [InlineData("/{deviceId}", "empty level")]
    [InlineData("a/b", "exactly one")]
    [InlineData("{deviceId}/{deviceId}", "exactly one")]
    [InlineData("{deviceId}/#", "not allowed")]
    [InlineData("{deviceId}/a+", "whole level")]
    [InlineData("{deviceId}/{kind}", "literal")]
    [InlineData("x{deviceId}", "exactly one")]
    public void Bad_pattern_says_what_is_wrong(string text, string words)
    {
        Assert.False(TopicPattern.TryParse(text, out TopicPattern? pattern, out string error));
        Assert.Null(pattern);
        Assert.Contains(words, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Name_made_for_a_device_fits_the_pattern()
    {
        TopicPattern pattern = Parse("a/+/{deviceId}/up");

        Assert.Equal("a/0/D-1/up", pattern.For("D-1"));
        Assert.True(pattern.TryMatch(pattern.For("D-1"), out ReadOnlySpan<char> found));
        Assert.Equal("D-1", found.ToString());
    }

    private static TopicPattern Parse(string text)
    {
        Assert.True(TopicPattern.TryParse(text, out TopicPattern? pattern, out string error), error);
        return pattern!;
    }
}
