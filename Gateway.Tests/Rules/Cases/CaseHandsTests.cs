using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;

namespace Gateway.Tests.Rules.Cases;

/// <summary>Handler, supervisor and verifier are three different people, over all rounds of a case.</summary>
public sealed class CaseHandsTests
{
    private const string WhoMay = "whoever has neither handled nor supervised the case may";

    [Theory]
    [InlineData("li")] // accepted and reported in the first round
    [InlineData("chen")] // in the second
    public void Who_handled_it_in_any_round_neither_verifies_nor_rejects_nor_evaluates(string handler)
    {
        CaseDriver drive = Reworked();
        drive.Reading(60);
        string did = handler == "li" ? "handled it before" : "reported it";
        Assert.Equal($"a verifier other than {handler}, who {did}: {WhoMay}", Assert.Single(drive.Command(61, CaseCommandKind.Verify, handler)!.Missing));
        Assert.Equal($"reject cannot be done by {handler}, who {did}: {WhoMay}", drive.Command(61, CaseCommandKind.Reject, handler)!.Message);
        Assert.Null(drive.Command(62, CaseCommandKind.Verify, "wang")); // who rejected it is no handler
        Assert.Contains("handled", drive.Book.Handle(CaseWorld.Command(drive.Case.CaseNo, CaseCommandKind.Evaluate, handler) with { Score = 5 }, CaseWorld.At(63), 9, drive.Changes)!.Message);
    }

    [Fact]
    public void Who_handled_it_before_it_was_opened_again_does_not_verify()
    {
        CaseDriver drive = CaseDriver.New().ToClosed(); // handled by li
        drive.Alert(40, AlertTransitionKind.Firing);
        Assert.Null(drive.Command(41, CaseCommandKind.Accept, "chen"));
        drive.Alert(42, AlertTransitionKind.Resolved);
        Assert.Null(drive.Command(43, CaseCommandKind.Report, "chen"));
        drive.Reading(50);

        Assert.NotNull(drive.Command(51, CaseCommandKind.Verify, "li"));
        Assert.Null(drive.Command(51, CaseCommandKind.Verify, "wang"));
    }

    [Theory]
    [InlineData(CaseCommandKind.Supervise)]
    [InlineData(CaseCommandKind.Approve)]
    [InlineData(CaseCommandKind.Deny)]
    public void Who_supervised_it_or_decided_what_was_asked_for_does_not_verify_and_evaluates(CaseCommandKind did)
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        Assert.Null(drive.Command(1, CaseCommandKind.Accept));
        Assert.Null(drive.Ask(2, CaseCommandKind.Extend, 500));
        Assert.Null(drive.Command(3, did, "wang"));
        drive.Alert(4, AlertTransitionKind.Resolved);
        Assert.Null(drive.Command(5, CaseCommandKind.Report));
        drive.Reading(10);

