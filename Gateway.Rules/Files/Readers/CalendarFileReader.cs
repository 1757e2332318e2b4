using System.Globalization;
using Gateway.Rules.Files.Yaml;

namespace Gateway.Rules.Files.Readers;

/// <summary>Reads one <c>calendars/*.yaml</c>: one working calendar.</summary>
internal sealed class CalendarFileReader(FindingSink sink)
{
    private const int HoursCountLimit = 8;
    private const int DateCountLimit = 2_000;
    private const int LongestHolidayDays = 60;

    private static readonly IReadOnlyDictionary<string, DayOfWeek> Days = new Dictionary<string, DayOfWeek>
    {
        ["monday"] = DayOfWeek.Monday,
        ["tuesday"] = DayOfWeek.Tuesday,
        ["wednesday"] = DayOfWeek.Wednesday,
        ["thursday"] = DayOfWeek.Thursday,
        ["friday"] = DayOfWeek.Friday,
        ["saturday"] = DayOfWeek.Saturday,
        ["sunday"] = DayOfWeek.Sunday,
    };

    public CalendarDefinition? Read(YamlNode node)
    {
        if (MapReader.Over(node, sink, "calendar") is not { } map)
        {
            return null;
        }

        SourceText? id = map.Text("id", required: true);
        if (id is { } given && !NameShape.IsKebab(given.Text))
        {
            sink.Add(FindingCodes.BadCalendarId, given.Location, $"calendar id {FindingSink.Quote(given.Text)} is not well formed");
        }

        string title = map.PlainText("title", MapReader.NameLengthLimit);
        HashSet<DayOfWeek> days = ReadDays(map);
        List<WorkingHours> hours = ReadHours(map);
        List<Holiday> holidays = ReadHolidays(map);
        List<DateOnly> makeups = ReadMakeups(map, days, holidays);
        map.RejectUnknownKeys();
        return id is not { } known ? null : new CalendarDefinition
        {
            Id = known.Text,
            Title = title,
            WorkingDays = [.. Days.Values.Where(days.Contains)],
            WorkingHours = hours,
            Holidays = [.. holidays.OrderBy(h => h.From)],
            MakeupWorkdays = [.. makeups.Order()],
            Location = known.Location,
        };
    }

    private HashSet<DayOfWeek> ReadDays(MapReader map)
    {
        HashSet<DayOfWeek> days = [];
        IReadOnlyList<SourceText> texts = map.Texts("working_days", 7, required: true);
        foreach (SourceText text in texts)
        {
            if (MapReader.WordOf(text, "working day", Days, sink) is { } day)
            {
                days.Add(day);
            }
        }

        if (texts.Count == 0 && map.Has("working_days"))
        {
            sink.Add(FindingCodes.NoWorkingTime, map.KeyLocation("working_days"), "no working day");
        }

        return days;
    }

    private List<WorkingHours> ReadHours(MapReader map)
    {
        List<WorkingHours> hours = [];
        IReadOnlyList<SourceText> texts = map.Texts("working_hours", HoursCountLimit, required: true);
        foreach (SourceText text in texts)
        {
            if (!TryReadHours(text.Text, out WorkingHours span))
            {
                sink.Add(FindingCodes.BadHours, text.Location, $"working hours {FindingSink.Quote(text.Text)} are not HH:MM-HH:MM, from before to");
            }
            else if (hours.Count > 0 && span.From < hours[^1].To)
            {
                sink.Add(FindingCodes.BadHours, text.Location, $"working hours {text.Text} begin before those above end");
            }
            else
            {
                hours.Add(span);
            }
        }

        if (texts.Count == 0 && map.Has("working_hours"))
        {
            sink.Add(FindingCodes.NoWorkingTime, map.KeyLocation("working_hours"), "no working hours");
        }

        return hours;
    }

    private static bool TryReadHours(string text, out WorkingHours span)
    {
        span = default;
        if (text.Length != 11 || text[5] != '-' || !TryReadTime(text.AsSpan(0, 5), out TimeSpan from) || !TryReadTime(text.AsSpan(6), out TimeSpan to))
        {
            return false;
        }

        span = new WorkingHours(from, to);
        return from < to;
    }

    private static bool TryReadTime(ReadOnlySpan<char> text, out TimeSpan time)
    {
        time = default;
        if (text[2] != ':'
            || !int.TryParse(text[..2], NumberStyles.None, CultureInfo.InvariantCulture, out int hour)
            || !int.TryParse(text[3..], NumberStyles.None, CultureInfo.InvariantCulture, out int minute)
            || minute > 59)
        {
            return false;
        }

        time = new TimeSpan(hour, minute, 0);
        return time <= TimeSpan.FromHours(24);
    }

    private List<Holiday> ReadHolidays(MapReader calendar)
    {
        List<Holiday> holidays = [];
        foreach (YamlNode node in calendar.List("holidays", DateCountLimit))
        {
            if (MapReader.Over(node, sink, "holiday") is not { } map)
            {
                continue;
            }

            string name = map.Text("name", required: true)?.Text ?? "";
            DateOnly? from = ReadDate(map.Text("from", required: true));
            DateOnly? to = map.Has("to") ? ReadDate(map.Text("to")) : from;
            map.Node("to");
            map.RejectUnknownKeys();
            if (from is not { } first || to is not { } last)
            {
                continue;
            }

            if (last < first || last.DayNumber - first.DayNumber >= LongestHolidayDays)
            {
                sink.Add(FindingCodes.BadHoliday, map.KeyLocation("to"), $"holiday {FindingSink.Quote(name)} runs from {first:yyyy-MM-dd} to {last:yyyy-MM-dd}");
                continue;
            }

            holidays.Add(new Holiday(name, first, last));
        }

        return holidays;
    }

    private List<DateOnly> ReadMakeups(MapReader map, HashSet<DayOfWeek> days, List<Holiday> holidays)
    {
        List<DateOnly> makeups = [];
        foreach (SourceText text in map.Texts("makeup_workdays", DateCountLimit))
        {
            if (ReadDate(text) is not { } day)
            {
                continue;
            }

            makeups.Add(day);
            if (holidays.Find(h => h.From <= day && day <= h.To) is { } holiday)
            {
                sink.Add(FindingCodes.HolidayClash, text.Location, $"{text.Text} is also a day off: {FindingSink.Quote(holiday.Name)}");
            }
            else if (days.Contains(day.DayOfWeek))
            {
                sink.Add(FindingCodes.NeedlessMakeup, text.Location, $"{text.Text} is a {day.DayOfWeek}, worked anyway");
            }
        }

        return makeups;
    }

    private DateOnly? ReadDate(SourceText? text)
    {
        if (text is not { } written)
        {
            return null;
        }

        if (DateOnly.TryParseExact(written.Text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date))
        {
            return date;
        }

        sink.Add(FindingCodes.NotADate, written.Location, $"{FindingSink.Quote(written.Text)} is not a date", "write it like 2026-01-31");
        return null;
    }
}
