using Gateway.Host.Api.Cap;

namespace Gateway.Tests.Host.Api;

/// <summary>What may be configured about CAP messages.</summary>
public sealed class CapOptionsTests
{
    [Fact]
    public void Defaults_are_fine_and_publish_nothing()
    {
        Assert.Empty(new CapOptions().Validate());
        Assert.Null(new CapOptions().Publication);
    }

    [Theory]
    [InlineData("a b", "", "", "Sender")]
    [InlineData("a", "government", "", "need both")]
    [InlineData("a", "", "flood.*", "need both")]
    [InlineData("a", "government", "*", "not *")]
    [InlineData("a", "government", ".*", "not .*")]
    [InlineData("a", "government", "flood.*.*", "not flood.*.*")]
    public void What_cannot_be_is_said(string sender, string authority, string kind, string finding)
    {
        CapOptions options = new() { Sender = sender, PublicAuthority = authority, PublicEvents = kind.Length == 0 ? [] : [kind] };
        Assert.Contains(finding, Assert.Single(options.Validate()), StringComparison.Ordinal);
    }
}
