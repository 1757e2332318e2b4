using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;

namespace Gateway.Tests.Rules.Cases;

/// <summary>What puts a case under supervision 督办 whatever its clocks say, and what does not.</summary>
public sealed class CaseSupervisionTests
{
    [Fact]
    public void Third_return_since_the_last_acceptance_forces_supervision_however_often_it_was_accepted_before()
    {
        CaseDriver drive = CaseDriver.New().ToVerifying();
        Assert.Null(drive.Command(21, CaseCommandKind.Reject, "wang"));
        Assert.Null(drive.Command(22, CaseCommandKind.Return, to: "street"));
        Assert.Null(drive.Command(23, CaseCommandKind.Return, to: "water"));
        Assert.Equal((EscalationLevel.None, 2), (drive.Case.Escalation, drive.Case.ReturnsInARow));
        Assert.Null(drive.Command(24, CaseCommandKind.Return, to: "street"));

        Assert.Equal(EscalationLevel.Street, drive.Case.Escalation);
        CaseSupervised forced = Assert.Single(drive.Events.OfType<CaseSupervised>());
        Assert.Equal((CaseEvent.GatewayActor, "returned 退单 without being accepted 3 times"), (forced.Actor, forced.Reason));
    }

    [Fact]
    public void Third_return_after_a_reopening_forces_supervision()
    {
        CaseDriver drive = CaseDriver.New().ToClosed();
        drive.Alert(40, AlertTransitionKind.Firing);
        for (int minute = 41; minute < 44; minute++)
        {
            Assert.Equal(EscalationLevel.None, drive.Case.Escalation);
            Assert.Null(drive.Command(minute, CaseCommandKind.Return, to: minute == 42 ? "water" : "street"));
        }

        Assert.Equal(EscalationLevel.Street, drive.Case.Escalation);
    }

    [Fact]
    public void Returns_before_and_after_an_acceptance_are_not_added_up()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        Assert.Null(drive.Command(1, CaseCommandKind.Return, to: "street"));
        Assert.Null(drive.Command(2, CaseCommandKind.Return, to: "water"));
        Assert.Null(drive.Command(3, CaseCommandKind.Accept));
        drive.Alert(4, AlertTransitionKind.Resolved);
        Assert.Null(drive.Command(5, CaseCommandKind.Report));
        Assert.Null(drive.Command(6, CaseCommandKind.Reject, "wang"));
        Assert.Null(drive.Command(7, CaseCommandKind.Return, to: "street"));

        Assert.Equal((3, 1, EscalationLevel.None), (drive.Case.Returns, drive.Case.ReturnsInARow, drive.Case.Escalation));
    }

    [Theory]
    [InlineData(35, EscalationLevel.Street)]
    [InlineData(65, EscalationLevel.District)]
    public void Third_return_is_said_and_lowers_nothing_where_a_clock_has_climbed_already(double minute, EscalationLevel level)
    {
        CaseDriver drive = CaseDriver.New(); // accept in 30 minutes
        drive.Alert(0, AlertTransitionKind.Firing);
        drive.Advance(minute);
        Assert.Equal(level, drive.Case.Escalation);
        for (int i = 0; i < 4; i++)
        {
            Assert.Null(drive.Command(minute, CaseCommandKind.Return, to: i % 2 == 0 ? "street" : "water"));
        }

        CaseSupervised forced = Assert.Single(drive.Events.OfType<CaseSupervised>()); // the fourth says nothing new
        Assert.Equal((level, level), (forced.Level, drive.Case.Escalation));
    }

    [Fact]
    public void Late_arrival_escalates_that_party_alone()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        Assert.Null(drive.Command(1, CaseCommandKind.Accept));
        Assert.Null(drive.Command(2, CaseCommandKind.Whistle, to: "fire, street"));
        Assert.Null(drive.Command(10, CaseCommandKind.Arrive, to: "street"));
        drive.Advance(2 + 95);

        Assert.Equal(EscalationLevel.None, drive.Case.Escalation);
        Assert.Equal([EscalationLevel.City, EscalationLevel.None], drive.Case.Clocks.Where(k => k.Kind == ClockKind.Arrive).OrderBy(k => k.Party).Select(k => k.Level));
        Assert.All(drive.Events.OfType<ClockOverdue>(), e => Assert.Contains("fire is supervised by the", e.Summary));
        drive.Advance(240);
        Assert.Equal(EscalationLevel.Street, drive.Case.Escalation); // its own clock, to resolve it
    }

    // The earlier version wrote two returns without counting them in a row.
    [Fact]
    public void Returns_of_an_earlier_version_count_while_nobody_has_accepted()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        Assert.Null(drive.Command(1, CaseCommandKind.Return, to: "street"));
        Assert.Null(drive.Command(2, CaseCommandKind.Return, to: "water"));
        Case earlier = Case.Fold(drive.Events.Select(e => e is CaseReturned returned ? returned with { InARow = 0 } : e))!;
        Assert.Equal((2, 0), (earlier.Returns, earlier.ReturnsInARow));
        CaseDriver later = new(new CaseBook(CaseWorld.Settings, 1, [earlier]));
        Assert.Null(later.Command(3, CaseCommandKind.Return, to: "street"));

        Assert.Equal(EscalationLevel.Street, later.Case.Escalation);
    }
}
