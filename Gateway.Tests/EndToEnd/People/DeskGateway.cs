using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Host.Access.People;
using Gateway.Tests.Host.Access.People;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd.People;

/// <summary>The built gateway with named accounts, a door whose card events are a case, and reports that named people worked on.</summary>
internal sealed class DeskGateway : IAsyncDisposable
{
    public const string Officer = "li-0417";
    public const string Supervisor = "zhang-0388";
    public const string Door = "ACC-000003";
    public const string Card = "0090817263";
    public const string Area = "330105001001G01";

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, HttpClient> _clients = [];

    private DeskGateway()
    {
    }

    public GatewayProcess Process { get; private set; } = null!;

    /// <summary>A client that shows the token of an account; the names of the roles but those two are accounts too.</summary>
    public HttpClient As(string account) => _clients[account];

    public static async Task<DeskGateway> StartAsync()
    {
        DeskGateway desk = new();
        string data = desk._folder.File("data"), accounts = AccountStore.PathIn(data);
        (string Name, Roles Role)[] people = [(Officer, Roles.Officer), (Supervisor, Roles.Supervisor), ("operator", Roles.Operator), ("admin", Roles.Admin), ("viewer", Roles.Viewer)];
        Dictionary<string, string> tokens = [];
        foreach ((string name, Roles role) in people)
        {
            PeopleSamples.Add(accounts, name, role);
            tokens[name] = PeopleSamples.AddToken(accounts, name);
        }

        desk.Process = await GatewayProcess.StartAsync(new GatewayProcessSettings { Data = data }); // its door needs no password there
        foreach ((string name, Roles _) in people)
        {
            desk._clients[name] = new HttpClient { BaseAddress = desk.Process.Http.BaseAddress, Timeout = TimeSpan.FromSeconds(30) };
            desk._clients[name].DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens[name]);
        }

        await desk.Process.PublishAsync(Door, $"city/v1/access/{Door}/event", $$"""{"event":"door_forced","card":"{{Card}}"}""");
        return desk;
    }

    /// <summary>A report of the hotline; its case's number.</summary>
    public async Task<string> ReportAsync(string kind, string description)
    {
        using HttpResponseMessage filed = await As(Officer).PostAsJsonAsync("/api/v1/cases", new { source = "hotline", @event = kind, area = Area, description });
        Assert.True(filed.IsSuccessStatusCode, await filed.Content.ReadAsStringAsync());
        return (await filed.Content.ReadFromJsonAsync<JsonElement>()).Text("caseNo")!;
    }

    /// <summary>A command to a case.</summary>
    public Task<HttpResponseMessage> CommandAsync(string account, string caseNo, object command) => As(account).PostAsJsonAsync($"/api/v1/cases/{caseNo}/commands", command);

    /// <summary>A case from its acceptance to its evaluation, by two people.</summary>
    public async Task WorkAsync(string caseNo, string reason)
    {
        foreach ((string account, string command) in ((string, string)[])[(Officer, "accept"), (Officer, "comment"), (Officer, "report"), (Supervisor, "verify"), (Supervisor, "evaluate")])
        {
            using HttpResponseMessage answer = await CommandAsync(account, caseNo, new { command, reason, fieldCheck = true, score = 4 });
            Assert.True(answer.IsSuccessStatusCode, $"{command}: {await answer.Content.ReadAsStringAsync()}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _clients.Values.ToList().ForEach(c => c.Dispose());
        _folder.Dispose();
    }
}
