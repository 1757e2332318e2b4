using System.Text.RegularExpressions;

namespace Gateway.Host.Notifications;

/// <summary>What is wrong with the receivers as configured: one line each, all of them. No line repeats an address or a secret.</summary>
internal static partial class WebhookOptionsValidator
{
    /// <summary>More of them are a mistake: each costs a reader of the case store.</summary>
    public const int ReceiverLimit = 32;

    private const string Section = "Gateway:Webhooks";

    /// <summary>Headers that are the gateway's or the protocol's own.</summary>
    private static readonly HashSet<string> TakenHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Connection", "Expect", "Transfer-Encoding", "Upgrade", "User-Agent", "Trailer", "TE", WebhookSender.SequenceHeader, WebhookSender.FirstSequenceHeader,
    };

    /// <summary>Checks all receivers, and the address of the gateway that they are told.</summary>
    public static IEnumerable<string> Validate(IReadOnlyList<WebhookOptions> receivers, string externalUrl)
    {
        if (receivers.Count > ReceiverLimit)
        {
            yield return $"{Section} has {receivers.Count} receivers, {ReceiverLimit} is the limit";
        }

        if (externalUrl.Length > 0 && !(Uri.TryCreate(externalUrl, UriKind.Absolute, out Uri? external) && external.Scheme is "http" or "https"))
        {
            yield return "Gateway:ExternalUrl is an address like https://gateway.example.org";
        }

        for (int i = 0; i < receivers.Count; i++)
        {
            string place = $"{Section}:{i}";
            foreach (string finding in Address(receivers[i], place).Concat(Secret(receivers[i], place)).Concat(Figures(receivers[i], place)))
            {
                yield return finding;
            }

            if (receivers.Take(i).Any(r => string.Equals(r.Name, receivers[i].Name, StringComparison.OrdinalIgnoreCase)))
            {
                yield return $"{place}:Name {receivers[i].Name} is another receiver's: give each its own";
            }
        }
    }

    private static IEnumerable<string> Address(WebhookOptions receiver, string place)
    {
        if (!NameShape().IsMatch(receiver.Name))
        {
            yield return $"{place}:Name is 1 to 64 letters, digits, dots, dashes and underscores, and begins with a letter or digit";
        }

        if (!Uri.TryCreate(receiver.Url, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
        {
            yield return $"{place}:Url is an address like https://receiver.example.org/hook";
            yield break;
        }

        if (url.UserInfo.Length > 0)
        {
            yield return $"{place}:Url has a name or password in it; put the whole header value, such as Basic ..., into a file and name it with {place}:HeaderFile";
        }

        if (url.Scheme == "http" && !url.IsLoopback && !receiver.AllowPlaintextOffLoopback)
        {
            yield return $"{place}:Url is plain http beyond loopback: anyone on the way could read and forge. Use https, or set {place}:AllowPlaintextOffLoopback to true";
        }
    }

    private static IEnumerable<string> Secret(WebhookOptions receiver, string place)
    {
        if (!HeaderShape().IsMatch(receiver.HeaderName)
            || TakenHeaders.Contains(receiver.HeaderName) || receiver.HeaderName.StartsWith("Content-", StringComparison.OrdinalIgnoreCase))
        {
            yield return $"{place}:HeaderName is the name of a request header that is not the gateway's or the protocol's own, such as {WebhookOptions.CustomaryHeader}";
        }

        if (receiver.HeaderFile is { } file && SecretFile.Read(file).Problem is { } problem)
        {
            yield return $"{place}:HeaderFile {problem}";
        }
    }

    private static IEnumerable<string> Figures(WebhookOptions receiver, string place)
    {
        if (WebhookFormats.Find(receiver.Format) is null)
        {
            yield return $"{place}:Format is one of {WebhookFormats.Words}";
        }

        foreach (string pattern in receiver.Events.Where(e => !EventShape().IsMatch(e)))
        {
            yield return $"{place}:Events: '{pattern}' is no event kind like flood.underpass and no family like flood.*";
        }

        if (WebhookFilter.Severity(receiver.MinimumSeverity) is null)
        {
            yield return $"{place}:MinimumSeverity is one of info, warning, critical, emergency";
        }

        if (receiver.BatchLimit is < 1 or > 256 || receiver.DeadLetterLimit is < 1 or > 100_000)
        {
            yield return $"{place}: BatchLimit is from 1 to 256, DeadLetterLimit from 1 to 100000";
        }

        if (receiver.Timeout < TimeSpan.FromSeconds(1) || receiver.Timeout > TimeSpan.FromMinutes(5))
        {
            yield return $"{place}:Timeout is from 1 s to 5 min";
        }

        if (receiver.FirstWait < TimeSpan.FromMilliseconds(100) || receiver.FirstWait > TimeSpan.FromMinutes(1)
            || receiver.LongestWait < TimeSpan.FromSeconds(1) || receiver.LongestWait > TimeSpan.FromHours(1) || receiver.LongestWait < receiver.FirstWait)
        {
            yield return $"{place}: FirstWait is from 100 ms to 1 min, LongestWait from 1 s to 1 h and no shorter than FirstWait";
        }

        if (receiver.GiveUpAfter < TimeSpan.FromMinutes(1) || receiver.RepeatInterval < TimeSpan.FromSeconds(10) || receiver.RepeatInterval > TimeSpan.FromHours(6))
        {
            yield return $"{place}: GiveUpAfter is at least 1 min, RepeatInterval from 10 s to 6 h";
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z")]
    private static partial Regex NameShape();

    [GeneratedRegex(@"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}\z")]
    private static partial Regex HeaderShape();

    [GeneratedRegex(@"^[a-z0-9_-]+(\.[a-z0-9_-]+)*(\.\*)?\z")]
    private static partial Regex EventShape();
}
