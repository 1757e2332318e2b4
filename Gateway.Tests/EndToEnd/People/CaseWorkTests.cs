using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Host.Access.People;
using Gateway.Rules.Cases;
using Gateway.Tests.Host.Access.People;

namespace Gateway.Tests.EndToEnd.People;

/// <summary>Cases worked on by people with accounts.</summary>
public sealed class CaseWorkTests(PeopleGateway gateway) : IClassFixture<PeopleGateway>
{
    [Fact]
    public async Task Every_command_is_let_through_for_the_roles_of_the_table_and_no_other()
    {
        string caseNo = await FileAsync("order.litter", "330105001001G01");
        foreach (CaseCommandKind kind in Enum.GetValues<CaseCommandKind>().Where(k => k != CaseCommandKind.Rate).OrderBy(k => k == CaseCommandKind.Void))
        {
            foreach (Roles role in RoleWords.All)
            {
                using HttpClient http = gateway.Client(RoleWords.Word(role));
                using HttpResponseMessage answer = await CommandAsync(http, caseNo, new { command = CaseCommands.Word(kind) });
                bool isAllowed = CommandRights.All[kind].HasFlag(role);
                Assert.Equal((kind, role, isAllowed), (kind, role, answer.StatusCode != HttpStatusCode.Forbidden));
                Assert.NotEqual(HttpStatusCode.InternalServerError, answer.StatusCode);
            }
        }
    }

    [Fact]
    public async Task What_is_done_stands_under_the_name_of_the_account()
    {
        string caseNo = await FileAsync("order.litter", "330105001001G02");
        using HttpClient http = gateway.Client("officer");
        using HttpResponseMessage forged = await CommandAsync(http, caseNo, new { command = "accept", actor = "supervisor" });
        Assert.Equal(HttpStatusCode.Forbidden, forged.StatusCode);
        Assert.True((await CommandAsync(http, caseNo, new { command = "accept" })).IsSuccessStatusCode);
        using HttpResponseMessage named = await CommandAsync(http, caseNo, new { command = "comment", actor = "officer", reason = "on the way" });
        JsonElement[] timeline = (await named.Content.ReadFromJsonAsync<JsonElement>()).List("timeline");
        Assert.Equal(["officer", "officer"], timeline.Select(e => e.Text("actor")!).Where(a => a != "gateway").TakeLast(2));
    }

    [Fact]
    public async Task Who_handled_a_case_neither_verifies_nor_rejects_it()
    {
        string caseNo = await FileAsync("order.litter", "330105001001G03");
        using HttpClient http = gateway.Client("officer");
        Assert.True((await CommandAsync(http, caseNo, new { command = "accept" })).IsSuccessStatusCode);
        Assert.True((await CommandAsync(http, caseNo, new { command = "report", reason = "done" })).IsSuccessStatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await CommandAsync(http, caseNo, new { command = "verify", fieldCheck = true })).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await CommandAsync(http, caseNo, new { command = "reject", reason = "no" })).StatusCode);
        using HttpClient other = gateway.Client("supervisor");
        Assert.True((await CommandAsync(other, caseNo, new { command = "verify", fieldCheck = true })).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Account_of_a_unit_accepts_what_its_unit_leads_and_nothing_else()
    {
        string caseNo = await FileAsync("order.litter", "330102001001G01");
        using HttpClient viewer = gateway.Client("viewer");
        string lead = (await viewer.GetFromJsonAsync<JsonElement>($"/api/v1/cases/{caseNo}")).Text("lead")!;
        PeopleSamples.Add(gateway.AccountFile, "stranger", Roles.Officer, "some-other-unit");
        PeopleSamples.Add(gateway.AccountFile, "own", Roles.Officer, lead);
        using HttpClient stranger = gateway.Client(token: PeopleSamples.AddToken(gateway.AccountFile, "stranger"));
        using HttpClient own = gateway.Client(token: PeopleSamples.AddToken(gateway.AccountFile, "own"));
        using HttpResponseMessage refused = await CommandAsync(stranger, caseNo, new { command = "accept" });
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains($"{lead} leads this case", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True((await CommandAsync(own, caseNo, new { command = "accept" })).IsSuccessStatusCode);
    }

    private async Task<string> FileAsync(string kind, string area)
    {
        using HttpClient officer = gateway.Client("officer");
        using HttpResponseMessage filed = await officer.PostAsJsonAsync("/api/v1/cases", new { source = "patrol", @event = kind, area });
        Assert.Equal(HttpStatusCode.Created, filed.StatusCode);
        return (await filed.Content.ReadFromJsonAsync<JsonElement>()).Text("caseNo")!;
    }

    private static Task<HttpResponseMessage> CommandAsync(HttpClient http, string caseNo, object command) => http.PostAsJsonAsync($"/api/v1/cases/{caseNo}/commands", command);
}
