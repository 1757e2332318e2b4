using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gateway.Protocols.Readings;
using Gateway.Rules.Files;

namespace Gateway.Rules.Calendars;

/// <summary>
/// A calendar on the log's time line: when its hours run, and when that next changes. Days and hours are the city's; where its zone puts the
/// clock forward or back, the hours are those the clock shows. Immutable, safe for any number of threads.
/// </summary>
public sealed class WorkingCalendar
{
    // The longest holiday is 60 days, and a year always has other days.
    private const int HorizonDays = 400;
    private const int VersionBytes = 4;

    private readonly CalendarDefinition _definition;
    private readonly TimeZoneInfo _zone;
    private readonly HashSet<DateOnly> _makeups;

    /// <summary>Puts a calendar as written into a time zone.</summary>
    public WorkingCalendar(CalendarDefinition definition, TimeZoneInfo zone)
    {
        _definition = definition;
        _zone = zone;
        _makeups = [.. definition.MakeupWorkdays];
        Meaning = Describe(definition, zone);
        Version = $"{Id}@{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Meaning)).AsSpan(0, VersionBytes))}";
    }

    /// <summary>Its id.</summary>
    public string Id => _definition.Id;

    /// <summary>All that decides when it runs, as a text that is equal for equal calendars.</summary>
    public string Meaning { get; }

    /// <summary>Its id and the first digits of the SHA-256 of <see cref="Meaning"/>, <c>office@1f0c22aa</c>.</summary>
    public string Version { get; }

    /// <summary>Whether its hours run.</summary>
    public bool IsWorking(EventTime at)
    {
        DateTime local = TimeZoneInfo.ConvertTime(at.ToDateTimeOffset(), _zone).DateTime;
        TimeSpan time = local.TimeOfDay;
        return IsWorkday(DateOnly.FromDateTime(local)) && _definition.WorkingHours.Any(h => h.From <= time && time < h.To);
    }

    /// <summary>Whether a day is worked: a make-up workday is, a holiday is not, otherwise the day of the week says.</summary>
    public bool IsWorkday(DateOnly day) =>
        _makeups.Contains(day) || (_definition.WorkingDays.Contains(day.DayOfWeek) && !_definition.Holidays.Any(h => h.From <= day && day <= h.To));

    /// <summary>The first instant after <paramref name="after"/> at which <see cref="IsWorking"/> is another; never is <see cref="EventTime.MaxValue"/>.</summary>
    public EventTime NextChange(EventTime after)
    {
        bool before = IsWorking(after);
        DateOnly day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(after.ToDateTimeOffset(), _zone).DateTime);
        for (int days = 0; days <= HorizonDays && day < DateOnly.MaxValue.AddDays(-1); days++, day = day.AddDays(1))
        {
            foreach (EventTime edge in Edges(day).Where(e => e > after).Order())
            {
                if (IsWorking(edge) != before)
                {
                    return edge;
                }
            }
        }

