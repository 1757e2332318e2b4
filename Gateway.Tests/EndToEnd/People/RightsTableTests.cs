using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gateway.Host.Access.People;
using Gateway.Tests.Host.Access.People;
using Gateway.Tests.Support;
using Microsoft.AspNetCore.Routing;

namespace Gateway.Tests.EndToEnd.People;

/// <summary>The table that was written by hand against the built gateway outside development: everybody asks for everything, with cookies and with tokens.</summary>
[Collection(ProcessTests.Name)]
public sealed class RightsTableTests(PeopleGateway listed) : IClassFixture<PeopleGateway>
{
    private static readonly (char Letter, string Name, Roles Role)[] People =
    [
        ('v', "viewer", Roles.Viewer), ('o', "officer", Roles.Officer), ('s', "supervisor", Roles.Supervisor), ('p', "operator", Roles.Operator), ('a', "admin", Roles.Admin),
    ];

    [Fact]
    public void Table_has_every_endpoint_of_a_running_gateway_and_every_command()
    {
        string[] endpoints =
        [
            .. from endpoint in ((IEndpointRouteBuilder)listed.App).DataSources.SelectMany(s => s.Endpoints).Cast<RouteEndpoint>()
               from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["every method"]
               select $"{method} /{endpoint.RoutePattern.RawText!.Trim('/')}",
        ];
        Assert.Equal(endpoints.Order(StringComparer.Ordinal), RightsTable.Endpoints.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(
            Enum.GetNames<Gateway.Rules.Cases.CaseCommandKind>().Where(n => n != "Rate").Select(n => n.ToLowerInvariant()).Order(StringComparer.Ordinal),
            RightsTable.Commands.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Everybody_may_what_the_table_says_and_nothing_else()
    {
        using TemporaryFolder folder = new();
        string data = folder.File("data"), accounts = AccountStore.PathIn(data);
        Dictionary<char, HttpClient> byCookie = [], byToken = [];
        Dictionary<char, string> tokens = [];
        foreach ((char letter, string name, Roles role) in People)
        {
            PeopleSamples.Add(accounts, name, role);
            tokens[letter] = PeopleSamples.AddToken(accounts, name);
        }

        await using GatewayProcess gateway = await GatewayProcess.StartAsync(new GatewayProcessSettings { Data = data, Environment = "Production" });
        foreach ((char letter, string name, Roles _) in People)
        {
            byToken[letter] = Client(gateway);
            byToken[letter].DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens[letter]);
            byCookie[letter] = await SignInAsync(gateway, name);
        }

        byCookie['n'] = byToken['n'] = Client(gateway);
        List<string> wrong = [];

        // Signing out is asked for last: behind it a cookie is nobody's.
        foreach ((string endpoint, string may) in RightsTable.Endpoints.OrderBy(e => e.Key == "DELETE /api/v1/session"))
        {
            string[] parts = endpoint.Split(' ');
            foreach (char who in byCookie.Keys)
            {
                wrong.AddRange(Judge($"{endpoint} by {who}", may.Contains(who), who, await AskAsync(byCookie[who], parts[0], parts[1])));
                HttpStatusCode token = await AskAsync(byToken[who], parts[0], parts[1]);
                wrong.AddRange(Judge($"{endpoint} by a token of {who}", may.Contains(who), who, token));
                if (who != 'n' && RightsTable.OtherForTokens.TryGetValue(endpoint, out int status))
                {
                    Assert.Equal(status, (int)token);
                }
            }
        }

        string caseNo = await FileAsync(byToken['o']);
        foreach ((string command, string may) in RightsTable.Commands.OrderBy(c => c.Key == "void"))
        {
            foreach (char who in byToken.Keys)
            {
                using HttpResponseMessage answer = await byToken[who].PostAsJsonAsync($"/api/v1/cases/{caseNo}/commands", new { command });
                wrong.AddRange(Judge($"{command} by {who}", may.Contains(who), who, answer.StatusCode));
            }
        }

        // A rating is nobody's by name.
        Assert.All(await Task.WhenAll("os".Select(who => byToken[who].PostAsJsonAsync($"/api/v1/cases/{caseNo}/commands", new { command = "rate", score = 5 }))), a => Assert.Equal(HttpStatusCode.BadRequest, a.StatusCode));
        Assert.Empty(wrong);
        byCookie.Values.Concat(byToken.Values).ToList().ForEach(c => c.Dispose());
    }

    /// <summary>401 is for nobody, 403 for whoever has an account; everything else, such as a path without its case, is let in. What breaks is no answer.</summary>
    private static IEnumerable<string> Judge(string what, bool isAllowed, char who, HttpStatusCode status)
    {
        HttpStatusCode refusal = who == 'n' ? HttpStatusCode.Unauthorized : HttpStatusCode.Forbidden;
        bool isRight = isAllowed ? status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.InternalServerError) : status == refusal;
        return isRight ? [] : [$"{what}: {(int)status}, and the table says {(isAllowed ? "yes" : "no")}"];
    }

    private static HttpClient Client(GatewayProcess gateway) => new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = gateway.Http.BaseAddress, Timeout = TimeSpan.FromSeconds(30) };

    private static async Task<HttpClient> SignInAsync(GatewayProcess gateway, string name)
    {
        HttpClient http = Client(gateway);
        using HttpResponseMessage answer = await PeopleGateway.SignInAsync(http, name, PeopleSamples.Password);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        http.DefaultRequestHeaders.Add("X-CSRF-TOKEN", (await answer.Content.ReadFromJsonAsync<JsonElement>()).Text("antiforgeryToken"));
        return http;
    }

    private static async Task<string> FileAsync(HttpClient officer)
    {
        using HttpResponseMessage filed = await officer.PostAsJsonAsync("/api/v1/cases", new { source = "patrol", @event = "order.litter", area = "330105001001G01" });
        Assert.Equal(HttpStatusCode.Created, filed.StatusCode);
        return (await filed.Content.ReadFromJsonAsync<JsonElement>()).Text("caseNo")!;
    }

    /// <summary>Asks for a path with parts that name nothing there is, and a body that says nothing.</summary>
    private static async Task<HttpStatusCode> AskAsync(HttpClient http, string method, string pattern)
    {
        string path = pattern.Replace("{documentName}", "v1", StringComparison.Ordinal);
        while (path.IndexOf('{') is >= 0 and int open)
        {
            path = path[..open] + "1" + path[(path.IndexOf('}') + 1)..];
        }

        using HttpRequestMessage request = new(new HttpMethod(method), path);
        if (method is "POST" or "PUT")
        {
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        }

        using HttpResponseMessage answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return answer.StatusCode;
    }
}
