using Gateway.Rules.Areas;
using Gateway.Rules.Cases;
using Gateway.Rules.Files;

namespace Gateway.Tests.Rules.Cases;

/// <summary>How near is near enough to be one matter, and what is known of a place.</summary>
public sealed class MatterPlaceTests : MatterRig
{
    /// <summary>S-3 is 620 m from S-1, in the same grid: to join wrongly hides a fire.</summary>
    [Theory]
    [InlineData(0.0020, true)]
    [InlineData(0.0030, true)] // 288 m
    [InlineData(0.0032, false)] // 308 m
    [InlineData(0.0065, false)]
    public void What_is_known_to_be_far_in_a_grid_is_another_matter(double degrees, bool joins)
    {
        foreach (bool isPersonFirst in new[] { false, true })
        {
            Begin(CaseScope.Device);
            CaseIntakeForm form = Say(latitude: 30.205, longitude: 120.103 + degrees);
            if (isPersonFirst)
            {
                Tell(form);
                Fire(0);
            }
            else
            {
                Fire(0);
                Assert.Equal(joins, Tell(form).Joined);
            }

            Assert.Equal(joins ? 1 : 2, Book.Cases.Count);
            CaseReport kept = Assert.Single(Book.Cases.SelectMany(c => c.Reports));
            Assert.Equal((30.205, 120.103 + degrees, Grid), (kept.Latitude, kept.Longitude, kept.Area)); // what was said of the place is there to read
        }
    }

    [Fact]
    public void Building_that_is_named_later_tells_others_apart()
    {
        Begin(CaseScope.Building);
        string caseNo = Tell(Say(area: Grid)).CaseNo;
        Assert.Equal(caseNo, Tell(Say(area: Grid, building: "B-1")).CaseNo);
        Restart(true);
        Assert.False(Tell(Say(area: Grid, building: "B-2")).Joined);
        Fire(0);
        Assert.Equal((caseNo, 2), (Of("S-1").CaseNo, Book.Cases.Count));
        AssertFolds();
    }

    [Fact]
    public void Breach_does_not_join_what_was_put_off()
    {
        Begin(CaseScope.Device);
        string caseNo = Tell(Say(area: Grid)).CaseNo;
        foreach ((CaseCommandKind command, string actor) in new[] { (CaseCommandKind.Accept, "li"), (CaseCommandKind.Defer, "li"), (CaseCommandKind.Approve, "wang") })
        {
            Assert.Null(Book.Handle(CaseWorld.Command(caseNo, command, actor) with { Until = CaseWorld.At(40_000) }, Next(), 5, Changes));
        }

        Fire(0);
        Assert.NotEqual(caseNo, Of("S-1").CaseNo);
        Assert.NotEmpty(Of("S-1").Clocks);
    }

    /// <summary>Where nobody gave a position a case is shown in the middle of its unit; nothing is near to that, whatever becomes of the case or of the outline.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Middle_of_a_unit_is_no_place(bool isMerged)
    {
        Begin(CaseScope.Device);
        (double longitude, double latitude) = Areas.Find(Beside)!.Middle!.Value;
        CaseIntake wide = Report() with { Area = Beside };
        string caseNo = Book.Handle(wide, Next(), 5, Changes).CaseNo;
        if (isMerged)
        {
            string into = Tell(Say(area: Far)).CaseNo;
            Assert.Null(Book.Handle(CaseWorld.Command(caseNo, CaseCommandKind.Merge, to: into), Next(), 5, Changes));
            caseNo = into;
        }

        // The grid is cut in two beside its middle: what is there now is in another unit than the case was.
        Area east = Square("330102001001G21", longitude - 0.001, 120.12), west = Square("330102001001G22", 120.11, longitude - 0.001);
        Book.Settings = Settings(CaseScope.Device) with { Areas = Tree("2026-06-01", Square(Grid, 120.10, 120.11), east, west, Square(Far, 120.12, 120.13)) };
        Assert.False(Book.Handle(Read(Book.Settings.Areas, Say(latitude: latitude, longitude: longitude)), Next(), 5, Changes).Joined);
        Assert.Equal(caseNo, Book.Cases.Single(c => c.Places.Count > 0 || c.Number == 1).CaseNo);
    }
}
