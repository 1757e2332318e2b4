using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;

namespace Gateway.Tests.Rules.Cases;

/// <summary>Clocks over the whole life of a case, and the stretches of its life.</summary>
public sealed class CaseClockRunTests
{
    [Fact]
    public void Extension_ends_the_lateness_of_a_clock_and_does_not_undo_it()
    {
        CaseDriver driver = CaseDriver.New();
        driver.Alert(0, AlertTransitionKind.Firing);
        Assert.Null(driver.Command(5, CaseCommandKind.Accept));
        driver.Advance(250); // due at 240
        Assert.Null(driver.Ask(255, CaseCommandKind.Extend, 500));
        Assert.Null(driver.Command(260, CaseCommandKind.Approve, "chen"));
        Assert.Null(driver.Command(300, CaseCommandKind.Report));
        CaseClockRun resolve = Assert.Single(Runs(driver, 400), r => r.Clock.Kind == ClockKind.Resolve);
        Assert.Equal([new TimeStretch(CaseWorld.At(240), CaseWorld.At(260))], resolve.Late);
        Assert.Equal((CaseWorld.At(240), CaseWorld.At(500), CaseWorld.At(300)), (resolve.BreachedAt, resolve.Clock.DueAt, resolve.EndedAt));
    }

    [Fact]
    public void Clock_that_is_late_until_it_stops_is_late_from_its_limit_and_one_that_runs_until_now()
    {
        CaseDriver driver = CaseDriver.New();
        driver.Alert(0, AlertTransitionKind.Firing);
        driver.Advance(45); // due at 30
        Assert.Null(driver.Command(50, CaseCommandKind.Accept));
        driver.Advance(300); // due at 240
        IReadOnlyList<CaseClockRun> runs = Runs(driver, 310);
        Assert.Equal([new TimeStretch(CaseWorld.At(30), CaseWorld.At(50))], runs[0].Late);
        Assert.Equal((ClockKind.Accept, "water"), (runs[0].Clock.Kind, runs[0].Party));
        Assert.Equal([new TimeStretch(CaseWorld.At(240), CaseWorld.At(310))], runs[1].Late);
        Assert.Null(runs[1].EndedAt);
    }

    [Fact]
    public void Each_new_round_has_clocks_of_its_own()
    {
        CaseDriver driver = CaseDriver.New().ToVerifying();
        Assert.Null(driver.Command(30, CaseCommandKind.Reject, "wang"));
        Assert.Equal(
            [ClockKind.Accept, ClockKind.Resolve, ClockKind.Verify, ClockKind.Accept, ClockKind.Resolve],
            Runs(driver, 40).Select(r => r.Clock.Kind));
    }

    [Fact]
    public void Pause_lasts_until_the_clock_goes_on()
    {
        CaseDriver driver = CaseDriver.New();
        driver.Alert(0, AlertTransitionKind.Firing);
        Assert.Null(driver.Command(5, CaseCommandKind.Accept));
        Assert.Null(driver.Ask(6, CaseCommandKind.Defer, 100));
        Assert.Null(driver.Command(7, CaseCommandKind.Approve, "chen"));
        Assert.Equal([new TimeStretch(CaseWorld.At(7), CaseWorld.At(50))], Runs(driver, 50)[1].Paused);
        driver.Advance(120);
        Assert.Equal([new TimeStretch(CaseWorld.At(7), CaseWorld.At(100))], Runs(driver, 130)[1].Paused);
    }

    [Fact]
    public void Stretches_of_a_case_that_came_back_have_nobody_between_its_end_and_its_reopening()
    {
        CaseDriver driver = CaseDriver.New().ToClosed();
        driver.Alert(40, AlertTransitionKind.Firing);
        IReadOnlyList<CaseStretch> stretches = CaseTime.Stretches(driver.Events, CaseWorld.At(60));
        CaseStretch closed = Assert.Single(stretches, s => s.Status == CaseStatus.Closed);
        Assert.Equal((null, CaseWorld.At(30), CaseWorld.At(40)), (closed.Stage, closed.From, closed.To));
        Assert.Equal((CaseStatus.Dispatched, CaseWorld.At(60)), (stretches[^1].Status, stretches[^1].To));
        Assert.All(stretches.Zip(stretches.Skip(1)), pair => Assert.Equal(pair.First.To, pair.Second.From));
        Assert.Equal(TimeSpan.FromMinutes(30 + 20), TimeSpan.FromTicks(CaseTime.Sum(stretches).Sum(s => s.Spent.Ticks)));
    }

    private static IReadOnlyList<CaseClockRun> Runs(CaseDriver driver, double now) => CaseClockRun.Of(driver.Events, CaseWorld.At(now));
}
