using Gateway.Rules.Cases;
using Gateway.Rules.Files;

namespace Gateway.Tests.Rules.Cases;

/// <summary>
/// One matter, one case: whatever rules look at, whatever people say of the place, whoever is first.
/// </summary>
public sealed class CaseTwinTests : MatterRig
{
    public static TheoryData<CaseScope, string, bool> Table()
    {
        TheoryData<CaseScope, string, bool> rows = [];
        foreach (CaseScope scope in new[] { CaseScope.Device, CaseScope.Building, CaseScope.Grid })
        {
            foreach (string gives in new[] { "device", "device and city", "building", "building and street", "grid", "community", "position", "position over the border" })
            {
                rows.Add(scope, gives, false);
                rows.Add(scope, gives, true);
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Table))]
    public void Report_and_alert_of_one_matter_are_one_case(CaseScope scope, string gives, bool isPersonFirst)
    {
        foreach (bool restarts in new[] { false, true })
        {
            Begin(scope);
            CaseIntakeResult? report = isPersonFirst ? Tell(Form(gives)) : null;
            Fire(0);
            Restart(restarts);
            report ??= Tell(Form(gives));

            Case one = Assert.Single(Book.Cases);
            Assert.Equal((one.CaseNo, !isPersonFirst, 1, 1), (report.CaseNo, report.Joined, one.Occurrences, one.ReportCount));
            Assert.Equal(CaseCertainty.Observed, one.Certainty);

            // What comes later of the same alert, also anew, and of the same report, stays there.
            Restart(restarts);
            Clear(0);
            Fire(0);
            Assert.True(Tell(Form(gives)).Joined);
            Assert.Equal((2, 2), (Assert.Single(Book.Cases).Occurrences, Book.Cases.Single().ReportCount));
            AssertFolds();
        }
    }

    [Fact]
    public void Second_device_of_a_building_joins_what_the_first_found_and_one_of_another_building_does_not()
    {
        Begin(CaseScope.Building);
        CaseIntakeResult report = Tell(Form("grid"));
        Fire(0);
        Restart(true);
        Fire(1);
        Assert.Equal(2, Assert.Single(Book.Cases).Occurrences);
        Fire(2);
        Assert.Equal(2, Book.Cases.Count);
        Assert.Equal(report.CaseNo, Tell(Form("building")).CaseNo);
        Assert.NotEqual(report.CaseNo, Tell(Say(building: "B-2", area: Grid)).CaseNo); // though its grid is the first one's key
    }

    [Theory]
    [InlineData("building B-2")]
    [InlineData("device S-3")]
    [InlineData("other grid")]
    [InlineData("street")]
    [InlineData("other kind")]
    [InlineData("exercise")]
    public void What_is_elsewhere_or_says_too_little_is_a_case_of_its_own(string what)
    {
        Begin(CaseScope.Device);
        Fire(0);
        CaseIntake report = what switch
        {
            "building B-2" => Report() with { Area = Grid, Building = "B-2" },
            "device S-3" => Report() with { Area = Grid, DeviceId = "S-3", Building = "B-2" },
            "other grid" => Report() with { Area = Beside },
            "street" => Report() with { Area = Street },
            "other kind" => Report() with { Area = Grid, Event = "fire.gas" },
            _ => Report() with { Area = Grid },
        };
        Book.Settings = Book.Settings with { Exercise = what == "exercise" };
        Assert.False(Book.Handle(report, Next(), 5, Changes).Joined);
        Assert.Equal(2, Book.Cases.Count);
    }

    [Fact]
    public void Of_several_the_nearest_is_meant_and_without_a_position_the_oldest()
    {
        Begin(CaseScope.Device);
        Fire(2);
        Fire(0);
        (string older, string younger) = (Of("S-3").CaseNo, Of("S-1").CaseNo);
        Assert.Equal(older, Tell(Say(area: Grid)).CaseNo);
        Assert.Equal(younger, Tell(Form("building")).CaseNo);
        Assert.Equal(younger, Tell(Say(latitude: 30.205, longitude: 120.1045)).CaseNo); // 144 m from one, 480 m from the other
        Assert.Equal(older, Tell(Say(latitude: 30.205, longitude: 120.108)).CaseNo);
        Assert.False(Tell(Say(area: Community)).Joined); // two there: nobody knows which
        Assert.Equal(3, Book.Cases.Count);
    }

