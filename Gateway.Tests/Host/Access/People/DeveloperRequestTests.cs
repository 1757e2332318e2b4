using System.Net;
using Gateway.Host.Access.People;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Host.Access.People;

public sealed class DeveloperRequestTests
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1:8080", null, true)]
    [InlineData("127.0.0.1", "localhost:8080", null, true)]
    [InlineData("::1", "[::1]:8080", null, true)]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1:8080", null, true)]
    [InlineData("127.0.0.1", "127.0.0.1:8080", "Origin: http://127.0.0.1:8080", true)]
    [InlineData("127.0.0.1", "127.0.0.1:8080", "Sec-Fetch-Site: same-origin", true)]
    [InlineData("192.0.2.7", "127.0.0.1:8080", null, false)]
    [InlineData("127.0.0.1", "gateway.example.org", null, false)] // DNS rebinding
    [InlineData("127.0.0.1", "127.0.0.1.example.org:8080", null, false)]
    [InlineData("127.0.0.1", "127.0.0.1:8080", "Origin: http://evil.example.org", false)]
    [InlineData("127.0.0.1", "127.0.0.1:8080", "Origin: http://127.0.0.1:9999", false)]
    [InlineData("127.0.0.1", "127.0.0.1:8080", "Origin: null", false)]
    [InlineData("127.0.0.1", "127.0.0.1:8080", "Sec-Fetch-Site: cross-site", false)]
    [InlineData("127.0.0.1", "127.0.0.1:8080", "X-Forwarded-For: 192.0.2.7", false)]
    [InlineData("127.0.0.1", "127.0.0.1:8080", "Forwarded: for=192.0.2.7", false)]
    [InlineData("127.0.0.1", "127.0.0.1:8080", "Via: 1.1 proxy", false)]
    public void Request_is_the_developers_or_not(string address, string host, string? header, bool expected)
    {
        DefaultHttpContext context = new();
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        context.Request.Scheme = "http";
        context.Request.Host = new HostString(host);
        if (header?.Split(": ", 2) is [var name, var value])
        {
            context.Request.Headers[name] = value;
        }

        Assert.Equal(expected, DeveloperRequest.Is(context));
    }
}
