using Gateway.Protocols.Readings;
using Gateway.Rules.Calendars;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;

namespace Gateway.Tests.Rules.Cases;

/// <summary>When clocks are due: natural time, working hours, working days, over weekends, holidays and make-up days, with pauses and extensions.</summary>
public sealed class CaseLimitTests
{
    private static readonly SourceLocation Here = new("calendars/office.yaml", 1, 1);

    // 08:30 to 17:30 Monday to Friday; 15 to 23 February 2026 off, 14 and 28 February worked.
    private static readonly WorkingCalendar Office = new(
        new CalendarDefinition
        {
            Id = "office",
            WorkingDays = [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday],
            WorkingHours = [new WorkingHours(TimeSpan.FromHours(8.5), TimeSpan.FromHours(17.5))],
            Holidays = [new Holiday("春节", new DateOnly(2026, 2, 15), new DateOnly(2026, 2, 23))],
            MakeupWorkdays = [new DateOnly(2026, 2, 14), new DateOnly(2026, 2, 28)],
            Location = Here,
        },
        CaseWorld.Settings.TimeZone);

    [Theory]
    [InlineData("2026-02-13 16:30", "4h", "2026-02-13 20:30")]
    [InlineData("2026-02-13 16:30", "4wh", "2026-02-14 11:30")] // into the make-up Saturday
    [InlineData("2026-02-14 16:30", "4wh", "2026-02-24 11:30")] // over the holiday
    [InlineData("2026-03-06 16:30", "4wh", "2026-03-09 11:30")] // over the weekend
    [InlineData("2026-03-07 03:00", "4wh", "2026-03-09 12:30")] // at night on a day off
    [InlineData("2026-02-12 10:00", "1wd", "2026-02-13 17:30")]
    [InlineData("2026-02-12 10:00", "3wd", "2026-02-24 17:30")] // 13th, 14th (worked), 24th
    [InlineData("2026-03-06 10:00", "2wd", "2026-03-10 17:30")]
    public void Limit_is_due(string filed, string limit, string due)
    {
        CaseDriver drive = Filed(filed, limit);
        CaseClock clock = Resolve(drive);
        Assert.Equal(Local(due), clock.DueAt);
        Assert.InRange(clock.RemindAt.UnixMilliseconds, clock.StartedAt.UnixMilliseconds, clock.DueAt.UnixMilliseconds);
        Assert.True(clock.DueAt < clock.DistrictAt && clock.DistrictAt < clock.CityAt);
        Assert.Equal(limit.Contains('w') ? Office.Version : "", clock.Calendar);
    }

    [Theory]
    [InlineData("2026-03-02 09:00", "4h", "2026-03-02 10:00", "2026-03-05 10:00", "2026-03-05 13:00")]
    [InlineData("2026-03-02 09:00", "4wh", "2026-03-02 10:00", "2026-03-05 16:30", "2026-03-06 10:30")] // three hours are left
    [InlineData("2026-03-02 09:00", "4wh", "2026-03-02 20:00", "2026-03-05 20:00", null)] // it was over before
    [InlineData("2026-03-06 09:00", "4wh", "2026-03-06 11:00", "2026-03-07 11:00", "2026-03-09 10:30")] // ends on a Saturday
    [InlineData("2026-03-02 09:00", "3wd", "2026-03-03 10:00", "2026-03-09 10:00", "2026-03-11 17:30")] // two days are left
    [InlineData("2026-02-12 09:00", "3wd", "2026-02-12 10:00", "2026-02-18 10:00", "2026-02-26 17:30")] // put off into the holiday
    public void Clock_that_stood_still_has_as_much_left_as_before(string filed, string limit, string deferred, string until, string? due)
    {
        CaseDriver drive = Filed(filed, limit);
        EventTime at = Local(deferred);
        Assert.Null(Do(drive, filed, CaseCommandKind.Accept, "li"));
        CaseClock before = Resolve(drive);
        Assert.Null(Do(drive, deferred, CaseCommandKind.Defer, "li", until));
        Assert.Null(Do(drive, deferred, CaseCommandKind.Approve, "wang"));
        Assert.Equal(at, Resolve(drive).PausedAt);
        Assert.Equal(Local(until), drive.Book.NextDue); // nothing else is due meanwhile
        drive.Book.Advance(Local(until), drive.Changes);

        Assert.Null(drive.Case.DeferredUntil);
        Assert.Null(Resolve(drive).PausedAt);
        Assert.Equal(due is null ? before.DueAt : Local(due), Resolve(drive).DueAt);
        CaseDeferralEnded end = Assert.Single(drive.Events.OfType<CaseDeferralEnded>());
        Assert.Equal((Local(until), CaseEvent.GatewayActor), (end.At, end.Actor));
    }

