using System.Net;
using System.Text;
using Gateway.Host.Access.People;
using Gateway.Tests.Host.Access.People;
using Microsoft.AspNetCore.Routing;

namespace Gateway.Tests.EndToEnd.People;

/// <summary>Every endpoint of the running gateway, asked by every role and by all who are nobody.</summary>
public sealed class EndpointRightsTests(PeopleGateway gateway) : IClassFixture<PeopleGateway>
{
    private static readonly string[] Nobodies = ["without credentials", "token of nobody", "token that expired", "token that was revoked", "token of a removed account", "another scheme", "cookie of nobody"];

    [Fact]
    public void Every_endpoint_has_its_row_of_the_table_and_every_row_its_endpoint()
    {
        string[] endpoints = [.. Endpoints().Select(e => $"{e.Method} {e.Pattern}").Order(StringComparer.Ordinal)];
        string[] rows = [.. EndpointRights.All.Select(r => $"{r.Method} {r.Pattern}").Order(StringComparer.Ordinal)];
        Assert.True(endpoints.SequenceEqual(rows), $"put into EndpointRights.All who may ask: {string.Join(", ", endpoints.Except(rows))}; take out of it what is gone: {string.Join(", ", rows.Except(endpoints))}");
        Assert.DoesNotContain(EndpointRights.All, r => r.Roles == Roles.None);
    }

    [Fact]
    public async Task Every_role_is_let_in_where_the_table_says_and_refused_elsewhere()
    {
        foreach (Roles role in RoleWords.All)
        {
            using HttpClient http = gateway.Client(RoleWords.Word(role));
            foreach ((string method, string pattern) in Endpoints())
            {
                Roles allowed = EndpointRights.All.Single(r => r.Method == method && r.Pattern == pattern).Roles;
                bool isAllowed = (allowed & (role | Roles.Anonymous)) != Roles.None;
                using HttpResponseMessage answer = await AskAsync(http, method, pattern);
                bool isIn = answer.StatusCode is not (HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized or HttpStatusCode.InternalServerError);
                Assert.Equal((role, method, pattern, isAllowed), (role, method, pattern, isIn));
                if (!isIn)
                {
                    Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
                    Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
                    Assert.Contains($"{RoleWords.Word(role)} may not", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact]
    public async Task Nobody_is_let_in_but_where_everybody_is()
    {
        foreach (string nobody in Nobodies)
        {
            using HttpClient http = Of(nobody);
            foreach ((string method, string pattern) in Endpoints())
            {
                bool isForAll = EndpointRights.All.Single(r => r.Method == method && r.Pattern == pattern).Roles == Roles.Anonymous;
                using HttpResponseMessage answer = await AskAsync(http, method, pattern);
                Assert.Equal((nobody, method, pattern, !isForAll), (nobody, method, pattern, answer.StatusCode == HttpStatusCode.Unauthorized));
            }
        }
    }

    [Theory]
    [InlineData("/no/such/path")]
    [InlineData("/api/v1/cases/")]
    public async Task Path_that_is_not_there_tells_nothing_to_nobody(string path)
    {
        using HttpClient nobody = gateway.Client();
        using HttpClient viewer = gateway.Client("viewer");
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync(path)).StatusCode);
        Assert.NotEqual(HttpStatusCode.Unauthorized, (await viewer.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.PatchAsync("/api/v1/cases", null)).StatusCode);
    }

    [Fact]
    public async Task Token_that_is_revoked_while_it_reads_a_stream_ends_the_stream()
    {
        PeopleSamples.Add(gateway.AccountFile, "reader", Roles.Viewer);
        using HttpClient http = gateway.Client(token: PeopleSamples.AddToken(gateway.AccountFile, "reader"));
        using HttpResponseMessage answer = await http.GetAsync("/api/v1/cases/stream", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        PeopleSamples.Edit(gateway.AccountFile, e => e.Remove("reader"));
        await new StreamReader(await answer.Content.ReadAsStreamAsync()).ReadToEndAsync(); // it ends with the next heartbeat
    }

    private HttpClient Of(string nobody)
    {
        switch (nobody)
        {
            case "token of nobody":
                return gateway.Client(token: ApiToken.Make("x", PeopleSamples.Now, null).Text);
            case "token that expired":
                return gateway.Client(token: PeopleSamples.AddToken(gateway.AccountFile, "admin", DateTimeOffset.UtcNow.AddDays(-2), TimeSpan.FromDays(1)));
            case "token that was revoked":
                (ApiToken token, string text) = ApiToken.Make("x", PeopleSamples.Now, null);
                PeopleSamples.Edit(gateway.AccountFile, e => e.AddToken("admin", token));
                PeopleSamples.Edit(gateway.AccountFile, e => e.RevokeToken("admin", token.Id));
                return gateway.Client(token: text);
            case "token of a removed account":
                PeopleSamples.Add(gateway.AccountFile, "gone", Roles.Admin);
                string left = PeopleSamples.AddToken(gateway.AccountFile, "gone");
                PeopleSamples.Edit(gateway.AccountFile, e => e.Remove("gone"));
                return gateway.Client(token: left);
            case "another scheme":
                HttpClient basic = gateway.Client();
                basic.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"admin:{PeopleSamples.Password}")));
                return basic;
            case "cookie of nobody":
                HttpClient cookie = gateway.Client();
                cookie.DefaultRequestHeaders.Add("Cookie", $"{PersonSession.CookieName}=CfDJ8AAAAAAAAAAAAAAAAAAAAAA");
                return cookie;
            default:
                return gateway.Client();
        }
    }

    private List<(string Method, string Pattern)> Endpoints() =>
    [
        .. from endpoint in ((IEndpointRouteBuilder)gateway.App).DataSources.SelectMany(s => s.Endpoints).Cast<RouteEndpoint>()
           from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["every method"]
           select (method, EndpointRights.PatternOf(endpoint)),
    ];

    private static Task<HttpResponseMessage> AskAsync(HttpClient http, string method, string pattern)
    {
        string path = pattern.Replace("{documentName}", "v1", StringComparison.Ordinal);
        while (path.IndexOf('{') is >= 0 and int open)
        {
            path = path[..open] + "1" + path[(path.IndexOf('}') + 1)..];
        }

        HttpRequestMessage request = new(new HttpMethod(method), path);
        if (method is "POST" or "PUT")
        {
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        }

        return http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
