using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;

namespace Gateway.Tests.Rules.Cases;

public sealed class CaseLifeTests
{
    [Fact]
    public void Breach_walks_from_collection_to_closing()
    {
        CaseDriver drive = CaseDriver.New().ToClosed();

        Assert.Equal(
            [
                "CaseCollected", "CaseFiled", "CaseDispatched", "CaseAccepted", "AlertCleared", "ConditionCleared", "CaseReported",
                "VerificationStarted", "ConditionHeld", "CaseClosed",
            ],
            drive.Types());
        Assert.Equal(CaseStatus.Closed, drive.Case.Status);
        Assert.Equal(CaseWorld.At(30), drive.Case.ClosedAt);
        Assert.All(drive.Case.Clocks, k => Assert.NotNull(k.StoppedAt));
    }

    [Fact]
    public void Breach_walks_all_seven_stages()
    {
        CaseDriver drive = CaseDriver.New().ToClosed();
        Assert.Null(drive.Book.Handle(CaseWorld.Command(drive.Case.CaseNo, CaseCommandKind.Evaluate, "wang") with { Score = 5 }, CaseWorld.At(31), 20, drive.Changes));

        List<CaseStatus> stages = [];
        Case? state = null;
        foreach (CaseEvent next in drive.Events)
        {
            state = Case.Apply(state, next);
            if (stages.LastOrDefault((CaseStatus)byte.MaxValue) != state.Status)
            {
                stages.Add(state.Status);
            }
        }

        // 信息收集 案卷建立 任务派遣 任务处理 处理反馈 (核查) 核查结案 综合评价
        Assert.Equal(
            [
                CaseStatus.Collected, CaseStatus.Filed, CaseStatus.Dispatched, CaseStatus.InProgress, CaseStatus.Reported, CaseStatus.Verifying,
                CaseStatus.Closed, CaseStatus.Evaluated,
            ],
            stages);
    }

    [Fact]
    public void Firing_files_a_case_with_what_is_known()
    {
        CaseDriver drive = CaseDriver.New(CaseWorld.Settings with { Exercise = true, Mode = "flood-emergency" });
        drive.Alert(0, AlertTransitionKind.Firing, device: 1, severity: AlertSeverity.Critical);

        Case c = drive.Case;
        Assert.Equal("AJ-20260127-000001", c.CaseNo);
        Assert.Equal(new CaseKey("330102001", "flood.underpass", CaseScope.Grid, "330102001001G01"), c.Facts.Key);
        Assert.Equal(CaseStatus.Dispatched, c.Status);
        Assert.Equal(("water", "street"), (c.Lead, Assert.Single(c.CoHandlers)));
        Assert.Equal((AlertSeverity.Critical, CaseCertainty.Likely, 1), (c.Severity, c.Certainty, c.Occurrences));
        Assert.Equal(("sensor", "flood-emergency", true), (c.Facts.Source, c.Facts.Mode, c.Facts.Exercise));
        Assert.Equal(["330102001001G01", "330102001001", "330102001", "330102", "3301"], c.Facts.AreaPath);
        Assert.Equal(("FLD-2", "B-1", "2026-01-01"), (c.Facts.DeviceId, c.Facts.Building, c.Facts.AreaVersion));
        Assert.Equal(new RuleReference("rules/test.yaml", "underpass-flood", "ab12"), c.Facts.Rule);
        CaseEvidence evidence = Assert.Single(c.Evidence);
        Assert.Equal((7L, "FLD-2", "water_level=0.42", "water_level 0.42 m >= 0.30"), (evidence.Offset, evidence.DeviceId, evidence.Values, evidence.Cause));
    }

    [Fact]
    public void Case_number_carries_the_local_date_and_goes_on_counting()
    {
        var drive = new CaseDriver(new CaseBook(CaseWorld.Settings, lastNumber: 41));
        drive.Alert(60 * 6.99, AlertTransitionKind.Firing);
        drive.Alert(60 * 7, AlertTransitionKind.Firing, device: 2);

        Assert.Equal(["AJ-20260127-000042", "AJ-20260128-000043"], drive.Book.Cases.Select(c => c.CaseNo));
    }

    [Theory]
    [InlineData(0, 3, new[] { 3L, 6, 9 })]
    [InlineData(1, 3, new[] { 1L, 4, 7 })]
    [InlineData(2, 3, new[] { 2L, 5, 8 })]
    public void Partitions_number_without_asking_each_other(int partition, int count, long[] numbers)
    {
        CaseDriver drive = CaseDriver.New(CaseWorld.Settings with { Partition = partition, PartitionCount = count });
        for (int device = 0; device < 3; device++)
        {
            drive.Alert(device, AlertTransitionKind.Firing, device, CaseWorld.Latched);
        }

        Assert.Equal(numbers, drive.Book.Cases.Select(c => c.Number));
    }