    [Fact]
    public void Nothing_reminds_or_climbs_while_it_is_put_off()
    {
        CaseDriver drive = Filed("2026-03-02 09:00", "4h");
        Do(drive, "2026-03-02 09:30", CaseCommandKind.Accept, "li");
        Do(drive, "2026-03-02 10:00", CaseCommandKind.Defer, "li", "2026-03-20 10:00");
        Do(drive, "2026-03-02 10:00", CaseCommandKind.Approve, "wang");
        drive.Book.Advance(Local("2026-03-20 09:59"), drive.Changes);
        Assert.DoesNotContain(drive.Events, e => e is ClockReminded or ClockOverdue);
        drive.Book.Advance(Local("2026-03-20 13:00"), drive.Changes);
        Assert.Equal(["ClockReminded", "ClockOverdue"], drive.Types()[^2..]);
    }

    [Fact]
    public void Request_is_decided_by_somebody_else_and_does_nothing_before()
    {
        CaseDriver drive = Filed("2026-03-02 09:00", "4h");
        Do(drive, "2026-03-02 09:10", CaseCommandKind.Accept, "li");
        Assert.Null(Do(drive, "2026-03-02 09:20", CaseCommandKind.Defer, "chen", "2026-03-03 09:00"));
        Assert.Null(Resolve(drive).PausedAt);
        Assert.Contains("who asked for it", Do(drive, "2026-03-02 09:21", CaseCommandKind.Approve, "chen")!.Message);
        Assert.Contains("who handles the case", Do(drive, "2026-03-02 09:21", CaseCommandKind.Approve, "li")!.Message);
        Assert.Null(Do(drive, "2026-03-02 09:22", CaseCommandKind.Deny, "wang"));
        Assert.Null(drive.Case.Request);
        Assert.Equal(0, drive.Case.Deferrals);
    }

    [Theory]
    [InlineData(null, "needs the time")]
    [InlineData("2026-03-02 09:00", "not later")]
    [InlineData("2028-03-02 09:00", "366 days")]
    public void Time_that_cannot_be_is_refused(string? until, string says)
    {
        CaseDriver drive = Filed("2026-03-02 09:00", "4h");
        Do(drive, "2026-03-02 09:10", CaseCommandKind.Accept, "li");
        CaseRefusal refusal = Do(drive, "2026-03-02 09:20", CaseCommandKind.Defer, "li", until)!;
        Assert.Equal(CaseRefusalKind.BadInput, refusal.Kind);
        Assert.Contains(says, refusal.Message);
    }

    [Fact]
    public void Time_that_has_passed_is_not_granted()
    {
        CaseDriver drive = Filed("2026-03-02 09:00", "4h");
        Do(drive, "2026-03-02 09:10", CaseCommandKind.Accept, "li");
        Do(drive, "2026-03-02 09:20", CaseCommandKind.Defer, "li", "2026-03-02 10:00");
        Assert.Contains("has passed", Do(drive, "2026-03-02 10:00", CaseCommandKind.Approve, "wang")!.Message);
        Assert.Null(Do(drive, "2026-03-02 10:00", CaseCommandKind.Deny, "wang"));
    }

