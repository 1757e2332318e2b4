using System.Globalization;
using Gateway.Protocols.Readings;
using Gateway.Rules.Calendars;
using Gateway.Rules.Files;

namespace Gateway.Tests.Rules.Calendars;

/// <summary>When hours run and when that changes: weekends, holidays, make-up days, midnight, and clocks that are put forward and back.</summary>
public sealed class WorkingCalendarTests
{
    private static CalendarDefinition Office(params string[] hours) => new()
    {
        Id = "office",
        WorkingDays = [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday],
        WorkingHours = [.. hours.Select(h => h.Split('-')).Select(h => new WorkingHours(Time(h[0]), Time(h[1])))],
        Holidays = [new Holiday("春节", new DateOnly(2026, 2, 15), new DateOnly(2026, 2, 23))],
        MakeupWorkdays = [new DateOnly(2026, 2, 14), new DateOnly(2026, 2, 28)],
        Location = new SourceLocation("calendars/office.yaml", 1, 1),
    };

    private static readonly WorkingCalendar Shanghai = new(Office("08:30-12:00", "13:30-17:30"), Zone("Asia/Shanghai"));

    [Theory]
    [InlineData("2026-02-13 08:29:59", false, "2026-02-13 08:30:00")]
    [InlineData("2026-02-13 08:30:00", true, "2026-02-13 12:00:00")]
    [InlineData("2026-02-13 12:00:00", false, "2026-02-13 13:30:00")]
    [InlineData("2026-02-13 17:29:59", true, "2026-02-13 17:30:00")]
    [InlineData("2026-02-13 20:00:00", false, "2026-02-14 08:30:00")] // a Saturday that is worked
    [InlineData("2026-02-14 20:00:00", false, "2026-02-24 08:30:00")] // over the holiday
    [InlineData("2026-02-18 10:00:00", false, "2026-02-24 08:30:00")] // a Wednesday off
    [InlineData("2026-02-27 18:00:00", false, "2026-02-28 08:30:00")]
    [InlineData("2026-03-07 10:00:00", false, "2026-03-09 08:30:00")] // a plain weekend
    public void Hours_run_and_change(string at, bool isWorking, string next)
    {
        EventTime time = Local(at, "Asia/Shanghai");
        Assert.Equal(isWorking, Shanghai.IsWorking(time));
        Assert.Equal(Local(next, "Asia/Shanghai"), Shanghai.NextChange(time));
    }

    // Seven and a half hours a day.
    [Theory]
    [InlineData("2026-02-12 09:00:00", 2, "2026-02-12 11:00:00")]
    [InlineData("2026-02-12 11:00:00", 2, "2026-02-12 14:30:00")] // over lunch
    [InlineData("2026-02-12 17:00:00", 1, "2026-02-13 09:00:00")] // over night
    [InlineData("2026-02-13 17:00:00", 1, "2026-02-14 09:00:00")] // into the make-up Saturday
    [InlineData("2026-02-14 17:00:00", 1, "2026-02-24 09:00:00")] // over the holiday
    [InlineData("2026-03-06 17:00:00", 1, "2026-03-09 09:00:00")] // over a weekend
    [InlineData("2026-03-07 10:00:00", 1, "2026-03-09 09:30:00")] // from a day off
    [InlineData("2026-02-13 08:30:00", 15, "2026-02-14 17:30:00")] // to the last minute of a day
    [InlineData("2026-02-13 08:30:00", 0, "2026-02-13 08:30:00")]
    public void Working_time_is_added_and_measured(string from, double hours, string to)
    {
        EventTime start = Local(from, "Asia/Shanghai"), end = Local(to, "Asia/Shanghai");
        Assert.Equal(end, Shanghai.Add(start, TimeSpan.FromHours(hours)));
        Assert.Equal(TimeSpan.FromHours(hours), Shanghai.Worked(start, end));
        Assert.Equal(TimeSpan.Zero, Shanghai.Worked(end, start));
    }

