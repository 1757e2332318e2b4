using System.Text;
using Gateway.Host.Access;
using Gateway.Protocols.Mqtt.Topics;

namespace Gateway.Tests.Host.Access;

public sealed class FilterCoverTests
{
    private static readonly string[] Levels = ["a", "b", "", "$s", "+", "#"];

    [Theory]
    [InlineData("#", "a/b", true)]
    [InlineData("a/#", "a", true)]
    [InlineData("a/#", "a/+/b", true)]
    [InlineData("a/+", "a/b", true)]
    [InlineData("a/+", "a/#", false)]
    [InlineData("a", "a/#", false)]
    [InlineData("+", "#", false)]
    [InlineData("#", "$SYS/a", false)]
    [InlineData("+/a", "$SYS/a", false)]
    [InlineData("$SYS/#", "$SYS/a", true)]
    [InlineData("a/#", "$share/g/a/b", true)]
    public void Filter_covers_or_does_not(string allowed, string asked, bool expected) =>
        Assert.Equal(expected, FilterCover.Covers(CredentialSamples.Filter(allowed), CredentialSamples.Filter(asked)));

    [Fact]
    public void What_is_covered_matches_no_topic_that_the_other_does_not()
    {
        TopicFilter[] filters = [.. Texts().Select(t => TopicFilter.TryParse(t, out TopicFilter f) ? f : default).Where(f => f.Text is not null)];
        byte[][] topics = [.. Texts().Where(t => t.Length > 0 && t.AsSpan().IndexOfAny('+', '#') < 0).Select(Encoding.UTF8.GetBytes)];
        int covered = 0;
        foreach (TopicFilter allowed in filters)
        {
            bool[] open = [.. topics.Select(t => allowed.Matches(t))];
            foreach (TopicFilter asked in filters.Where(f => FilterCover.Covers(allowed, f)))
            {
                covered++;
                for (int i = 0; i < topics.Length; i++)
                {
                    Assert.True(open[i] || !asked.Matches(topics[i]), $"{allowed} is taken to cover {asked}, which matches {Encoding.UTF8.GetString(topics[i])}");
                }
            }
        }

        Assert.True(covered > filters.Length, "nothing but itself was covered");
    }

    private static IEnumerable<string> Texts() =>
        from first in Levels
        from second in Levels.Append(null)
        from third in Levels.Append(null)
        where second is not null || third is null
        select string.Join('/', new[] { first, second, third }.Where(l => l is not null));
}