        string says = $"wang, who supervised it or decided what was asked for: {WhoMay}";
        Assert.Equal($"a verifier other than {says}", Assert.Single(drive.Command(11, CaseCommandKind.Verify, "wang")!.Missing));
        Assert.EndsWith(says, drive.Command(11, CaseCommandKind.Reject, "wang")!.Message);
        Assert.Null(drive.Command(12, CaseCommandKind.Verify, "zhao")); // the other supervisor of a small town
        Assert.Null(drive.Book.Handle(CaseWorld.Command(drive.Case.CaseNo, CaseCommandKind.Evaluate, "wang") with { Score = 5 }, CaseWorld.At(13), 9, drive.Changes));
    }

    [Fact]
    public void What_the_gateway_supervises_keeps_nobody_from_verifying()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        Assert.All(Enumerable.Range(1, 3), i => Assert.Null(drive.Command(i, CaseCommandKind.Return, "zhao", to: i == 2 ? "water" : "street")));
        Assert.Equal(EscalationLevel.Street, drive.Case.Escalation);
        Assert.Empty(drive.Case.Supervisors);
    }

    [Fact]
    public void Who_handled_it_earlier_does_not_decide_what_a_later_handler_asks_for()
    {
        CaseDriver drive = CaseDriver.New().ToVerifying();
        Assert.Null(drive.Command(21, CaseCommandKind.Reject, "wang"));
        Assert.Null(drive.Command(22, CaseCommandKind.Accept, "chen"));
        Assert.Null(drive.Ask(23, CaseCommandKind.Extend, 500, "chen"));
        Assert.Contains("has handled it", drive.Command(24, CaseCommandKind.Approve, "li")!.Message);
        Assert.Null(drive.Command(24, CaseCommandKind.Approve, "zhao"));
    }

    [Fact]
    public void Merged_case_brings_along_who_handled_and_supervised_it()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        drive.Alert(1, AlertTransitionKind.Firing, device: 2);
        (string one, string other) = (drive.Book.Cases.MinBy(c => c.Number)!.CaseNo, drive.Book.Cases.MaxBy(c => c.Number)!.CaseNo);
        Assert.Null(drive.Command(2, CaseCommandKind.Accept, "chen", caseNo: other));
        Assert.Null(drive.Command(2, CaseCommandKind.Supervise, "sun", caseNo: other));
        Assert.Null(drive.Command(3, CaseCommandKind.Merge, "zhao", to: one, caseNo: other));
        Assert.Null(drive.Command(4, CaseCommandKind.Accept));
        Assert.Null(drive.Command(5, CaseCommandKind.Report));

        Assert.Equal(["chen", "li"], drive.Case.Handlers);
        Assert.Equal(["sun"], drive.Case.Supervisors);
        Assert.Contains("chen, who handled it before", drive.Command(6, CaseCommandKind.Reject, "chen")!.Message);
    }

    [Fact]
    public void Case_with_as_many_names_as_it_keeps_takes_no_further_handler_or_supervisor_and_forgets_nobody()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        drive.Alert(0, AlertTransitionKind.Resolved);
        for (int i = 0; i < CaseHands.Limit; i++)
        {
            Assert.Null(drive.Command(1, CaseCommandKind.Accept, $"handler-{i}"));
            Assert.Null(drive.Ask(1, CaseCommandKind.Extend, 500, $"handler-{i}"));
            Assert.Null(drive.Command(1, CaseCommandKind.Deny, $"supervisor-{i}"));
            Assert.Null(drive.Command(1, CaseCommandKind.Report, $"handler-{i}"));
            Assert.Null(drive.Command(1, CaseCommandKind.Reject, "wang"));
        }

        Assert.Equal("accept cannot be done by li: 64 people have handled the case, and one of them has to", drive.Command(2, CaseCommandKind.Accept)!.Message);
        Assert.Contains("64 people have supervised", drive.Command(2, CaseCommandKind.Supervise, "zhao")!.Message);
        Assert.Null(drive.Command(2, CaseCommandKind.Supervise, "supervisor-0"));
        Assert.Null(drive.Command(2, CaseCommandKind.Accept, "handler-0"));
        Assert.Null(drive.Command(3, CaseCommandKind.Report, "handler-0"));
        Assert.All(Enumerable.Range(0, CaseHands.Limit), i => Assert.NotNull(drive.Command(4, CaseCommandKind.Reject, $"handler-{i}")));
        Assert.Equal((CaseHands.Limit, CaseHands.Limit), (drive.Case.Handlers.Count, drive.Case.Supervisors.Count));
    }

    // An earlier version kept only who did it last; what it wrote is not forgotten from here on.
    [Fact]
    public void Handlers_of_an_earlier_version_are_kept_from_the_next_step_on()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        Assert.Null(drive.Command(1, CaseCommandKind.Accept, "chen"));
        drive.Alert(2, AlertTransitionKind.Resolved);
        Assert.Null(drive.Command(3, CaseCommandKind.Report));
        Case earlier = Case.Fold(drive.Events.Select(e => e switch
        {
            CaseAccepted accepted => accepted with { KeepsName = false },
            CaseReported reported => reported with { KeepsName = false },
            _ => e,
        }))!;
        Assert.Empty(earlier.Handlers);
        CaseDriver later = new(new CaseBook(CaseWorld.Settings, 1, [earlier]));
        Assert.Contains("chen, who accepted it", later.Command(4, CaseCommandKind.Reject, "chen")!.Message);
        Assert.Null(later.Command(4, CaseCommandKind.Reject, "wang"));

        Assert.Equal(["chen", "li"], later.Case.Handlers);
    }

    private static CaseDriver Reworked()
    {
        CaseDriver drive = CaseDriver.New().ToVerifying();
        Assert.Null(drive.Command(26, CaseCommandKind.Reject, "wang"));
        Assert.Null(drive.Command(27, CaseCommandKind.Accept, "chen"));
        Assert.Null(drive.Command(28, CaseCommandKind.Report, "chen"));
        return drive;
    }
}