    [Fact]
    public void Extended_clock_reminds_and_climbs_anew()
    {
        CaseDriver drive = Filed("2026-03-02 09:00", "4h");
        Do(drive, "2026-03-02 09:10", CaseCommandKind.Accept, "li");
        drive.Book.Advance(Local("2026-03-02 13:30"), drive.Changes);
        Assert.Equal(EscalationLevel.Street, Resolve(drive).Level);
        Assert.Null(Do(drive, "2026-03-02 14:00", CaseCommandKind.Extend, "li", "2026-03-02 19:00"));
        Assert.Null(Do(drive, "2026-03-02 14:00", CaseCommandKind.Approve, "wang"));

        CaseClock clock = Resolve(drive);
        Assert.Equal((Local("2026-03-02 19:00"), Local("2026-03-02 18:00"), EscalationLevel.None), (clock.DueAt, clock.RemindAt, clock.Level));
        Assert.Equal(Local("2026-03-02 23:00"), clock.DistrictAt); // four hours later, as before
        Assert.Equal(EscalationLevel.Street, drive.Case.Escalation); // what was, was
        Assert.Equal((1, 0), (drive.Case.Extensions, drive.Case.Deferrals));
    }

    // 80 % of the working time that is left, then one limit and two beyond the new one, in the working time of the clock.
    [Theory]
    [InlineData("2026-03-05 09:00", "4wh", "2026-03-05 12:30", "2026-03-06 16:30", "2026-03-06 13:54", "2026-03-09 11:30", "2026-03-09 15:30")] // over the weekend
    [InlineData("2026-03-05 09:00", "4wh", "2026-03-05 10:30", "2026-03-07 12:00", "2026-03-06 14:18", "2026-03-09 12:30", "2026-03-09 16:30")] // granted until a Saturday
    [InlineData("2026-02-12 09:00", "4wh", "2026-02-12 10:30", "2026-02-13 16:30", "2026-02-13 13:30", "2026-02-14 11:30", "2026-02-14 15:30")] // into the make-up Saturday
    [InlineData("2026-02-12 09:00", "4wh", "2026-02-13 15:30", "2026-02-14 16:30", "2026-02-14 14:30", "2026-02-24 11:30", "2026-02-24 15:30")] // over the make-up day and the holiday
    [InlineData("2026-03-05 09:00", "4wh", "2026-03-07 09:00", "2026-03-08 09:00", "2026-03-08 09:00", "2026-03-09 12:30", "2026-03-09 16:30")] // not an hour is left to remind in
    [InlineData("2026-03-02 09:00", "3wd", "2026-03-05 09:30", "2026-03-06 17:30", "2026-03-06 14:06", "2026-03-11 17:30", "2026-03-16 17:30")]
    [InlineData("2026-02-10 09:00", "3wd", "2026-02-12 09:30", "2026-02-14 12:00", "2026-02-13 16:54", "2026-02-26 17:30", "2026-03-02 17:30")] // holiday, then a make-up Saturday
    [InlineData("2026-03-05 09:00", "4h", "2026-03-05 11:00", "2026-03-06 16:00", "2026-03-06 10:12", "2026-03-06 20:00", "2026-03-07 00:00")]
    public void Extended_clock_reminds_and_climbs_in_what_it_counts(string filed, string limit, string granted, string until, string remind, string district, string city)
    {
        CaseDriver drive = Filed(filed, limit);
        Assert.Null(Do(drive, filed, CaseCommandKind.Accept, "li"));
        Assert.Null(Do(drive, granted, CaseCommandKind.Extend, "li", until));
        Assert.Null(Do(drive, granted, CaseCommandKind.Approve, "wang"));

        CaseClock clock = Resolve(drive);
        Assert.Equal((Local(until), Local(remind), Local(district), Local(city)), (clock.DueAt, clock.RemindAt, clock.DistrictAt, clock.CityAt));
        Assert.Equal(limit.Contains('w') ? Office.Version : "", clock.Calendar);
    }

