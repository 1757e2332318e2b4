using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Host.Access.People;
using Gateway.Host.Composition;
using Gateway.Tests.Host.Access.People;
using Gateway.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace Gateway.Tests.EndToEnd.People;

/// <summary>A gateway outside development in this process, with its listeners, one account of each role, and time that can be stepped.</summary>
public sealed class PeopleGateway : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _tokens = [];
    private WebApplication? _app;
    private GatewayRuntime? _gateway;

    /// <summary>The system's time.</summary>
    public SteppedTime Time { get; } = new();

    /// <summary>Where it answers.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>Its data directory.</summary>
    public string Data => _folder.File("data");

    internal string AccountFile => AccountStore.PathIn(Data);

    internal WebApplication App => _app!;

    /// <inheritdoc />
    public async Task InitializeAsync()
    {
        foreach (Roles role in RoleWords.All)
        {
            string name = RoleWords.Word(role);
            PeopleSamples.Add(AccountFile, name, role);
            _tokens[name] = PeopleSamples.AddToken(AccountFile, name);
        }

        Dictionary<string, string?> given = new()
        {
            ["Gateway:City"] = RepositoryFolder.PathOf("Gateway.Host/city"),
            ["Gateway:Data"] = Data,
            ["Gateway:MqttPort"] = "0",
            ["Gateway:HttpPort"] = "0",
            ["Gateway:Rehearsal"] = "false",
            ["Logging:LogLevel:Default"] = "Error",
        };
        (_app, _gateway, Listeners listeners) = GatewayApplication.Build(given, Time);
        Assert.True(_app.Environment.IsProduction());
        await _app.StartAsync();
        Address = new Uri("http://" + listeners.ReadyLine(_app).Split("http=")[1]);
    }

    /// <summary>A client that shows the token of a role; of nobody when null. It keeps cookies.</summary>
    public HttpClient Client(string? role = null, string? token = null)
    {
        HttpClient http = new(new SocketsHttpHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = false }) { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(30) };
        if ((role is null ? token : _tokens[role]) is { } shown)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", shown);
        }

        return http;
    }

    /// <summary>Signs in with the password of <see cref="PeopleSamples"/>; the client then sends the antiforgery token by itself.</summary>
    public async Task<HttpClient> SignedInAsync(string name)
    {
        HttpClient http = Client();
        using HttpResponseMessage answer = await SignInAsync(http, name, PeopleSamples.Password);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        JsonElement body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        http.DefaultRequestHeaders.Add("X-CSRF-TOKEN", body.GetProperty("antiforgeryToken").GetString());
        return http;
    }

    /// <summary>Tries to sign in.</summary>
    public static Task<HttpResponseMessage> SignInAsync(HttpClient http, string name, string password) => http.PostAsJsonAsync("/api/v1/session", new { name, password });

    /// <inheritdoc />
    public async Task DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        _gateway?.Dispose();
        _folder.Dispose();
    }
}
