using Gateway.Rules.Files;

namespace Gateway.Tests.Rules.Files;

public class SuggestionTests
{
    [Theory]
    [InlineData("fro", "for")]
    [InlineData("sevrity", "severity")]
    [InlineData("keep_firing", null)]
    [InlineData("keep_firing_fro", "keep_firing_for")]
    [InlineData("Clear", "clear")]
    [InlineData("q", null)]
    [InlineData("", null)]
    public void Nearest_is_the_word_a_few_edits_away_or_none(string word, string? expected)
    {
        Assert.Equal(expected, Suggestion.Nearest(word, ["expr", "severity", "clear", "for", "keep_firing_for"]));
    }
}