    // What goes on after a deferral reminds and climbs in its own time too, also where it was extended before.
    [Theory]
    [InlineData("2026-03-05 09:00", "4wh", null, "2026-03-06 16:30", "2026-03-09 09:42", "2026-03-09 10:30", "2026-03-09 14:30", "2026-03-10 09:30")]
    [InlineData("2026-02-12 09:00", "4wh", null, "2026-02-14 16:30", "2026-02-24 09:42", "2026-02-24 10:30", "2026-02-24 14:30", "2026-02-25 09:30")]
    [InlineData("2026-03-05 09:00", "4wh", "2026-03-06 16:30", "2026-03-07 12:00", "2026-03-10 11:54", "2026-03-10 15:00", "2026-03-11 10:00", "2026-03-11 14:00")]
    [InlineData("2026-02-12 09:00", "3wd", null, "2026-02-13 12:00", "2026-02-25 12:24", "2026-02-25 17:30", "2026-02-28 17:30", "2026-03-04 17:30")]
    public void Clock_that_goes_on_reminds_and_climbs_in_what_it_counts(string filed, string limit, string? extended, string until, string remind, string due, string district, string city)
    {
        CaseDriver drive = Filed(filed, limit);
        string put = filed.Replace("09:00", "10:00");
        Assert.Null(Do(drive, filed, CaseCommandKind.Accept, "li"));
        if (extended is not null)
        {
            Assert.Null(Do(drive, put, CaseCommandKind.Extend, "li", extended));
            Assert.Null(Do(drive, put, CaseCommandKind.Approve, "wang"));
        }

        Assert.Null(Do(drive, put, CaseCommandKind.Defer, "li", until));
        Assert.Null(Do(drive, put, CaseCommandKind.Approve, "wang"));
        drive.Book.Advance(Local(until), drive.Changes);

        CaseClock clock = Resolve(drive);
        Assert.Equal((Local(remind), Local(due), Local(district), Local(city)), (clock.RemindAt, clock.DueAt, clock.DistrictAt, clock.CityAt));
    }

    [Fact]
    public void Extension_must_be_later_than_the_limit()
    {
        CaseDriver drive = Filed("2026-03-02 09:00", "4h");
        Do(drive, "2026-03-02 09:10", CaseCommandKind.Accept, "li");
        Assert.Contains("not later", Do(drive, "2026-03-02 09:20", CaseCommandKind.Extend, "li", "2026-03-02 12:00")!.Message);
    }

    [Fact]
    public void Deferral_ended_by_hand_or_by_the_report_lets_the_clocks_go_on_or_stop()
    {
        CaseDriver drive = Filed("2026-03-02 09:00", "4h");
        Do(drive, "2026-03-02 09:10", CaseCommandKind.Accept, "li");
        Do(drive, "2026-03-02 10:00", CaseCommandKind.Defer, "li", "2026-03-05 09:00");
        Do(drive, "2026-03-02 10:00", CaseCommandKind.Approve, "wang");
        Assert.Null(Do(drive, "2026-03-02 12:00", CaseCommandKind.Resume, "li"));
        Assert.Equal(Local("2026-03-02 15:00"), Resolve(drive).DueAt);
        Do(drive, "2026-03-02 12:30", CaseCommandKind.Defer, "li", "2026-03-05 09:00");
        Do(drive, "2026-03-02 12:30", CaseCommandKind.Approve, "wang");
        Assert.Null(Do(drive, "2026-03-02 13:00", CaseCommandKind.Report, "li"));
        Assert.Null(drive.Case.DeferredUntil);
        Assert.Equal((Local("2026-03-02 13:00"), 2), (Resolve(drive).StoppedAt, drive.Case.Deferrals));
    }

