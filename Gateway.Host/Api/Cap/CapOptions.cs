using Gateway.Rules.Cases.Cap;

namespace Gateway.Host.Api.Cap;

/// <summary>
/// Who sends CAP messages, and which of them are public warnings. Section <c>Gateway:Cap</c>. Without authority and events every
/// message is Draft and Restricted.
/// </summary>
internal sealed class CapOptions
{
    /// <summary>CAP sender, unique in the world, such as <c>gateway@city.example</c>. Default: a name of nobody, <c>city-sensing-gateway.invalid</c>.</summary>
    public string Sender { get; set; } = CapSettings.DefaultSender;

    /// <summary>Who sends, for people. Default <c>City Sensing Gateway</c>.</summary>
    public string SenderName { get; set; } = "City Sensing Gateway";

    /// <summary>The authority that issues public warnings, of a county or above. Default none: nothing is public.</summary>
    public string PublicAuthority { get; set; } = "";

    /// <summary>Event kinds, exact or <c>family.*</c>, whose messages are Actual and Public. Default none.</summary>
    public IList<string> PublicEvents { get; set; } = [];

    /// <summary>What cannot be, one line each.</summary>
    public IEnumerable<string> Validate()
    {
        if (!CapName.IsValid(Sender))
        {
            yield return $"Gateway:Cap:Sender is 1 to {CapName.LengthLimit} characters without spaces, commas, < and &";
        }

        if (PublicAuthority.Length == 0 != (PublicEvents.Count == 0))
        {
            yield return "Gateway:Cap: public warnings need both PublicAuthority, the government that issues them, and PublicEvents";
        }

        if (PublicEvents.FirstOrDefault(e => e.Length == 0 || e.AsSpan(0, e.EndsWith(".*", StringComparison.Ordinal) ? e.Length - 2 : e.Length).Contains('*') || e[0] == '.') is { } strange)
        {
            yield return $"Gateway:Cap:PublicEvents are events such as flood.underpass, or families such as flood.*, not {(strange.Length == 0 ? "nothing" : strange)}";
        }
    }

    /// <summary>Leave to publish; null for none.</summary>
    public CapPublication? Publication => PublicAuthority.Length == 0 || PublicEvents.Count == 0 ? null : new CapPublication(PublicAuthority, [.. PublicEvents]);
}