    [Fact]
    public void Alert_takes_the_report_of_its_building_before_that_of_its_grid_and_only_one_that_no_sensor_is_in()
    {
        Begin(CaseScope.Device);
        string ofGrid = Tell(Say(area: Grid)).CaseNo, ofBuilding = Tell(Say(building: "B-1", area: Community)).CaseNo;
        Assert.NotEqual(ofGrid, ofBuilding);
        Fire(0);
        Fire(2);
        Assert.Equal((ofBuilding, ofGrid), (Of("S-1").CaseNo, Of("S-3").CaseNo));
        Fire(1);
        Fire(3);
        Assert.Equal((0, 0, 4), (Of("S-2").ReportCount, Of("S-4").ReportCount, Book.Cases.Count));
    }

    [Fact]
    public void Just_closed_case_of_the_place_is_opened_again_and_no_other()
    {
        Begin(CaseScope.Device);
        Fire(0);
        string caseNo = Book.Cases.Single().CaseNo;
        Clear(0);
        Work(caseNo);
        Assert.Equal(CaseStatus.Closed, Book.Find(caseNo)!.Status);
        Assert.False(Tell(Say(area: Far)).Joined);
        Assert.Equal((caseNo, true), (Tell(Form("grid")).CaseNo, Book.Find(caseNo)!.IsOpen));
        Fire(0);
        Assert.Equal(2, Book.Cases.Count);
    }

    [Fact]
    public void Merged_case_is_found_by_its_place()
    {
        Begin(CaseScope.Device);
        Fire(0);
        Fire(4);
        Assert.Null(Book.Handle(CaseWorld.Command(Of("S-1").CaseNo, CaseCommandKind.Merge, to: Of("S-5").CaseNo), Next(), 5, Changes));
        Restart(true);
        Assert.Equal((Assert.Single(Book.Cases).CaseNo, true), (Tell(Form("grid")).CaseNo, Tell(Form("building")).Joined));
        AssertFolds();
    }

    [Theory]
    [InlineData(CaseScope.Device)]
    [InlineData(CaseScope.Building)]
    [InlineData(CaseScope.Grid)]
    public void Device_list_that_is_behind_a_recut_of_units_makes_no_twin(CaseScope scope)
    {
        foreach (bool isPersonFirst in new[] { false, true })
        {
            foreach (string gives in new[] { "device", "position", "building in new grid" })
            {
                Begin(scope, Recut);
                CaseIntake? early = isPersonFirst ? Read(Recut, gives) : null;
                if (early is not null)
                {
                    Assert.Equal("330102001001G11", early.Area);
                    Book.Handle(early, Next(), 5, Changes);
                }

                Fire(0);
                if (!isPersonFirst)
                {
                    Assert.True(Book.Handle(Read(Recut, gives), Next(), 5, Changes).Joined);
                }

                Assert.Equal((1, 1), (Assert.Single(Book.Cases).Occurrences, Book.Cases.Single().ReportCount));
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Matter_that_goes_on_over_a_recut_stays_one_case(bool isPersonFirst)
    {
        foreach (CaseScope scope in new[] { CaseScope.Device, CaseScope.Building, CaseScope.Grid })
        {
            Begin(scope);
            if (isPersonFirst)
            {
                Tell(Form("position"));
            }
            else
            {
                Fire(0);
            }

            Restart(true);
            Book.Settings = Settings(scope) with { Areas = Recut };
            if (isPersonFirst)
            {
                Fire(0);
            }
            else
            {
                Assert.True(Book.Handle(Read(Recut, "position"), Next(), 5, Changes).Joined);
            }

            Assert.Equal((1, 1), (Assert.Single(Book.Cases).Occurrences, Book.Cases.Single().ReportCount));
        }
    }

    [Fact]
    public void Lead_over_the_first_report_is_negative_where_people_were_first_and_comes_along_when_cases_are_merged()
    {
        Begin(CaseScope.Device);
        Fire(0);
        Assert.Null(Of("S-1").LeadTime);
        Tell(Form("grid"));
        Tell(Form("grid"));
        Assert.Equal(TimeSpan.FromMinutes(1), Of("S-1").LeadTime);

        string later = Tell(Say(area: Far)).CaseNo;
        Assert.Null(Book.Find(later)!.LeadTime);
        Fire(4);
        Assert.Equal(TimeSpan.FromMinutes(-1), Book.Find(later)!.LeadTime);

        Assert.Null(Book.Handle(CaseWorld.Command(later, CaseCommandKind.Merge, to: Of("S-1").CaseNo), Next(), 5, Changes));
        Assert.Equal(TimeSpan.FromMinutes(1), Of("S-1").LeadTime); // sensed in minute 1, told in minute 2
        AssertFolds();
    }
}
