using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

/// <summary>Ratings of closed cases 群众评价 by tokens that are good once.</summary>
[Collection(ProcessTests.Name)]
public sealed class HttpRatingTests(ExerciseGateway shared) : IClassFixture<ExerciseGateway>
{
    private GatewayProcess Gateway => shared.Process;

    [Fact]
    public async Task Token_of_a_closed_case_rates_it_once_and_names_nobody()
    {
        string caseNo = await FiledAsync("330105001001G01");
        Assert.Equal(HttpStatusCode.Conflict, await IssueAsync(caseNo, out _));
        await CloseAsync(caseNo);
        Assert.Equal(HttpStatusCode.OK, await IssueAsync(caseNo, out Func<string> token));

        Assert.Equal(HttpStatusCode.BadRequest, await RateAsync(token(), 6));
        Assert.Equal(HttpStatusCode.NoContent, await RateAsync(token(), 2));
        Assert.Equal(HttpStatusCode.Conflict, await RateAsync(token(), 5));
        Assert.Equal(HttpStatusCode.Conflict, await IssueAsync(caseNo, out _));
        JsonElement rated = await Gateway.JsonAsync($"/api/v1/cases/{caseNo}");
        Assert.Equal(("Closed", 2), (rated.Text("status"), rated.GetProperty("rating").GetInt32()));
        JsonElement last = rated.List("timeline")[^1];
        Assert.Equal(("rated", "public"), (last.Text("type"), last.Text("actor")));
    }

    [Fact]
    public async Task Made_up_and_foreign_tokens_are_all_answered_alike()
    {
        string one = await FiledAsync("330105001001G02"), other = await FiledAsync("330105001002G01");
        await CloseAsync(one);
        await CloseAsync(other);
        await IssueAsync(one, out Func<string> token);
        string code = token().Split('.')[1];
        foreach (string wrong in new[] { "", ".", one, $"{one}.", $"{other}.{code}", $"{one}.{code[..^1]}", $"AJ-20000101-000001.{code}", token() + "A", new string('A', 5000) })
        {
            Assert.Equal(HttpStatusCode.NotFound, await RateAsync(wrong, 5));
        }

        using HttpResponseMessage asCommand = await Gateway.Http.PostAsJsonAsync($"/api/v1/cases/{one}/commands", new { command = "rate", actor = "public", score = 5 });
        Assert.Equal(HttpStatusCode.BadRequest, asCommand.StatusCode);
        Assert.DoesNotContain("rate", (await Gateway.JsonAsync($"/api/v1/cases/{one}")).List("commands").Select(c => c.GetString()));
        Assert.Equal(HttpStatusCode.NoContent, await RateAsync(token(), 5));
    }

    private async Task<string> FiledAsync(string area)
    {
        using HttpResponseMessage answer = await Gateway.Http.PostAsJsonAsync("/api/v1/cases", new { source = "hotline", @event = "order.litter", area });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.Text("caseNo")!;
    }

    private async Task CloseAsync(string caseNo)
    {
        foreach ((string command, string actor) in new[] { ("accept", "crew"), ("report", "crew"), ("verify", "inspector") })
        {
            using HttpResponseMessage answer = await Gateway.Http.PostAsJsonAsync($"/api/v1/cases/{caseNo}/commands", new { command, actor, fieldCheck = true });
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    private Task<HttpStatusCode> IssueAsync(string caseNo, out Func<string> token)
    {
        string issued = "";
        token = () => issued;
        return AskAsync();

        async Task<HttpStatusCode> AskAsync()
        {
            using HttpResponseMessage answer = await Gateway.Http.PostAsync($"/api/v1/cases/{caseNo}/rating-token", null);
            issued = answer.IsSuccessStatusCode ? JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.Text("token")! : "";
            return answer.StatusCode;
        }
    }

    private async Task<HttpStatusCode> RateAsync(string token, int score)
    {
        using HttpResponseMessage answer = await Gateway.Http.PostAsJsonAsync("/api/v1/ratings", new { token, score });
        return answer.StatusCode;
    }
}
