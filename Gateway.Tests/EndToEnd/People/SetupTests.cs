using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Host.Access.People;
using Gateway.Tests.Host.Access.People;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd.People;

/// <summary>A new gateway outside development, from the set-up token to its accounts, with its command beside it and its log looked at.</summary>
[Collection(ProcessTests.Name)]
public sealed class SetupTests
{
    private const string Password = "the first admin's own";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public async Task Of_many_who_come_at_once_with_the_token_one_becomes_the_first_admin()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(new GatewayProcessSettings { Environment = "Production" });
        string path = SetupToken.PathIn(gateway.Data);
        string token = (await File.ReadAllTextAsync(path)).Trim();
        Assert.Equal(OwnerOnly, ModeOf(path));
        Assert.Contains(path, gateway.Errors, StringComparison.Ordinal);
        using HttpResponseMessage nobody = await gateway.Http.GetAsync("/api/v1/cases");
        Assert.Contains("no account yet", await nobody.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SetUpAsync(gateway, token + "x", "admin0")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await SetUpAsync(gateway, token, "admin0", "short")).StatusCode);

        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(1, 6).Select(i => SetUpAsync(gateway, token, $"admin{i}")));
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Created);
        Assert.Equal(Roles.Admin, Assert.Single(AccountEditor.Read(AccountStore.PathIn(gateway.Data)).Accounts).Role);
        Assert.False(File.Exists(path));
        Assert.False((await SetUpAsync(gateway, token, "admin7")).IsSuccessStatusCode); // 401, or 429 after all who came too late

        await gateway.StopAsync();
        await gateway.StartAgainAsync();
        Assert.False(File.Exists(path));
        Assert.DoesNotContain(token, gateway.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damaged_file_of_accounts_is_told_to_those_who_have_one_and_answers_unavailable()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(new GatewayProcessSettings { Environment = "Production" });
        Assert.Equal(HttpStatusCode.Created, (await SetUpAsync(gateway, (await File.ReadAllTextAsync(SetupToken.PathIn(gateway.Data))).Trim(), "chief")).StatusCode);
        using HttpResponseMessage begun = await PeopleGateway.SignInAsync(gateway.Http, "chief", Password);
        using HttpClient nobody = new() { BaseAddress = gateway.Http.BaseAddress };
        gateway.Http.DefaultRequestHeaders.Add("X-CSRF-TOKEN", (await begun.Content.ReadFromJsonAsync<JsonElement>()).Text("antiforgeryToken"));
        Assert.Contains("\"accounts\":\"ok\"", await nobody.GetStringAsync("/readyz"), StringComparison.Ordinal);

        await File.AppendAllTextAsync(AccountStore.PathIn(gateway.Data), "rubbish\n");
        Assert.Contains("accounts:", await gateway.Http.GetStringAsync("/readyz"), StringComparison.Ordinal);
        string brief = await nobody.GetStringAsync("/readyz");
        Assert.Contains("\"accounts\":\"ok, with a remark", brief, StringComparison.Ordinal);
        Assert.DoesNotContain(gateway.Data, brief, StringComparison.Ordinal);
        using HttpResponseMessage made = await gateway.Http.PostAsJsonAsync("/api/v1/accounts", new { name = "li-0417", role = "officer" });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, made.StatusCode);
        Assert.Contains("accounts:", await made.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_are_in_one_answer_and_in_no_log_line_and_no_file()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(new GatewayProcessSettings
        {
            Environment = "Production",
            Variables = new Dictionary<string, string> { ["Logging__LogLevel__Default"] = "Trace", ["Logging__LogLevel__Microsoft"] = "Trace" },
        });
        string setup = (await File.ReadAllTextAsync(SetupToken.PathIn(gateway.Data))).Trim();
        Assert.Equal(HttpStatusCode.Created, (await SetUpAsync(gateway, setup, "chief")).StatusCode);
        List<string> secrets = [setup, Password];

        // Over HTTP, in a session.
        using HttpResponseMessage begun = await PeopleGateway.SignInAsync(gateway.Http, "chief", Password);
        Assert.Equal(HttpStatusCode.OK, begun.StatusCode);
        secrets.Add(begun.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith(PersonSession.CookieName, StringComparison.Ordinal)).Split('=', ';')[1]);
        gateway.Http.DefaultRequestHeaders.Add("X-CSRF-TOKEN", (await begun.Content.ReadFromJsonAsync<JsonElement>()).Text("antiforgeryToken"));
        using HttpResponseMessage made = await gateway.Http.PostAsJsonAsync("/api/v1/accounts", new { name = "li-0417", role = "officer", unit = "fire-brigade" });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.True(made.Headers.CacheControl?.NoStore);
        secrets.Add((await made.Content.ReadFromJsonAsync<JsonElement>()).Text("password")!);
        using HttpResponseMessage token = await gateway.Http.PostAsJsonAsync("/api/v1/accounts/li-0417/tokens", new { name = "wallboard", expiresDays = 30 });
        secrets.Add((await token.Content.ReadFromJsonAsync<JsonElement>()).Text("token")!);

        // By the command, beside the running gateway.
        AuthenticationHeaderValue bearer = await GatewayCommand.BearerAsync(gateway.Data, "watch", "viewer");
        secrets.Add(bearer.Parameter!);
        using HttpRequestMessage read = new(HttpMethod.Get, "/api/v1/cases") { Headers = { Authorization = bearer } };
        Assert.Equal(HttpStatusCode.OK, (await gateway.Http.SendAsync(read)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PeopleGateway.SignInAsync(gateway.Http, "chief", "a-wrong-password-that-was-typed")).StatusCode);
        secrets.Add("a-wrong-password-that-was-typed");

        string listed = await gateway.Http.GetStringAsync("/api/v1/accounts");
        await gateway.StopAsync();
        string[] files = [.. Directory.EnumerateFiles(gateway.Data, "*", SearchOption.AllDirectories)];
        Assert.All(files.Where(f => f.Contains("secrets", StringComparison.Ordinal)), f => Assert.Equal(OwnerOnly, ModeOf(f)));
        foreach (string secret in secrets)
        {
            Assert.DoesNotContain(secret, gateway.Errors, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, listed, StringComparison.Ordinal);
            Assert.All(files, f => Assert.True(File.ReadAllBytes(f).AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(secret)) < 0, $"a secret is in {f}"));
        }
    }

    [Fact]
    public async Task Session_goes_on_after_a_restart_and_one_that_was_signed_out_does_not()
    {
        using TemporaryFolder folder = new();
        string data = folder.File("data");
        PeopleSamples.Add(AccountStore.PathIn(data), "reader", Roles.Viewer);
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(new GatewayProcessSettings { Environment = "Production", Data = data });
        CookieContainer kept = new(); // a cookie is of a host, whichever port
        await BeginAsync(gateway, kept);
        CookieContainer ended = new();
        string antiforgery = await BeginAsync(gateway, ended);
        CookieContainer copy = new();
        copy.Add(ended.GetAllCookies());
        using HttpClient http = Client(gateway, ended);
        http.DefaultRequestHeaders.Add("X-CSRF-TOKEN", antiforgery);
        Assert.Equal(HttpStatusCode.NoContent, (await http.DeleteAsync("/api/v1/session")).StatusCode);

        await gateway.KillAsync();
        await gateway.StartAgainAsync();
        using HttpClient goesOn = Client(gateway, kept);
        using HttpClient thief = Client(gateway, copy);
        Assert.Equal(HttpStatusCode.OK, (await goesOn.GetAsync("/api/v1/session")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await thief.GetAsync("/api/v1/session")).StatusCode);
    }

    [Fact]
    public async Task Last_admin_stays_and_what_an_admin_changes_holds_at_once()
    {
        using TemporaryFolder folder = new();
        string data = folder.File("data");
        PeopleSamples.Add(AccountStore.PathIn(data), "chief", Roles.Admin);
        string token = PeopleSamples.AddToken(AccountStore.PathIn(data), "chief");
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(new GatewayProcessSettings { Environment = "Production", Data = data });
        gateway.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        Assert.Equal(HttpStatusCode.Conflict, (await gateway.Http.DeleteAsync("/api/v1/accounts/chief")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await gateway.Http.PutAsJsonAsync("/api/v1/accounts/chief/role", new { role = "viewer" })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await gateway.Http.PostAsJsonAsync("/api/v1/accounts", new { name = "x", role = "king" })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await gateway.Http.PostAsJsonAsync("/api/v1/accounts", new { name = "x", role = "officer", unit = "no-such-unit" })).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await gateway.Http.PostAsJsonAsync("/api/v1/accounts", new { name = "second", role = "admin" })).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await gateway.Http.PutAsJsonAsync("/api/v1/accounts/chief/role", new { role = "viewer" })).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await gateway.Http.GetAsync("/api/v1/accounts")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await gateway.Http.GetAsync("/api/v1/cases")).StatusCode);
    }

    [Fact]
    public async Task In_development_a_request_with_credentials_is_judged_by_them_and_one_of_another_site_by_nothing()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(new GatewayProcessSettings());
        Assert.False(File.Exists(SetupToken.PathIn(gateway.Data)));
        Assert.Contains("Development environment", gateway.Errors, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await gateway.Http.GetAsync("/api/v1/quarantine")).StatusCode);
        AuthenticationHeaderValue viewer = await GatewayCommand.BearerAsync(gateway.Data, "watch", "viewer");
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(gateway, r => r.Headers.Authorization = viewer));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(gateway, r => r.Headers.Authorization = new("Bearer", "csg_nothing")));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(gateway, r => r.Headers.Add("Cookie", $"{PersonSession.CookieName}=x")));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(gateway, r => r.Headers.Add("Origin", "https://evil.example.org")));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(gateway, r => r.Headers.Host = "rebound.example.org"));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(gateway, r => r.Headers.Add("X-Forwarded-For", "192.0.2.1")));
    }

    [Fact]
    public async Task Command_makes_lists_changes_and_removes_accounts_and_tokens()
    {
        using TemporaryFolder folder = new();
        string data = folder.File("data");
        ProgramRun made = await GatewayCommand.RunAsync(null, "users", "add", "li-0417", "--role", "officer", "--unit", "fire-brigade", "--data", data);
        Assert.Equal(0, made.ExitCode);
        Assert.True(new AccountSet(AccountEditor.Read(AccountStore.PathIn(data)).Accounts, []).Verify("li-0417", System.Text.Encoding.UTF8.GetBytes(made.Output.Trim())));
        Assert.Equal(1, (await GatewayCommand.RunAsync(null, "users", "add", "li-0417", "--role", "officer", "--data", data)).ExitCode);
        Assert.Equal(1, (await GatewayCommand.RunAsync(null, "users", "add", "x", "--role", "king", "--data", data)).ExitCode);
        Assert.Equal(1, (await GatewayCommand.RunAsync("short\n", "users", "password", "li-0417", "--stdin", "--data", data)).ExitCode);
        ProgramRun chosen = await GatewayCommand.RunAsync(Password + "\n", "users", "password", "li-0417", "--stdin", "--data", data);
        Assert.Equal((0, ""), (chosen.ExitCode, chosen.Output));
        Assert.Equal(0, (await GatewayCommand.RunAsync(null, "users", "role", "li-0417", "supervisor", "--data", data)).ExitCode);
        ProgramRun token = await GatewayCommand.RunAsync(null, "users", "token", "add", "li-0417", "--name", "wallboard", "--expires", "30", "--data", data);
        Assert.StartsWith(ApiToken.Prefix, token.Output, StringComparison.Ordinal);
        ProgramRun tokens = await GatewayCommand.RunAsync(null, "users", "token", "list", "li-0417", "--data", data);
        string[] row = tokens.Output.Trim().Split('\t');
        Assert.Equal(("wallboard", token.Output.Trim()[^4..]), (row[1], row[4]));
        Assert.StartsWith("li-0417\tsupervisor\tfire-brigade\t", (await GatewayCommand.RunAsync(null, "users", "list", "--data", data)).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await GatewayCommand.RunAsync(null, "users", "token", "revoke", "li-0417", row[0], "--data", data)).ExitCode);
        Assert.Equal(0, (await GatewayCommand.RunAsync(null, "users", "remove", "li-0417", "--data", data)).ExitCode);
        Assert.Empty(AccountEditor.Read(AccountStore.PathIn(data)).Accounts);
    }

    private static UnixFileMode ModeOf(string path) => OperatingSystem.IsWindows() ? OwnerOnly : File.GetUnixFileMode(path);

    private static HttpClient Client(GatewayProcess gateway, CookieContainer cookies) =>
        new(new SocketsHttpHandler { CookieContainer = cookies }) { BaseAddress = gateway.Http.BaseAddress };

    private static async Task<string> BeginAsync(GatewayProcess gateway, CookieContainer cookies)
    {
        using HttpClient http = Client(gateway, cookies);
        using HttpResponseMessage begun = await PeopleGateway.SignInAsync(http, "reader", PeopleSamples.Password);
        Assert.Equal(HttpStatusCode.OK, begun.StatusCode);
        return (await begun.Content.ReadFromJsonAsync<JsonElement>()).Text("antiforgeryToken")!;
    }

    private static Task<HttpResponseMessage> SetUpAsync(GatewayProcess gateway, string token, string name, string password = Password) =>
        gateway.Http.PostAsJsonAsync("/api/v1/setup", new { token, name, password });

    private static async Task<HttpStatusCode> AskAsync(GatewayProcess gateway, Action<HttpRequestMessage> change)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/api/v1/quarantine");
        change(request);
        using HttpResponseMessage answer = await gateway.Http.SendAsync(request);
        return answer.StatusCode;
    }
}
