using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;

namespace Gateway.Tests.Rules.Cases;

/// <summary>Summons 吹哨, mergers 并案, reports of people, supervision 督办 and evaluation 综合评价.</summary>
public sealed class CaseJoinTests
{
    private const string Grid = "330102001001G01";

    [Fact]
    public void Each_summoned_party_has_a_clock_of_its_own()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        Assert.Null(drive.Command(1, CaseCommandKind.Whistle, to: "fire, street"));
        Assert.Equal(["fire", "street"], drive.Case.Awaited.Order());
        Assert.Contains("one of", drive.Command(2, CaseCommandKind.Arrive)!.Message);
        Assert.Contains("not awaited", drive.Command(2, CaseCommandKind.Arrive, to: "water")!.Message);
        Assert.Null(drive.Command(11, CaseCommandKind.Arrive, to: "street"));
        drive.Advance(32);

        CaseClock[] arrivals = [.. drive.Case.Clocks.Where(k => k.Kind == ClockKind.Arrive)];
        Assert.Equal([("fire", EscalationLevel.Street), ("street", EscalationLevel.None)], arrivals.Select(k => (k.Party, k.Level)).Order());
        Assert.Equal("fire", Assert.Single(drive.Events.OfType<ClockOverdue>(), e => e.Clock == ClockKind.Arrive).Party); // 30 minutes are over
        Assert.Null(drive.Command(33, CaseCommandKind.Arrive)); // only one is left
        Assert.Empty(drive.Case.Awaited);
        Assert.Equal(1, drive.Case.Whistles);
    }

    [Theory]
    [InlineData("", "1 to 16")]
    [InlineData("navy", "no unit")]
    [InlineData("fire,fire", "twice")]
    [InlineData("street", "awaited already")]
    public void Summons_names_units_that_can_come(string to, string says)
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        Assert.Null(drive.Command(1, CaseCommandKind.Whistle, to: "street"));
        Assert.Contains(says, drive.Command(2, CaseCommandKind.Whistle, to: to)!.Message);
    }

    [Fact]
    public void Merged_case_goes_on_in_the_other_which_closes_only_when_both_have_cleared()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing, device: 0);
        drive.Alert(1, AlertTransitionKind.Firing, device: 2, severity: AlertSeverity.Critical);
        (Case one, Case other) = (drive.Book.Cases.MinBy(c => c.Number)!, drive.Book.Cases.MaxBy(c => c.Number)!);
        Assert.Null(drive.Command(2, CaseCommandKind.Merge, to: one.CaseNo, caseNo: other.CaseNo));
        Assert.Null(drive.Command(3, CaseCommandKind.Merge, to: one.CaseNo, caseNo: other.CaseNo)); // asked again: nothing more
        Assert.Equal((CaseStatus.Merged, one.CaseNo), (drive.Changes.Find(other.CaseNo)!.Status, drive.Changes.Find(other.CaseNo)!.MergedInto));

        Case merged = drive.Case;
        Assert.Equal((2, AlertSeverity.Critical, CaseCertainty.Observed), (merged.Occurrences, merged.Severity, merged.Certainty));
        Assert.Equal(other.CaseNo, Assert.Single(merged.Members).CaseNo);

        drive.Alert(4, AlertTransitionKind.Recurred, device: 2); // what happens there joins the case it went to
        Assert.Equal(3, drive.Case.Occurrences);
        drive.Command(5, CaseCommandKind.Accept);
        drive.Alert(6, AlertTransitionKind.Resolved, device: 0);
        drive.Command(7, CaseCommandKind.Report);
        Assert.Contains("FLD-3", drive.Command(8, CaseCommandKind.Verify, "wang")!.Message);
        drive.Alert(9, AlertTransitionKind.Resolved, device: 2);
        drive.Reading(14, "FLD-1");
        drive.Reading(14, "FLD-3");
        Assert.Null(drive.Command(15, CaseCommandKind.Verify, "wang"));
        drive.Alert(16, AlertTransitionKind.Firing, device: 2); // within half an hour, at the place of the merged one
        Assert.Equal((CaseStatus.Dispatched, 1), (drive.Case.Status, drive.Case.Reopens));
    }

    [Fact]
    public void Cleared_case_merged_into_a_report_of_a_person_still_needs_its_reading()
    {
        CaseDriver drive = CaseDriver.New();
        CaseIntakeResult report = drive.Book.Handle(CaseWorld.Intake(Grid, "flood.road"), CaseWorld.At(0), 5, drive.Changes);
        drive.Alert(1, AlertTransitionKind.Firing);
        drive.Alert(2, AlertTransitionKind.Resolved);
        string sensed = drive.Book.Cases.Single(c => c.CaseNo != report.CaseNo).CaseNo;
        Assert.All(drive.Book.Cases, c => Assert.Equal(CaseCertainty.Likely, c.Certainty));
        Assert.Null(drive.Command(3, CaseCommandKind.Merge, to: report.CaseNo, caseNo: sensed));
        Assert.Equal(CaseCertainty.Observed, drive.Case.Certainty);
        drive.Command(4, CaseCommandKind.Accept);
        drive.Command(5, CaseCommandKind.Report);
        Assert.Contains("live reading of FLD-1", drive.Command(6, CaseCommandKind.Verify, "wang", fieldCheck: true)!.Message);
        drive.Reading(10);
        Assert.Null(drive.Command(11, CaseCommandKind.Verify, "wang", fieldCheck: true));
    }

    [Theory]
    [InlineData("report", "report", CaseCertainty.Likely)] // two people are no sensor
    [InlineData("report", "sensor", CaseCertainty.Observed)]
    [InlineData("sensor", "report", CaseCertainty.Observed)]
    [InlineData("sensor", "sensor", CaseCertainty.Observed)]
    [InlineData("sensor", "same sensor", CaseCertainty.Likely)]
    public void Two_cases_are_as_sure_together_as_what_stands_behind_them(string first, string second, CaseCertainty together)
    {
        CaseDriver drive = CaseDriver.New();
        string one = Begin(first, "flood.road", device: 0), other = Begin(second, "flood.river", device: second == "same sensor" ? 0 : 1);
        Assert.Equal(2, drive.Book.Cases.Count);
        Assert.Null(drive.Command(3, CaseCommandKind.Merge, to: one, caseNo: other));

        Assert.Equal(together, drive.Case.Certainty);
        Assert.Equal(CaseWorld.Json(drive.Case), CaseWorld.Json(Case.Fold(drive.Events.Where(e => e.CaseNo == one))));

        string Begin(string who, string kind, int device)
        {
            if (who == "report")
            {
                return drive.Book.Handle(CaseWorld.Intake(Grid, kind), CaseWorld.At(0), 5, drive.Changes).CaseNo;
            }

            drive.Alert(1, AlertTransitionKind.Firing, device, who == "same sensor" ? CaseWorld.Latched : CaseWorld.Underpass with { Case = CaseWorld.Underpass.Case! with { Event = new SourceText(kind, CaseWorld.Location), Scope = CaseScope.Device } });
            return drive.Book.Cases.MaxBy(c => c.Number)!.CaseNo;
        }
    }

    [Fact]
    public void Restored_book_knows_where_a_merged_case_went()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing, device: 0);
        drive.Alert(1, AlertTransitionKind.Firing, device: 2);
        (Case one, Case other) = (drive.Book.Cases.MinBy(c => c.Number)!, drive.Book.Cases.MaxBy(c => c.Number)!);
        drive.Command(2, CaseCommandKind.Merge, to: one.CaseNo, caseNo: other.CaseNo);
        CaseDriver restored = new(new CaseBook(CaseWorld.Settings, 2, [drive.Case]));
        Assert.Equal(one.CaseNo, restored.Book.Find(other.Facts.Key)!.CaseNo);
        Assert.Null(restored.Command(3, CaseCommandKind.Merge, to: one.CaseNo, caseNo: other.CaseNo));
        Assert.Empty(restored.Events);
    }

    [Theory]
    [InlineData("", "needs the number")]
    [InlineData("AJ-20260127-000099", "no open case here")]
    [InlineData("self", "the case itself")]
    public void Merger_needs_another_open_case(string to, string says)
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        Assert.Contains(says, drive.Command(1, CaseCommandKind.Merge, to: to == "self" ? drive.Case.CaseNo : to)!.Message);
        Assert.Equal(CaseStatus.Dispatched, drive.Case.Status);
    }

    [Fact]
    public void Report_of_a_person_joins_the_sensors_case_and_makes_it_certain()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        CaseIntakeResult taken = drive.Book.Handle(CaseWorld.Intake(Grid, "flood.underpass", externalId: "H-1"), CaseWorld.At(1), 5, drive.Changes);
        Assert.Equal((drive.Case.CaseNo, true), (taken.CaseNo, taken.Joined));
        Assert.Equal((CaseCertainty.Observed, 1, "sensor"), (drive.Case.Certainty, drive.Case.ReportCount, drive.Case.Facts.Source));
        drive.Book.Handle(CaseWorld.Intake(Grid, "flood.underpass", externalId: "H-1"), CaseWorld.At(2), 6, drive.Changes);
        Assert.Equal(1, drive.Case.ReportCount); // the same report once more
    }

    [Fact]
    public void Report_opens_a_case_that_a_sensor_then_joins()
    {
        CaseDriver drive = CaseDriver.New();
        CaseIntakeResult taken = drive.Book.Handle(CaseWorld.Intake(Grid, "flood.underpass"), CaseWorld.At(0), 5, drive.Changes);
        Assert.False(taken.Joined);
        Assert.Equal((CaseStatus.Dispatched, "water", "hotline", CaseCertainty.Likely), (drive.Case.Status, drive.Case.Lead, drive.Case.Facts.Source, drive.Case.Certainty));
        drive.Alert(1, AlertTransitionKind.Firing);
        Assert.Equal((1, CaseCertainty.Observed), (drive.Case.Occurrences, drive.Case.Certainty));
    }

    [Fact]
    public void Case_that_a_person_reported_first_closes_as_hard_as_a_sensors()
    {
        CaseDriver drive = CaseDriver.New(CaseWorld.Settings with { Terms = CaseTerms.Of([CaseWorld.Latched, CaseWorld.Underpass]) });
        drive.Book.Handle(CaseWorld.Intake(Grid, "fire.smoke") with { DeviceId = "FLD-1" }, CaseWorld.At(0), 5, drive.Changes);
        Assert.True(drive.Case.Facts.Latched);
        drive.Alert(1, AlertTransitionKind.Firing, rule: CaseWorld.Latched);
        Assert.Equal(1, drive.Case.Occurrences); // of the same device
        drive.Command(2, CaseCommandKind.Accept);
        drive.Alert(3, AlertTransitionKind.Resolved, rule: CaseWorld.Latched);
        drive.Command(4, CaseCommandKind.Report);
        drive.Reading(60);
        Assert.Contains("latched", drive.Command(61, CaseCommandKind.Verify, "wang")!.Message);
        Assert.Null(drive.Command(62, CaseCommandKind.Verify, "wang", fieldCheck: true));
    }

    [Fact]
    public void Case_without_a_device_closes_after_a_field_check()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Book.Handle(CaseWorld.Intake(Grid, "flood.road"), CaseWorld.At(0), 5, drive.Changes);
        drive.Command(1, CaseCommandKind.Accept);
        drive.Command(2, CaseCommandKind.Report);
        Assert.Contains("field check", drive.Command(3, CaseCommandKind.Verify, "wang")!.Message);
        Assert.Null(drive.Command(4, CaseCommandKind.Verify, "wang", fieldCheck: true));
    }

    [Fact]
    public void Third_failed_verification_and_third_refusal_force_supervision()
    {
        CaseDriver rework = CaseDriver.New().ToVerifying();
        for (int minute = 21; minute < 30; minute += 3)
        {
            Assert.Equal(EscalationLevel.None, rework.Case.Escalation);
            Assert.Null(rework.Command(minute, CaseCommandKind.Reject, "wang"));
            rework.Command(minute + 1, CaseCommandKind.Accept);
            rework.Command(minute + 2, CaseCommandKind.Report);
        }

        Assert.Equal(EscalationLevel.Street, rework.Case.Escalation);

        CaseDriver refused = CaseDriver.New();
        refused.Alert(0, AlertTransitionKind.Firing);
        Assert.Null(refused.Command(1, CaseCommandKind.Return, to: "street"));
        Assert.Null(refused.Command(2, CaseCommandKind.Return, to: "water"));
        Assert.Equal(EscalationLevel.None, refused.Case.Escalation);
        Assert.Null(refused.Command(3, CaseCommandKind.Return, to: "street"));
        Assert.Equal(EscalationLevel.Street, refused.Case.Escalation);
    }

    [Theory]
    [InlineData(null, "a score")]
    [InlineData(0, "a score")]
    [InlineData(6, "a score")]
    [InlineData(5, null)]
    public void Evaluation_has_a_score(int? score, string? says)
    {
        CaseDriver drive = CaseDriver.New().ToClosed();
        CaseRefusal? refusal = drive.Book.Handle(CaseWorld.Command(drive.Case.CaseNo, CaseCommandKind.Evaluate, "wang") with { Score = score }, CaseWorld.At(31), 9, drive.Changes);
        Assert.Equal(says is null, refusal is null);
        Assert.Contains(says ?? "", refusal?.Message ?? "");
    }

    [Fact]
    public void Evaluation_is_not_the_handlers_own_and_a_recurrence_still_reopens()
    {
        CaseDriver drive = CaseDriver.New().ToClosed();
        Assert.Contains("handled", drive.Book.Handle(CaseWorld.Command(drive.Case.CaseNo, CaseCommandKind.Evaluate) with { Score = 5 }, CaseWorld.At(31), 9, drive.Changes)!.Message);
        Assert.Null(drive.Book.Handle(CaseWorld.Command(drive.Case.CaseNo, CaseCommandKind.Evaluate, "wang") with { Score = 5 }, CaseWorld.At(31), 9, drive.Changes));
        drive.Alert(35, AlertTransitionKind.Firing);
        Assert.Equal((CaseStatus.Dispatched, 1), (drive.Case.Status, drive.Case.Reopens));
        Assert.Null(drive.Case.Score);
    }

    [Fact]
    public void Case_that_is_over_and_not_held_any_more_is_evaluated_beside_the_open_one_of_its_key()
    {
        CaseDriver drive = CaseDriver.New().ToClosed();
        Case closed = drive.Case;
        drive.Advance(120);
        Assert.Empty(drive.Book.Cases);
        CaseDriver later = new(new CaseBook(CaseWorld.Settings, 1) { Stored = caseNo => caseNo == closed.CaseNo ? closed : null });
        later.Alert(121, AlertTransitionKind.Firing);
        CaseCommand command = CaseWorld.Command(closed.CaseNo, CaseCommandKind.Evaluate, "wang") with { Score = 4 };
        Assert.Null(later.Book.Handle(command, CaseWorld.At(122), 9, later.Changes));
        Assert.Equal(CaseRefusalKind.Illegal, later.Book.Handle(command, CaseWorld.At(123), 10, later.Changes)!.Kind); // before the commit, too
        Assert.Equal(CaseStatus.Evaluated, later.Changes.Find(closed.CaseNo)!.Status);
        Assert.NotEqual(closed.CaseNo, later.Book.Find(closed.Facts.Key)!.CaseNo);
    }
}