        return EventTime.MaxValue;
    }

    /// <summary>The instant by which <paramref name="worked"/> of working time has passed since <paramref name="start"/>; <see cref="EventTime.MaxValue"/> for never.</summary>
    public EventTime Add(EventTime start, TimeSpan worked)
    {
        EventTime at = start;
        TimeSpan rest = worked;
        while (rest > TimeSpan.Zero && at != EventTime.MaxValue)
        {
            EventTime next = NextChange(at);
            if (IsWorking(at))
            {
                if (next == EventTime.MaxValue || next - at >= rest)
                {
                    return at + rest;
                }

                rest -= next - at;
            }

            at = next;
        }

        return at;
    }

    /// <summary>The working time between two instants; zero where the second is not later.</summary>
    public TimeSpan Worked(EventTime from, EventTime to)
    {
        TimeSpan sum = TimeSpan.Zero;
        for (EventTime at = from; at < to;)
        {
            EventTime next = EventTime.Min(NextChange(at), to);
            sum += IsWorking(at) ? next - at : TimeSpan.Zero;
            at = next;
        }

        return sum;
    }

    /// <summary>When the working hours end on the <paramref name="count"/>th working day after the day of <paramref name="start"/>; 0 for what is left of that day.</summary>
    public EventTime EndOfWorkday(EventTime start, int count)
    {
        DateOnly day = DayOf(start);
        if (count == 0 && IsWorkday(day) && EndOf(day) is var end && end > start)
        {
            return end;
        }

        for (int left = Math.Max(count, 1), looked = 0; left > 0; left -= IsWorkday(day) ? 1 : 0)
        {
            if (++looked > HorizonDays * Math.Max(count, 1) || day >= DateOnly.MaxValue.AddDays(-1))
            {
                return EventTime.MaxValue;
            }

            day = day.AddDays(1);
        }

        return EndOf(day);
    }

    /// <summary>How many working days lie after the day of one instant, up to and including that of another.</summary>
    public int WorkdaysBetween(EventTime from, EventTime to)
    {
        int count = 0;
        for (DateOnly day = DayOf(from), last = DayOf(to); day < last;)
        {
            day = day.AddDays(1);
            count += IsWorkday(day) ? 1 : 0;
        }

        return count;
    }

    private DateOnly DayOf(EventTime at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at.ToDateTimeOffset(), _zone).DateTime);

    private EventTime EndOf(DateOnly day)
    {
        DateTime local = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Unspecified) + _definition.WorkingHours[^1].To;
        return Instant(local, _zone.GetUtcOffset(local));
    }

    // Every instant of a day at which the hours may begin or end, midnight and a change of the clock among them.
    private IEnumerable<EventTime> Edges(DateOnly day)
    {
        DateTime midnight = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Unspecified);
        foreach (DateTime local in _definition.WorkingHours.SelectMany(h => new[] { midnight + h.From, midnight + h.To }).Append(midnight))
        {
            TimeSpan[] offsets = _zone.IsAmbiguousTime(local) ? _zone.GetAmbiguousTimeOffsets(local) : [_zone.GetUtcOffset(local)];
            foreach (TimeSpan offset in offsets)
            {
                yield return Instant(local, offset);
            }
        }

        (TimeSpan begin, TimeSpan end) = (_zone.GetUtcOffset(midnight), _zone.GetUtcOffset(midnight.AddDays(1)));
        if (begin != end)
        {
            yield return ClockChange(Instant(midnight, begin), Instant(midnight.AddDays(1), end));
        }
    }

    private EventTime ClockChange(EventTime low, EventTime high)
    {
        TimeSpan offset = _zone.GetUtcOffset(low.ToDateTimeOffset());
        while (high.UnixMilliseconds - low.UnixMilliseconds > 1)
        {
            EventTime middle = new(low.UnixMilliseconds + ((high.UnixMilliseconds - low.UnixMilliseconds) / 2));
            (low, high) = _zone.GetUtcOffset(middle.ToDateTimeOffset()) == offset ? (middle, high) : (low, middle);
        }

        return high;
    }

    private static EventTime Instant(DateTime local, TimeSpan offset) => EventTime.From(new DateTimeOffset(local, offset));

    private static string Describe(CalendarDefinition calendar, TimeZoneInfo zone)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{calendar.Id} {zone.Id} {string.Join(',', calendar.WorkingDays)}");
        text.AppendJoin("", calendar.WorkingHours.Select(h => string.Create(CultureInfo.InvariantCulture, $" {h.From.Ticks}-{h.To.Ticks}")));
        text.AppendJoin("", calendar.Holidays.Select(h => string.Create(CultureInfo.InvariantCulture, $" {h.From:O}/{h.To:O}")));
        text.AppendJoin("", calendar.MakeupWorkdays.Select(d => string.Create(CultureInfo.InvariantCulture, $" +{d:O}")));
        return text.ToString();
    }
}
