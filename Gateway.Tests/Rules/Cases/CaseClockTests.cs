using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;

namespace Gateway.Tests.Rules.Cases;

public sealed class CaseClockTests
{
    [Fact]
    public void Overdue_case_climbs_in_order()
    {
        CaseDriver drive = CaseDriver.New(); // accept in 30 minutes, resolve in 4 hours
        drive.Alert(0, AlertTransitionKind.Firing);
        int before = drive.Events.Count;
        drive.Advance(60 * 24);

        Assert.Equal(
            [
                "24 remind Accept", "30 Street Accept", "60 District Accept", "90 City Accept",
                "192 remind Resolve", "240 Street Resolve", "480 District Resolve", "720 City Resolve",
            ],
            drive.Events.Skip(before).Select(Short));
        Assert.Equal(EscalationLevel.City, drive.Case.Escalation);
        Assert.Null(drive.Book.NextDue);
    }

    [Theory]
    [InlineData(23.999, 0)]
    [InlineData(24, 1)]
    [InlineData(29.999, 1)]
    [InlineData(30, 2)]
    public void Clock_is_due_at_its_instant_and_not_before(double minute, int events)
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        drive.Changes.Clear();
        drive.Advance(minute);

        Assert.Equal(events, drive.Events.Count);
    }

    [Fact]
    public void Stopped_clock_says_no_more()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        drive.Command(10, CaseCommandKind.Accept);
        drive.Alert(11, AlertTransitionKind.Resolved);
        drive.Command(12, CaseCommandKind.Report);
        drive.Changes.Clear();
        drive.Advance(12 + 95.9);
        Assert.Empty(drive.Events);
        drive.Advance(12 + 96); // 80 % of two hours to verify

        Assert.Equal("108 remind Verify", Short(Assert.Single(drive.Events)));
    }

    [Fact]
    public void Limit_of_zero_starts_no_clock()
    {
        var list = new ResponsibilityList(CaseWorld.Duty.Units, [CaseWorld.Row("*", "3301", "water", [], new TimeLimits(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero))], []);
        CaseDriver drive = CaseDriver.New(CaseWorld.Settings with { Router = new Router(list) });
        drive.Alert(0, AlertTransitionKind.Firing);

        Assert.Empty(drive.Case.Clocks);
        Assert.Null(drive.Book.NextDue);
    }

    [Fact]
    public void What_was_due_is_noted_before_what_comes_next()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        drive.Changes.Clear();
        drive.Command(40, CaseCommandKind.Accept);

        Assert.Equal(["ClockReminded", "ClockOverdue", "CaseAccepted"], drive.Types());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Any_spacing_of_advances_gives_equal_events(int seed)
    {
        string[] sparse = Walk(seed, advances: 0);

        Assert.True(sparse.Length > 40);
        Assert.Equal(sparse, Walk(seed, advances: 1));
        Assert.Equal(sparse, Walk(seed, advances: 25));
    }

    /// <summary>The same alerts and commands at the same times, with some advances strewn in between.</summary>
    private static string[] Walk(int seed, int advances)
    {
        var random = new Random(seed);
        var strewn = new Random(seed + 1000);
        CaseDriver drive = CaseDriver.New();
        double minute = 0;
        for (int step = 0; step < 60; step++)
        {
            double next = minute + (random.NextDouble() * 60);
            foreach (double at in Enumerable.Range(0, advances).Select(_ => minute + (strewn.NextDouble() * (next - minute))).Order())
            {
                drive.Advance(at);
            }

            minute = next;
            int device = random.Next(3);
            AlertTransitionKind kind = random.Next(2) == 0 ? AlertTransitionKind.Firing : AlertTransitionKind.Resolved;
            drive.Alert(minute, kind, device);
            CaseCommandKind command = (CaseCommandKind)random.Next(5);
            drive.Command(minute, command, command == CaseCommandKind.Verify ? "wang" : "li", caseNo: $"AJ-20260127-{random.Next(1, 4):D6}");
        }

        drive.Advance(minute + (60 * 24));
        return [.. drive.Events.Select(CaseWorld.Json)];
    }

    private static string Short(CaseEvent e) => e switch
    {
        ClockReminded r => $"{(r.At - CaseWorld.Start).TotalMinutes} remind {r.Clock}",
        ClockOverdue o => $"{(o.At - CaseWorld.Start).TotalMinutes} {o.Level} {o.Clock}",
        _ => e.GetType().Name,
    };
}