    /// <summary>平战结合: what starts in a mode has the limits of the mode; what runs is moved by nothing.</summary>
    [Fact]
    public void Clocks_that_start_after_a_switch_of_mode_have_its_limits_in_every_round()
    {
        TimeLimits normal = new(TimeSpan.FromMinutes(10), TimeSpan.FromHours(4), TimeSpan.FromHours(8)), emergency = new(TimeSpan.FromMinutes(2), TimeSpan.FromHours(1), TimeSpan.FromHours(3));
        ResponsibilityRow row = CaseWorld.Row("flood.*", "3301", "water", [], normal) with { ModeLimits = new Dictionary<string, TimeLimits> { ["emergency"] = emergency } };
        ResponsibilityList list = CaseWorld.Duty with { Rows = [row] };
        CaseSettings settings = CaseWorld.Settings with { Router = new Router(list) };
        CaseDriver drive = CaseDriver.New(settings);
        drive.Alert(0, AlertTransitionKind.Firing);
        Assert.Null(drive.Command(1, CaseCommandKind.Accept));
        drive.Book.Settings = settings with { Router = new Router(list, "emergency") };
        Assert.Equal(TimeSpan.FromHours(4), Length(drive, ClockKind.Resolve));
        Assert.Null(drive.Command(2, CaseCommandKind.Report));
        Assert.Equal(TimeSpan.FromHours(3), Length(drive, ClockKind.Verify));
        Assert.Null(drive.Command(3, CaseCommandKind.Reject, "wang"));
        Assert.Equal((TimeSpan.FromMinutes(2), TimeSpan.FromHours(1)), (Length(drive, ClockKind.Accept), Length(drive, ClockKind.Resolve)));
        drive.Book.Settings = settings;
        Assert.Null(drive.Command(4, CaseCommandKind.Return, to: "street"));
        Assert.Equal((TimeSpan.FromMinutes(10), TimeSpan.FromHours(4)), (Length(drive, ClockKind.Accept), Length(drive, ClockKind.Resolve)));
    }

    private static TimeSpan Length(CaseDriver drive, ClockKind kind) => Assert.Single(drive.Case.Clocks, k => k.Kind == kind) is var clock ? clock.DueAt - clock.StartedAt : default;

    private static CaseDriver Filed(string at, string limit)
    {
        (TimeSpan length, ClockUnit unit) = limit switch
        {
            [.. var n, 'w', 'h'] => (TimeSpan.FromHours(int.Parse(n)), ClockUnit.WorkingHours),
            [.. var n, 'w', 'd'] => (TimeSpan.FromDays(int.Parse(n)), ClockUnit.WorkingDays),
            _ => (TimeSpan.FromHours(int.Parse(limit[..^1])), ClockUnit.Natural),
        };
        TimeLimits limits = new(TimeSpan.Zero, length, TimeSpan.Zero) { ResolveUnit = unit };
        Dictionary<string, ResponsibleUnit> units = new() { ["water"] = new("water", "Water bureau", "12345", "office", Here) };
        CaseSettings settings = CaseWorld.Settings with
        {
            Router = new Router(new ResponsibilityList(units, [CaseWorld.Row("flood.*", "3301", "water", [], limits)], [])),
            Calendars = new Dictionary<string, WorkingCalendar> { ["office"] = Office },
        };
        CaseDriver drive = CaseDriver.New(settings);
        drive.Book.Handle(CaseWorld.Alert(AlertTransitionKind.Firing, Local(at)), CaseWorld.Context(CaseWorld.Underpass, 0), drive.Changes);
        return drive;
    }

    private static CaseRefusal? Do(CaseDriver drive, string at, CaseCommandKind kind, string actor, string? until = null) => drive.Book.Handle(
        CaseWorld.Command(drive.Case.CaseNo, kind, actor) with { Until = until is null ? null : Local(until) }, Local(at), 9, drive.Changes);

    private static CaseClock Resolve(CaseDriver drive) => Assert.Single(drive.Case.Clocks, k => k.Kind == ClockKind.Resolve);

    private static EventTime Local(string text) => CaseWorld.Time(text.Replace(' ', 'T') + ":00+08:00");
}
