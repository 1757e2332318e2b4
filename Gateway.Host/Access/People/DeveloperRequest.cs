using System.Net;

namespace Gateway.Host.Access.People;

/// <summary>
/// Whether a request is that of whoever works on this machine: over loopback, passed on by no proxy, and made by no page of another
/// site. A browser lets any page ask any address, and lets a name of the page's owner mean loopback (DNS rebinding): so the host must be a
/// name of loopback, and an origin that is told the gateway's own.
/// </summary>
internal static class DeveloperRequest
{
    private static readonly string[] ProxyHeaders = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via"];

    /// <summary>Judges it by what the connection and the headers say; credentials are not looked at.</summary>
    public static bool Is(HttpContext context)
    {
        HttpRequest request = context.Request;
        return context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
            && !HttpProtocol.IsHttp10(request.Protocol) // what proxies speak that say nothing of themselves
            && !ProxyHeaders.Any(request.Headers.ContainsKey)
            && IsLoopbackName(request.Host.Host)
            && (string.IsNullOrEmpty(request.Headers.Origin) || string.Equals(request.Headers.Origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase))
            && (string.IsNullOrEmpty(request.Headers["Sec-Fetch-Site"]) || request.Headers["Sec-Fetch-Site"] == "same-origin" || request.Headers["Sec-Fetch-Site"] == "none");
    }

    private static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));
}
