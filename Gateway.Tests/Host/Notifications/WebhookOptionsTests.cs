using Gateway.Host.Composition;
using Gateway.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace Gateway.Tests.Host.Notifications;

/// <summary>Receivers that cannot be are start-up errors that say what to do.</summary>
public sealed class WebhookOptionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("Url", "receiver", "Gateway:Webhooks:0:Url is an address like https://")]
    [InlineData("Url", "file:///etc/passwd", "Gateway:Webhooks:0:Url is an address like https://")]
    [InlineData("Url", "http://receiver.example.org/x", "Gateway:Webhooks:0:Url is plain http beyond loopback")]
    [InlineData("Url", "https://user:hush@receiver.example.org/x", "Gateway:Webhooks:0:Url has a name or password in it")]
    [InlineData("Name", "two words", "Gateway:Webhooks:0:Name is 1 to 64 letters")]
    [InlineData("Name", "", "Gateway:Webhooks:0:Name is 1 to 64 letters")]
    [InlineData("Format", "xml", "Gateway:Webhooks:0:Format is one of alertmanager-webhook, alertmanager")]
    [InlineData("Events:0", "flood*", "Gateway:Webhooks:0:Events: 'flood*' is no event kind")]
    [InlineData("MinimumSeverity", "bad", "Gateway:Webhooks:0:MinimumSeverity is one of info, warning, critical, emergency")]
    [InlineData("HeaderName", "Content-Type", "Gateway:Webhooks:0:HeaderName is the name of a request header")]
    [InlineData("HeaderFile", "/nowhere/secret", "Gateway:Webhooks:0:HeaderFile cannot be read: ")]
    [InlineData("BatchLimit", "0", "BatchLimit is from 1 to 256")]
    [InlineData("Timeout", "00:00:00.5", "Gateway:Webhooks:0:Timeout is from 1 s to 5 min")]
    [InlineData("LongestWait", "02:00:00", "LongestWait from 1 s to 1 h")]
    [InlineData("GiveUpAfter", "00:00:01", "GiveUpAfter is at least 1 min")]
    public void Receiver_that_cannot_be_is_refused(string option, string value, string message)
    {
        string told = Assert.Throws<StartUpException>(() => Settings((option, value))).Message;
        Assert.Contains(message, told, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", told, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_receivers_of_one_name_are_refused()
    {
        string told = Assert.Throws<StartUpException>(() => Settings(("../1:Name", "DUTY"), ("../1:Url", "https://b.example.org"))).Message;
        Assert.Contains("Gateway:Webhooks:1:Name DUTY is another receiver's", told, StringComparison.Ordinal);
    }

    [Fact]
    public void File_that_is_no_header_value_is_refused_and_not_shown()
    {
        string file = _folder.File("secret");
        File.WriteAllText(file, "Bearer hush\nX-Other: hush");
        string told = Assert.Throws<StartUpException>(() => Settings(("HeaderFile", file))).Message;
        Assert.Contains("one line of visible ASCII", told, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9093/api/v2/alerts")]
    [InlineData("http://localhost/x")]
    [InlineData("https://receiver.example.org/x?token=1")]
    public void Receiver_that_can_be_is_taken(string url) => Assert.Equal(url, Assert.Single(Settings(("Url", url)).Webhooks).Url);

    [Fact]
    public void Plaintext_beyond_loopback_is_taken_when_asked_for_by_name() =>
        Assert.Single(Settings(("Url", "http://receiver.example.org"), ("AllowPlaintextOffLoopback", "true")).Webhooks);

    public void Dispose() => _folder.Dispose();

    private static GatewaySettings Settings(params (string Option, string Value)[] given)
    {
        Dictionary<string, string?> values = new() { ["Gateway:Webhooks:0:Name"] = "duty", ["Gateway:Webhooks:0:Url"] = "https://a.example.org/x" };
        foreach ((string option, string value) in given)
        {
            values[option.StartsWith("../", StringComparison.Ordinal) ? $"Gateway:Webhooks:{option[3..]}" : $"Gateway:Webhooks:0:{option}"] = value;
        }

        return GatewaySettings.From(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), isDevelopment: true);
    }
}
