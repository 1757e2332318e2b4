using System.Net;
using Gateway.Host.Cases.AfterAction;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.EndToEnd.People;

/// <summary>However many ask for timelines at once, only some are made.</summary>
public sealed class TimelineTurnTests(PeopleGateway gateway) : IClassFixture<PeopleGateway>
{
    [Theory]
    [InlineData("timeline")]
    [InlineData("timeline.svg")]
    public async Task Who_gets_no_turn_is_told_to_come_again_and_then_does(string path)
    {
        TimelineTurns turns = gateway.App.Services.GetRequiredService<TimelineTurns>();
        using HttpClient http = gateway.Client("viewer");
        for (int i = 0; i < TimelineTurns.Usual; i++)
        {
            Assert.True(await turns.TakeAsync(CancellationToken.None));
        }

        using HttpResponseMessage busy = await http.GetAsync($"/api/v1/cases/AJ-20200101-000001/{path}");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, TimelineTurns.Patience), (busy.StatusCode, busy.Headers.RetryAfter?.Delta));
        for (int i = 0; i < TimelineTurns.Usual; i++)
        {
            turns.End();
        }

        // Each gives its turn back, whatever the answer.
        for (int i = 0; i <= TimelineTurns.Usual; i++)
        {
            using HttpResponseMessage free = await http.GetAsync($"/api/v1/cases/AJ-20200101-000001/{path}");
            Assert.Equal(HttpStatusCode.NotFound, free.StatusCode);
        }
    }
}
