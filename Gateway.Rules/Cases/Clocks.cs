using Gateway.Protocols.Readings;
using Gateway.Rules.Calendars;

namespace Gateway.Rules.Cases;

/// <summary>
/// Which clocks start with which step, and where their instants lie. A limit of zero starts none. The instants are worked out here, once, and
/// stand in the events: a calendar that is edited later moves no clock that runs.
/// </summary>
internal static class Clocks
{
    private const double ReminderShare = 0.8;

    public static IReadOnlyList<CaseClock> ForDispatch(TimeLimits? limits, WorkingCalendar? calendar, CaseStamp stamp) =>
        limits is null ? [] :
        [
            .. Start(ClockKind.Accept, "", limits.Accept, limits.AcceptUnit, calendar, stamp),
            .. Start(ClockKind.Resolve, "", limits.Resolve, limits.ResolveUnit, calendar, stamp),
        ];

    public static IReadOnlyList<CaseClock> ForVerification(TimeLimits? limits, WorkingCalendar? calendar, CaseStamp stamp) =>
        limits is null ? [] : Start(ClockKind.Verify, "", limits.Verify, limits.VerifyUnit, calendar, stamp);

    public static IReadOnlyList<CaseClock> ForArrival(IReadOnlyList<string> parties, TimeSpan limit, CaseStamp stamp) =>
        [.. parties.SelectMany(p => Start(ClockKind.Arrive, p, limit, ClockUnit.Natural, null, stamp))];

    /// <summary>A clock that stood still, as it goes on: as much is left of it as was then.</summary>
    public static CaseClock Resumed(CaseClock clock, EventTime at, WorkingCalendar? calendar)
    {
        if (clock.PausedAt is not { } paused)
        {
            return clock;
        }

        EventTime Moved(EventTime instant, bool endsDay) =>
            instant <= paused ? instant
            : clock.Unit == ClockUnit.Natural || calendar is null ? at + (instant - paused)
            : clock.Unit == ClockUnit.WorkingDays && endsDay ? calendar.EndOfWorkday(at, calendar.WorkdaysBetween(paused, instant))
            : calendar.Add(at, calendar.Worked(paused, instant));

        return clock with
        {
            PausedAt = null,
            RemindAt = Moved(clock.RemindAt, endsDay: false),
            DueAt = Moved(clock.DueAt, endsDay: true),
            DistrictAt = Moved(clock.DistrictAt, endsDay: true),
            CityAt = Moved(clock.CityAt, endsDay: true),
            Calendar = clock.Unit == ClockUnit.Natural || calendar is null ? clock.Calendar : calendar.Version,
        };
    }

    /// <summary>
    /// A clock whose limit was put off 延期: it reminds and climbs anew, in what it counts. The limit itself is the instant that was granted, whatever the
    /// calendar says of it.
    /// </summary>
    public static CaseClock Extended(CaseClock clock, EventTime until, EventTime at, WorkingCalendar? calendar)
    {
        CaseClock extended = clock with { DueAt = until, Reminded = false, Level = EscalationLevel.None };
        if (clock.Unit == ClockUnit.Natural || calendar is null)
        {
            return extended with
            {
                RemindAt = at + ((until - at) * ReminderShare),
                DistrictAt = until + (clock.DistrictAt - clock.DueAt),
                CityAt = until + (clock.CityAt - clock.DueAt),
            };
        }

        TimeSpan worked = calendar.Worked(at, until);
        return extended with
        {
            RemindAt = worked > TimeSpan.Zero ? calendar.Add(at, worked * ReminderShare) : until, // no hours are left to remind in
            DistrictAt = After(until, clock.Limit, 1, clock.Unit, calendar),
            CityAt = After(until, clock.Limit, 2, clock.Unit, calendar),
            Calendar = calendar.Version,
        };
    }

    /// <summary>The calendar a clock was worked out with, as it holds now; where it is gone, that of a unit. Null where neither has one.</summary>
    public static WorkingCalendar? CalendarOf(CaseClock clock, string unit, CaseSettings settings) =>
        settings.Calendars.GetValueOrDefault(clock.Calendar.Split('@')[0]) ?? settings.CalendarOf(unit);

    private static CaseClock[] Start(ClockKind kind, string party, TimeSpan limit, ClockUnit unit, WorkingCalendar? calendar, CaseStamp stamp)
    {
        if (limit <= TimeSpan.Zero)
        {
            return [];
        }

        // A lead without a calendar is refused when the city is read; the territory has natural limits.
        WorkingCalendar? hours = unit == ClockUnit.Natural ? null : calendar;
        EventTime start = stamp.At;
        EventTime due = After(start, limit, 1, unit, hours);
        return
        [
            new CaseClock
            {
                Kind = kind,
                Party = party,
                StartedAt = start,
                Offset = stamp.Offset,
                Limit = limit,
                Unit = unit,
                Calendar = hours?.Version ?? "",
                RemindAt = hours is null ? start + (limit * ReminderShare) : hours.Add(start, hours.Worked(start, due) * ReminderShare),
                DueAt = due,
                DistrictAt = After(start, limit, 2, unit, hours),
                CityAt = After(start, limit, 3, unit, hours),
            },
        ];
    }

    private static EventTime After(EventTime start, TimeSpan limit, int times, ClockUnit unit, WorkingCalendar? calendar) => (unit, calendar) switch
    {
        (ClockUnit.WorkingHours, { } known) => known.Add(start, limit * times),
        (ClockUnit.WorkingDays, { } known) => known.EndOfWorkday(start, (int)limit.TotalDays * times),
        _ => start + (limit * times),
    };
}
