using System.Text;
using Gateway.Protocols.Mqtt.Topics;

namespace Gateway.Tests.Protocols.Mqtt.Topics;

public sealed class TopicFilterTests
{
    [Theory]
    [InlineData("#")]
    [InlineData("+")]
    [InlineData("/")]
    [InlineData("/#")]
    [InlineData("+/+")]
    [InlineData("sport/tennis/#")]
    [InlineData("sport/+/player1")]
    [InlineData("a//b")]
    [InlineData("$SYS/#")]
    [InlineData("$share/g/#")]
    [InlineData("$share/g//")]
    [InlineData("$shared/x")]
    public void Filter_that_is_well_formed_is_taken(string text) => Assert.True(TopicFilter.TryParse(text, out _));

    [Theory]
    [InlineData("", "MQTT-4.7.3-1")]
    [InlineData("sport/tennis#", "MQTT-4.7.1-1")]
    [InlineData("sport/#/ranking", "MQTT-4.7.1-1")]
    [InlineData("##", "MQTT-4.7.1-1")]
    [InlineData("#/", "MQTT-4.7.1-1")]
    [InlineData("sport+", "MQTT-4.7.1-2")]
    [InlineData("++", "MQTT-4.7.1-2")]
    [InlineData("+a/b", "MQTT-4.7.1-2")]
    [InlineData("a/b+/c", "MQTT-4.7.1-2")]
    [InlineData("a\0b", "MQTT-4.7.3-2")]
    [InlineData("$share/g", "MQTT-4.8.2-2")]
    [InlineData("$share/g/", "MQTT-4.8.2-2")]
    [InlineData("$share//a", "MQTT-4.8.2-1")]
    [InlineData("$share/+/a", "MQTT-4.8.2-2")]
    [InlineData("$share/g#/a", "MQTT-4.8.2-2")]
    public void Filter_that_is_not_well_formed_is_refused(string text, string statement) =>
        Assert.False(TopicFilter.TryParse(text, out _), statement);

    [Fact]
    public void Shared_filter_is_taken_apart()
    {
        Assert.True(TopicFilter.TryParse("$share/group/a/+", out TopicFilter filter));
        Assert.True(filter.IsShared);
        Assert.Equal("group", filter.ShareName.ToString());
        Assert.Equal("a/+", filter.Matched.ToString());
        Assert.Equal(2, filter.LevelCount);
    }

    public static TheoryData<string, string, bool> Cases => TopicMatchCases.All;

    [Theory, MemberData(nameof(Cases))]
    public void Filter_matches_as_the_specification_says(string filter, string topic, bool matches)
    {
        Assert.True(TopicFilter.TryParse(filter, out TopicFilter parsed));
        Assert.Equal(matches, parsed.Matches(Encoding.UTF8.GetBytes(topic)));
    }

    [Theory]
    [InlineData("a/b", true)]
    [InlineData("/", true)]
    [InlineData("$SYS/x", true)]
    [InlineData("", false)]
    [InlineData("a/+", false)]
    [InlineData("a/#", false)]
    [InlineData("a\0", false)]
    public void Topic_name_is_judged(string topic, bool valid) => Assert.Equal(valid, TopicName.IsValid(Encoding.UTF8.GetBytes(topic)));
}
