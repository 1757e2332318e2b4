using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;

namespace Gateway.Tests.Rules.Cases;

public sealed class CaseVerificationTests
{
    [Fact]
    public void Silent_device_never_verifies()
    {
        CaseDriver drive = CaseDriver.New().ToVerifying(); // reported at 20, hold 5 minutes
        CaseRefusal? refusal = drive.Command(600, CaseCommandKind.Verify, "wang", fieldCheck: true);

        Assert.Equal(CaseRefusalKind.NotVerifiable, refusal?.Kind);
        Assert.Equal("a cleared live reading of FLD-1 observed at 2026-01-27T09:25:00.000Z or later", Assert.Single(refusal!.Missing));
        Assert.Equal(["verify", "reject", "void", "comment", "merge"], refusal.Legal); // the city supervises by now
    }

    [Theory]
    [InlineData(24.99, false)]
    [InlineData(25, true)]
    public void Reading_counts_once_the_clear_state_has_held(double minute, bool counts)
    {
        CaseDriver drive = CaseDriver.New().ToVerifying();
        drive.Reading(minute);

        Assert.Equal(counts, drive.Command(30, CaseCommandKind.Verify, "wang") is null);
    }

    [Fact]
    public void Reading_observed_before_the_report_proves_nothing_however_late_it_comes()
    {
        CaseDriver drive = CaseDriver.New().ToVerifying();
        drive.Book.Observe("FLD-1", CaseWorld.At(19), CaseWorld.At(29), 11, drive.Changes);

        Assert.NotNull(drive.Command(30, CaseCommandKind.Verify, "wang"));
    }

    [Fact]
    public void Hold_is_counted_from_clearing_when_the_report_came_first()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        drive.Command(5, CaseCommandKind.Accept);
        drive.Command(10, CaseCommandKind.Report);
        Assert.Equal(
            "the condition to clear: underpass-flood on FLD-1 is firing",
            Assert.Single(drive.Command(11, CaseCommandKind.Verify, "wang")!.Missing));
        drive.Alert(30, AlertTransitionKind.Resolved);
        drive.Reading(34);
        Assert.NotNull(drive.Command(34, CaseCommandKind.Verify, "wang"));
        drive.Reading(35);

        Assert.Null(drive.Command(35, CaseCommandKind.Verify, "wang"));
    }

    [Fact]
    public void Every_device_that_saw_it_must_read_clear()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        drive.Alert(0, AlertTransitionKind.Firing, device: 1);
        drive.Alert(1, AlertTransitionKind.Resolved);
        drive.Alert(1, AlertTransitionKind.Resolved, device: 1);
        drive.Command(5, CaseCommandKind.Accept);
        drive.Command(10, CaseCommandKind.Report);
        drive.Reading(20);
        Assert.Contains("FLD-2", Assert.Single(drive.Command(21, CaseCommandKind.Verify, "wang")!.Missing));
        drive.Reading(22, "FLD-2");

        Assert.Null(drive.Command(23, CaseCommandKind.Verify, "wang"));
    }

    [Theory]
    [InlineData(AlertTransitionKind.Firing)]
    [InlineData(AlertTransitionKind.Pending)]
    public void New_breach_undoes_the_cleared_readings(AlertTransitionKind breach)
    {
        CaseDriver drive = CaseDriver.New().ToVerifying();
        drive.Reading(25);
        drive.Alert(26, breach);
        Assert.Contains("underpass-flood on FLD-1", Assert.Single(drive.Command(27, CaseCommandKind.Verify, "wang")!.Missing));
        drive.Alert(28, breach == AlertTransitionKind.Firing ? AlertTransitionKind.Resolved : AlertTransitionKind.Dropped);
        drive.Reading(32.9);
        Assert.NotNull(drive.Command(32.9, CaseCommandKind.Verify, "wang"));
        drive.Reading(33);

        Assert.Null(drive.Command(33, CaseCommandKind.Verify, "wang"));
    }

    [Fact]
    public void Latched_kind_needs_a_field_check_besides_the_reading()
    {
        CaseDriver drive = CaseDriver.New().ToVerifying(CaseWorld.Latched);
        drive.Reading(25);
        Assert.Equal(
            "a field check (fieldCheck: true), because fire.smoke is latched",
            Assert.Single(drive.Command(30, CaseCommandKind.Verify, "wang")!.Missing));

        Assert.Null(drive.Command(30, CaseCommandKind.Verify, "wang", fieldCheck: true));
    }

    [Fact]
    public void Device_that_only_sends_events_needs_a_field_check_in_place_of_the_reading()
    {
        CaseDriver drive = CaseDriver.New().ToVerifying(device: 3);
        Assert.Contains("CAM-1 only sends events", Assert.Single(drive.Command(30, CaseCommandKind.Verify, "wang")!.Missing));

        Assert.Null(drive.Command(30, CaseCommandKind.Verify, "wang", fieldCheck: true));
    }

    [Fact]
    public void Withdrawn_alert_proves_nothing_and_needs_a_field_check()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        drive.Command(5, CaseCommandKind.Accept);
        drive.Alert(10, AlertTransitionKind.Withdrawn);
        drive.Command(20, CaseCommandKind.Report);
        Assert.Contains("no longer watches FLD-1", Assert.Single(drive.Command(30, CaseCommandKind.Verify, "wang")!.Missing));

        Assert.Null(drive.Command(30, CaseCommandKind.Verify, "wang", fieldCheck: true));
    }

    [Theory]
    [InlineData("li", "reported")]
    [InlineData("chen", "accepted")]
    public void Verifier_is_not_who_accepted_or_reported(string verifier, string did)
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        drive.Command(5, CaseCommandKind.Accept, "chen");
        drive.Alert(10, AlertTransitionKind.Resolved);
        drive.Command(20, CaseCommandKind.Report, "li");
        drive.Reading(25);

        Assert.Equal($"a verifier other than {verifier}, who {did} it: whoever has neither handled nor supervised the case may", Assert.Single(drive.Command(30, CaseCommandKind.Verify, verifier)!.Missing));
        Assert.Null(drive.Command(30, CaseCommandKind.Verify, "wang"));
    }

    [Fact]
    public void Readings_of_devices_that_nobody_waits_for_cost_no_memory()
    {
        CaseDriver drive = CaseDriver.New().ToVerifying();
        drive.Reading(0, "FLD-2"); // compile first
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            drive.Book.Observe("FLD-2", CaseWorld.Start, CaseWorld.Start, 1, drive.Changes);
            drive.Book.Observe("FLD-1", CaseWorld.Start, CaseWorld.Start, 1, drive.Changes);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
