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

    /// <summary>A clock whose limit was put off 延期: it reminds and climbs anew.</summary>
    public static CaseClock Extended(CaseClock clock, EventTime until, EventTime at) => clock with
    {
        RemindAt = at + ((until - at) * ReminderShare),
        DueAt = until,
        DistrictAt = until + (clock.DistrictAt - clock.DueAt),
        CityAt = until + (clock.CityAt - clock.DueAt),
        Reminded = false,
        Level = EscalationLevel.None,
    };

    private static CaseClock[] Start(ClockKind kind, string party, TimeSpan limit, ClockUnit unit, WorkingCalendar? calendar, CaseStamp stamp)
    {
        if (limit <= TimeSpan.Zero)
        {
            return [];
        }

        // A lead without a calendar is refused when the city is read; the territory has natural limits.
        WorkingCalendar? hours = unit == ClockUnit.Natural ? null : calendar;
        EventTime start = stamp.At;
        EventTime After(int times) => (unit, hours) switch
        {
            (ClockUnit.WorkingHours, { } known) => known.Add(start, limit * times),
            (ClockUnit.WorkingDays, { } known) => known.EndOfWorkday(start, (int)limit.TotalDays * times),
            _ => start + (limit * times),
        };
        EventTime due = After(1);
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
                DistrictAt = After(2),
                CityAt = After(3),
            },
        ];
    }
}