    [Theory]
    [InlineData("2026-02-12 09:00:00", 1, "2026-02-13 17:30:00")]
    [InlineData("2026-02-12 23:00:00", 1, "2026-02-13 17:30:00")]
    [InlineData("2026-02-13 09:00:00", 1, "2026-02-14 17:30:00")] // the make-up Saturday counts
    [InlineData("2026-02-13 09:00:00", 2, "2026-02-24 17:30:00")] // the holiday does not
    [InlineData("2026-03-06 09:00:00", 3, "2026-03-11 17:30:00")]
    [InlineData("2026-03-07 10:00:00", 1, "2026-03-09 17:30:00")]
    [InlineData("2026-03-06 09:00:00", 0, "2026-03-06 17:30:00")] // what is left of the day
    [InlineData("2026-03-06 18:00:00", 0, "2026-03-09 17:30:00")]
    public void Working_days_end_with_the_hours_of_the_last(string from, int days, string to)
    {
        EventTime start = Local(from, "Asia/Shanghai"), end = Local(to, "Asia/Shanghai");
        Assert.Equal(end, Shanghai.EndOfWorkday(start, days));
        Assert.Equal(days, days == 0 ? 0 : Shanghai.WorkdaysBetween(start, end));
    }

    [Fact]
    public void Hours_around_the_clock_never_change()
    {
        CalendarDefinition always = Office("00:00-24:00") with { WorkingDays = Enum.GetValues<DayOfWeek>(), Holidays = [], MakeupWorkdays = [] };
        WorkingCalendar calendar = new(always, Zone("Asia/Shanghai"));
        Assert.True(calendar.IsWorking(Local("2026-05-01 03:00:00", "Asia/Shanghai")));
        Assert.Equal(EventTime.MaxValue, calendar.NextChange(Local("2026-05-01 03:00:00", "Asia/Shanghai")));
    }

    // Berlin: 02:00 becomes 03:00 on 29 March 2026, 03:00 becomes 02:00 on 25 October 2026.
    [Theory]
    [InlineData("01:00-02:30", "2026-03-29T00:30:00Z", true, "2026-03-29T01:00:00Z")] // 02:00 to 02:30 is not on the clock that day
    [InlineData("02:15-04:00", "2026-03-29T00:59:59Z", false, "2026-03-29T01:00:00Z")] // the clock jumps into the hours
    [InlineData("02:30-06:00", "2026-10-25T00:00:00Z", false, "2026-10-25T00:30:00Z")] // 02:30 comes the first time
    [InlineData("02:30-06:00", "2026-10-25T00:45:00Z", true, "2026-10-25T01:00:00Z")] // the clock is put back before the hours
    [InlineData("02:30-06:00", "2026-10-25T01:15:00Z", false, "2026-10-25T01:30:00Z")] // 02:30 comes again
    public void Hours_are_those_the_clock_shows(string hours, string at, bool isWorking, string next)
    {
        CalendarDefinition definition = Office(hours) with { WorkingDays = Enum.GetValues<DayOfWeek>(), Holidays = [], MakeupWorkdays = [] };
        WorkingCalendar calendar = new(definition, Zone("Europe/Berlin"));
        EventTime time = EventTime.From(DateTimeOffset.Parse(at, CultureInfo.InvariantCulture));
        Assert.Equal(isWorking, calendar.IsWorking(time));
        Assert.Equal(EventTime.From(DateTimeOffset.Parse(next, CultureInfo.InvariantCulture)), calendar.NextChange(time));
    }

    [Fact]
    public void Next_change_is_the_first_minute_that_differs()
    {
        // The slow way: minute by minute over three weeks with a holiday in them.
        EventTime end = Local("2026-03-01 00:00:00", "Asia/Shanghai");
        EventTime at = Local("2026-02-10 00:00:00", "Asia/Shanghai");
        EventTime expected = at;
        while (at < end)
        {
            EventTime next = Shanghai.NextChange(at);
            for (expected = at; Shanghai.IsWorking(expected) == Shanghai.IsWorking(at); expected += TimeSpan.FromMinutes(1))
            {
            }

            Assert.Equal(expected, next);
            at = next;
        }
    }

    private static TimeSpan Time(string text) => text == "24:00" ? TimeSpan.FromHours(24) : TimeSpan.Parse(text, CultureInfo.InvariantCulture);

    private static TimeZoneInfo Zone(string id) => TimeZoneInfo.FindSystemTimeZoneById(id);

    private static EventTime Local(string text, string zone)
    {
        DateTime local = DateTime.Parse(text, CultureInfo.InvariantCulture);
        return EventTime.From(new DateTimeOffset(local, Zone(zone).GetUtcOffset(local)));
    }
}
