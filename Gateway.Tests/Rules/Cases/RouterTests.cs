using Gateway.Rules.Cases;

namespace Gateway.Tests.Rules.Cases;

public sealed class RouterTests
{
    private const string Grid = "330102001001G01";

    [Theory]
    // rows as event@area=lead; forbidden as event!lead; expected lead or "-"
    [InlineData("flood.underpass", "*@3301=a flood.*@3301=b flood.underpass@3301=c", "", "c")]
    [InlineData("flood.river", "*@3301=a flood.*@3301=b flood.underpass@3301=c", "", "b")]
    [InlineData("fire.smoke", "*@3301=a flood.*@3301=b", "", "a")]
    [InlineData("flood.underpass.deep", "flood.*@3301=a flood.underpass.*@3301=b", "", "b")]
    [InlineData("flood", "flood.*@3301=a", "", "-")]
    [InlineData("flooding", "flood.*@3301=a", "", "-")]
    [InlineData("flood.underpass", "flood.*@3301=a flood.*@330102001=b flood.*@330102=c", "", "b")]
    [InlineData("flood.underpass", "flood.*@330102001001G01=a flood.underpass@3301=b", "", "b")]
    [InlineData("flood.underpass", "flood.*@330102001001G02=a", "", "-")]
    [InlineData("flood.underpass", "flood.underpass@3301=a flood.*@3301=b", "flood.underpass!a", "b")]
    [InlineData("flood.underpass", "flood.underpass@3301=a *@3301=b", "flood.*!a", "b")]
    [InlineData("flood.underpass", "flood.underpass@3301=a", "*!a", "-")]
    [InlineData("flood.underpass", "flood.underpass@3301=a", "fire.*!a", "a")]
    [InlineData("flood.underpass", "", "", "-")]
    public void Most_specific_event_then_most_specific_area_wins(string kind, string rows, string forbidden, string expected)
    {
        Route? route = RouterOf(rows, forbidden).Find(kind, Grid, CaseWorld.Areas);

        Assert.Equal(expected, route?.Lead ?? "-");
    }

    [Fact]
    public void Route_carries_what_the_row_says()
    {
        Route? route = CaseWorld.Settings.Router.Find("flood.underpass", Grid, CaseWorld.Areas);

        Assert.NotNull(route);
        Assert.Equal(("water", CaseWorld.Limits, CaseWorld.Location), (route.Lead, route.Limits, route.Location));
        Assert.Equal(["street"], route.CoHandlers);
    }

    [Fact]
    public void Unknown_area_has_no_route() =>
        Assert.Null(CaseWorld.Settings.Router.Find("flood.underpass", "999", CaseWorld.Areas));

    private static Router RouterOf(string rows, string forbidden)
    {
        string[][] Parts(string text, params char[] marks) =>
            [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(t => t.Split(marks))];
        return new Router(new ResponsibilityList(
            CaseWorld.Duty.Units,
            [.. Parts(rows, '@', '=').Select(p => CaseWorld.Row(p[0], p[1], p[2], []))],
            [.. Parts(forbidden, '!').Select(p => new ForbiddenPair(p[0], p[1], "", CaseWorld.Location))]));
    }
}
