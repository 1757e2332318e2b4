using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Host.Access.People;
using Gateway.Tests.Host.Access.People;

namespace Gateway.Tests.EndToEnd.People;

/// <summary>Sessions of people with cookies: from signing in to every way they end.</summary>
public sealed class SessionTests(PeopleGateway gateway) : IClassFixture<PeopleGateway>
{
    [Fact]
    public async Task Cookie_is_for_this_site_and_no_script_and_tells_who_it_is()
    {
        using HttpClient http = gateway.Client();
        using HttpResponseMessage answer = await PeopleGateway.SignInAsync(http, "officer", PeopleSamples.Password);
        string cookie = answer.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith(PersonSession.CookieName, StringComparison.Ordinal));
        Assert.Contains("; samesite=strict", cookie, StringComparison.Ordinal);
        Assert.Contains("; httponly", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain("expires", cookie, StringComparison.Ordinal); // it goes with the browser
        JsonElement me = await http.GetFromJsonAsync<JsonElement>("/api/v1/session");
        Assert.Equal(("officer", "officer"), (me.GetProperty("name").GetString(), me.GetProperty("roles")[0].GetString()));
    }

    [Fact]
    public async Task Unknown_name_and_wrong_password_get_the_same_answer()
    {
        using HttpClient http = gateway.Client();
        using HttpResponseMessage wrong = await PeopleGateway.SignInAsync(http, "viewer", "a wrong password");
        using HttpResponseMessage unknown = await PeopleGateway.SignInAsync(http, "who-is-this", PeopleSamples.Password);
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
        Assert.Equal((await wrong.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString(), (await unknown.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString());
        Assert.DoesNotContain(wrong.Headers, h => h.Key == "Set-Cookie");
    }

    [Fact]
    public async Task Unsafe_request_with_a_cookie_needs_the_antiforgery_token_of_its_session()
    {
        using HttpClient http = await gateway.SignedInAsync("officer");
        object report = new { source = "patrol", @event = "order.litter", area = "330105001001G01" };
        Assert.True((await http.PostAsJsonAsync("/api/v1/cases", report)).IsSuccessStatusCode);

        string own = http.DefaultRequestHeaders.GetValues("X-CSRF-TOKEN").Single();
        http.DefaultRequestHeaders.Remove("X-CSRF-TOKEN");
        Assert.Equal(HttpStatusCode.BadRequest, (await http.PostAsJsonAsync("/api/v1/cases", report)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await http.DeleteAsync("/api/v1/session")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/api/v1/cases")).StatusCode);

        using HttpClient other = await gateway.SignedInAsync("supervisor");
        http.DefaultRequestHeaders.Add("X-CSRF-TOKEN", other.DefaultRequestHeaders.GetValues("X-CSRF-TOKEN"));
        Assert.Equal(HttpStatusCode.BadRequest, (await http.PostAsJsonAsync("/api/v1/cases", report)).StatusCode);
        http.DefaultRequestHeaders.Remove("X-CSRF-TOKEN");
        http.DefaultRequestHeaders.Add("X-CSRF-TOKEN", own);
        Assert.True((await http.PostAsJsonAsync("/api/v1/cases", report)).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Copy_of_a_cookie_opens_nothing_after_sign_out_and_no_other_session_ends()
    {
        using HttpClient kept = await gateway.SignedInAsync("viewer");
        using HttpClient http = gateway.Client();
        using HttpResponseMessage begun = await PeopleGateway.SignInAsync(http, "viewer", PeopleSamples.Password);
        string copy = begun.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith(PersonSession.CookieName, StringComparison.Ordinal)).Split(';')[0];
        using HttpClient thief = gateway.Client();
        thief.DefaultRequestHeaders.Add("Cookie", copy);
        Assert.Equal(HttpStatusCode.OK, (await thief.GetAsync("/api/v1/cases")).StatusCode);

        http.DefaultRequestHeaders.Add("X-CSRF-TOKEN", (await begun.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("antiforgeryToken").GetString());
        Assert.Equal(HttpStatusCode.NoContent, (await http.DeleteAsync("/api/v1/session")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("/api/v1/cases")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await thief.GetAsync("/api/v1/cases")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await kept.GetAsync("/api/v1/cases")).StatusCode);
    }

    [Fact]
    public async Task Cookie_that_was_planted_before_sign_in_is_not_the_session()
    {
        using HttpClient attacker = gateway.Client();
        using HttpResponseMessage begun = await PeopleGateway.SignInAsync(attacker, "viewer", PeopleSamples.Password);
        string planted = begun.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith(PersonSession.CookieName, StringComparison.Ordinal)).Split(';')[0];

        using HttpClient victim = gateway.Client();
        HttpRequestMessage request = new(HttpMethod.Post, "/api/v1/session") { Content = JsonContent.Create(new { name = "officer", password = PeopleSamples.Password }) };
        request.Headers.Add("Cookie", planted);
        using HttpResponseMessage answer = await victim.SendAsync(request);
        string fresh = answer.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith(PersonSession.CookieName, StringComparison.Ordinal)).Split(';')[0];
        Assert.NotEqual(planted, fresh);
        JsonElement me = await attacker.GetFromJsonAsync<JsonElement>("/api/v1/session");
        Assert.Equal("viewer", me.GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("role")]
    [InlineData("password")]
    [InlineData("removal")]
    public async Task Session_ends_at_once_when_the_account_changes_beside_the_gateway(string change)
    {
        string name = "short-" + change;
        PeopleSamples.Add(gateway.AccountFile, name, Roles.Viewer);
        using HttpClient http = await gateway.SignedInAsync(name);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/api/v1/cases")).StatusCode);
        PeopleSamples.Edit(gateway.AccountFile, e => change switch
        {
            "role" => e.SetRole(name, Roles.Officer, "", PeopleSamples.Now),
            "password" => e.SetPassword(name, PeopleSamples.Hash, PeopleSamples.Now),
            _ => e.Remove(name),
        });
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("/api/v1/cases")).StatusCode);
    }

    [Fact]
    public async Task Own_password_is_changed_with_the_old_one_and_ends_the_session()
    {
        PeopleSamples.Add(gateway.AccountFile, "changer", Roles.Viewer);
        using HttpClient http = await gateway.SignedInAsync("changer");
        const string next = "another long password";
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.PostAsJsonAsync("/api/v1/session/password", new { password = "not the old one", newPassword = next })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await http.PostAsJsonAsync("/api/v1/session/password", new { password = PeopleSamples.Password, newPassword = "short" })).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await http.PostAsJsonAsync("/api/v1/session/password", new { password = PeopleSamples.Password, newPassword = next })).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("/api/v1/session")).StatusCode);
        using HttpClient again = gateway.Client();
        Assert.Equal(HttpStatusCode.OK, (await PeopleGateway.SignInAsync(again, "changer", next)).StatusCode);
    }

    [Fact]
    public async Task After_five_failures_a_name_waits_and_others_do_not()
    {
        PeopleSamples.Add(gateway.AccountFile, "guessed", Roles.Viewer);
        using HttpClient http = gateway.Client();
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await PeopleGateway.SignInAsync(http, "guessed", "guess number " + i)).StatusCode);
        }

        using HttpResponseMessage refused = await PeopleGateway.SignInAsync(http, "guessed", PeopleSamples.Password);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.True(refused.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, (await PeopleGateway.SignInAsync(http, "viewer", PeopleSamples.Password)).StatusCode);
    }
}
