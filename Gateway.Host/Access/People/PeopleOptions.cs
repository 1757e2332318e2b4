using Gateway.Host.Access.Limits;

namespace Gateway.Host.Access.People;

/// <summary>Sessions of people, and what wrong passwords cost. Section <c>Gateway:People</c>.</summary>
internal sealed class PeopleOptions
{
    /// <summary>A session ends when nothing was asked in it for so long. Default 30 min.</summary>
    public TimeSpan SessionIdle { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>A session ends so long after it began, whatever was asked. Default 12 h: a shift.</summary>
    public TimeSpan SessionLongest { get; set; } = TimeSpan.FromHours(12);

    /// <summary>Whether browsers are told to send cookies over TLS only, also where the gateway itself is asked in plaintext: behind a proxy that has the TLS. Default false: as the request that signs in.</summary>
    public bool SecureCookies { get; set; }

    /// <summary>Section <c>Gateway:People:Backoff</c>.</summary>
    public BackoffOptions Backoff { get; set; } = new();

    /// <summary>What is wrong with them, one line each.</summary>
    public IEnumerable<string> Validate()
    {
        if (SessionIdle < TimeSpan.FromMinutes(1) || SessionLongest < SessionIdle || SessionLongest > TimeSpan.FromDays(31))
        {
            yield return "Gateway:People: SessionIdle is at least 1 min, SessionLongest at least as long and at most 31 days";
        }

        foreach (string finding in Backoff.Validate("Gateway:People:Backoff"))
        {
            yield return finding;
        }
    }
}