    [Fact]
    public void No_route_gives_it_to_the_territory_which_can_accept_or_pass_it_on()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing, rule: CaseWorld.Odd);
        Assert.Equal((CaseStatus.Unowned, "330102001"), (drive.Case.Status, drive.Case.Lead));
        Assert.Equal(CaseScope.Device, drive.Case.Facts.Key.Scope); // outdoors: no building

        CaseRefusal? refusal = drive.Command(1, CaseCommandKind.Return);
        Assert.Equal(CaseRefusalKind.BadInput, refusal?.Kind);
        Assert.Null(drive.Command(2, CaseCommandKind.Return, to: "street"));
        Assert.Equal((CaseStatus.Dispatched, "street", 1), (drive.Case.Status, drive.Case.Lead, drive.Case.Returns));
    }

    [Theory]
    [InlineData("", CaseStatus.Unowned, "330102001")]
    [InlineData("street", CaseStatus.Dispatched, "street")]
    public void Return_goes_where_it_says_or_to_the_territory(string to, CaseStatus status, string lead)
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        Assert.Null(drive.Command(1, CaseCommandKind.Return, to: to));

        Assert.Equal((status, lead, 1), (drive.Case.Status, drive.Case.Lead, drive.Case.Returns));
        Assert.All(drive.Case.Clocks, k => Assert.Equal((CaseWorld.At(1), null), (k.StartedAt, k.StoppedAt)));
    }

    [Theory]
    [InlineData("nobody", "no unit")]
    [InlineData("water", "already leads")]
    [InlineData("fire", "negative list")]
    public void Return_to_a_unit_that_cannot_lead_is_refused(string to, string message)
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        CaseRefusal? refusal = drive.Command(1, CaseCommandKind.Return, to: to);

        Assert.Equal(CaseRefusalKind.BadInput, refusal?.Kind);
        Assert.Contains(message, refusal!.Message);
    }

    [Fact]
    public void Failed_verification_sends_it_back_with_new_clocks()
    {
        CaseDriver drive = CaseDriver.New().ToVerifying();
        Assert.Null(drive.Command(25, CaseCommandKind.Reject, "wang"));

        Assert.Equal((CaseStatus.Dispatched, 1, null), (drive.Case.Status, drive.Case.Reworks, drive.Case.ReportedAt));
        Assert.Equal([ClockKind.Accept, ClockKind.Resolve], drive.Case.Clocks.Where(k => k.StoppedAt is null).Select(k => k.Kind));
        Assert.Null(drive.Command(26, CaseCommandKind.Accept));
    }

    [Fact]
    public void Rule_without_a_case_and_a_shadow_rule_file_nothing()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing, rule: CaseWorld.Underpass with { Case = null });
        drive.Alert(0, AlertTransitionKind.Firing, rule: CaseWorld.Underpass with { Mode = RuleMode.Shadow });

        Assert.Empty(drive.Events);
    }

    [Theory]
    [InlineData(60, true)]
    [InlineData(60.1, false)]
    public void Recurrence_reopens_within_the_window_and_files_anew_after(double minute, bool reopened)
    {
        CaseDriver drive = CaseDriver.New().ToClosed(); // at 30, reopens within 30
        int before = drive.Events.Count;
        drive.Alert(minute, AlertTransitionKind.Firing);

        Assert.Equal(reopened ? "CaseReopened" : "CaseCollected", drive.Types(before)[0]);
        Assert.Equal(CaseStatus.Dispatched, drive.Case.Status);
        Assert.Equal(reopened ? (1, 2, 1) : (2, 1, 0), ((int)drive.Case.Number, drive.Case.Occurrences, drive.Case.Reopens));
        Assert.Null(drive.Case.ClosedAt);
        Assert.Null(drive.Case.ClearedAt);
    }

    [Fact]
    public void Voided_alarm_that_goes_on_files_nothing_until_it_is_raised_or_fires_anew()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        string caseNo = drive.Case.CaseNo;
        Assert.Null(drive.Command(1, CaseCommandKind.Void));
        drive.Alert(2, AlertTransitionKind.Recurred);
        Assert.Empty(drive.Book.Cases);
        Assert.Equal(CaseRefusalKind.Illegal, drive.Command(3, CaseCommandKind.Accept, caseNo: caseNo)?.Kind);

        drive.Alert(4, AlertTransitionKind.Raised, severity: AlertSeverity.Critical);
        Assert.Equal("AJ-20260127-000002", drive.Case.CaseNo);
    }
}
