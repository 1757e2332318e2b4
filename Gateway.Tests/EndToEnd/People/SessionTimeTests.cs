using System.Net;

namespace Gateway.Tests.EndToEnd.People;

/// <summary>Sessions that end by time; the time of this gateway is stepped, so they have one of their own.</summary>
public sealed class SessionTimeTests(PeopleGateway gateway) : IClassFixture<PeopleGateway>
{
    [Fact]
    public async Task Session_ends_when_nothing_is_asked_for_half_an_hour_and_after_twelve_hours_whatever_is_asked()
    {
        using HttpClient idle = await gateway.SignedInAsync("viewer");
        using HttpClient busy = await gateway.SignedInAsync("viewer");
        for (int minutes = 0; minutes < 12 * 60; minutes += 20)
        {
            Assert.Equal((minutes, HttpStatusCode.OK), (minutes, (await busy.GetAsync("/api/v1/session")).StatusCode));
            gateway.Time.Step += TimeSpan.FromMinutes(20);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await idle.GetAsync("/api/v1/session")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await busy.GetAsync("/api/v1/session")).StatusCode);
    }
}
