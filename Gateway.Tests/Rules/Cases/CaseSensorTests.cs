using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;

namespace Gateway.Tests.Rules.Cases;

public sealed class CaseSensorTests
{
    [Fact]
    public void Second_device_of_the_scope_joins_and_makes_it_observed()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        drive.Alert(1, AlertTransitionKind.Firing, rule: CaseWorld.Rising);
        Assert.Equal((CaseCertainty.Likely, 2), (drive.Case.Certainty, drive.Case.Occurrences)); // another rule, the same device

        drive.Alert(2, AlertTransitionKind.Firing, device: 1);
        Assert.Equal((CaseCertainty.Observed, 3, 3), (drive.Case.Certainty, drive.Case.Occurrences, drive.Case.Evidence.Count));
    }

    [Fact]
    public void Another_grid_is_another_case()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        drive.Alert(0, AlertTransitionKind.Firing, device: 2);

        Assert.Equal(2, drive.Book.Cases.Count);
    }

    [Fact]
    public void Device_that_was_only_pending_does_not_corroborate()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        drive.Alert(1, AlertTransitionKind.Pending, device: 1);
        drive.Alert(2, AlertTransitionKind.Dropped, device: 1);
        drive.Alert(3, AlertTransitionKind.Recurred);

        Assert.Equal((CaseCertainty.Likely, 2), (drive.Case.Certainty, drive.Case.Occurrences));
    }

    [Fact]
    public void Severity_only_rises()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        drive.Alert(1, AlertTransitionKind.Raised, severity: AlertSeverity.Emergency);
        drive.Alert(2, AlertTransitionKind.Lowered, severity: AlertSeverity.Info);
        drive.Alert(3, AlertTransitionKind.Raised, severity: AlertSeverity.Critical);
        drive.Alert(4, AlertTransitionKind.Firing, device: 1, severity: AlertSeverity.Info);

        Assert.Equal(AlertSeverity.Emergency, drive.Case.Severity);
        Assert.Single(drive.Events.OfType<SeverityRaised>());
    }

    [Fact]
    public void Condition_clears_with_the_last_alert_and_breaches_again()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        drive.Alert(1, AlertTransitionKind.Firing, device: 1);
        drive.Alert(2, AlertTransitionKind.Resolved);
        Assert.Null(drive.Case.ClearedAt);
        drive.Alert(3, AlertTransitionKind.Withdrawn, device: 1);
        Assert.Equal(CaseWorld.At(3), drive.Case.ClearedAt);

        int before = drive.Events.Count;
        drive.Alert(4, AlertTransitionKind.Firing);
        Assert.Equal(["OccurrenceAdded", "ConditionBreached"], drive.Types(before));
        Assert.Null(drive.Case.ClearedAt);
    }

    [Fact]
    public void Alert_of_a_device_that_was_moved_still_finds_its_case()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        AlertContext moved = CaseWorld.Context(CaseWorld.Underpass, 0);
        moved = moved with { Device = moved.Device with { Area = "330102001001G02" } };
        drive.Book.Handle(CaseWorld.Alert(AlertTransitionKind.Withdrawn, CaseWorld.At(1)), moved, drive.Changes);

        Assert.Equal(CaseWorld.At(1), drive.Case.ClearedAt);
    }

    [Fact]
    public void Evidence_keeps_the_first_and_the_latest()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        for (int i = 1; i < 100; i++)
        {
            drive.Alert(i, AlertTransitionKind.Recurred);
        }

        Assert.Equal(100, drive.Case.Occurrences);
        Assert.Equal(Case.EvidenceCountLimit, drive.Case.Evidence.Count);
        Assert.Equal((CaseWorld.At(0), CaseWorld.At(15)), (drive.Case.Evidence[0].At, drive.Case.Evidence[15].At));
        Assert.Equal((CaseWorld.At(84), CaseWorld.At(99)), (drive.Case.Evidence[16].At, drive.Case.Evidence[31].At));
    }

    [Fact]
    public void Storm_of_ten_thousand_devices_in_one_grid_is_one_case()
    {
        CaseDriver drive = CaseDriver.New();
        for (int i = 0; i < 10_000; i++)
        {
            AlertContext context = CaseWorld.Context(CaseWorld.Underpass, 0, offset: i);
            context = context with { Device = context.Device with { Id = $"FLD-{i}" } };
            drive.Book.Handle(CaseWorld.Alert(AlertTransitionKind.Firing, CaseWorld.At(0)), context, drive.Changes);
        }

        Assert.Equal((10_000, CaseCertainty.Observed), (drive.Case.Occurrences, drive.Case.Certainty));
        Assert.Single(drive.Changes.Cases);
    }
}
