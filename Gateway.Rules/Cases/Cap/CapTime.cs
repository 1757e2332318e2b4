using System.Globalization;
using System.Text.RegularExpressions;
using Gateway.Protocols.Readings;

namespace Gateway.Rules.Cases.Cap;

/// <summary>Times as CAP 1.2, 3.3.2 wants them: whole seconds, an offset in digits, UTC as <c>-00:00</c>, never Z.</summary>
internal static partial class CapTime
{
    /// <summary>An instant in the city's time; fractions of a second are cut. Where the calendar ends, UTC.</summary>
    public static DateTimeOffset Local(EventTime time, TimeZoneInfo zone)
    {
        DateTimeOffset utc = time.ToDateTimeOffset();
        utc = utc.AddTicks(-(utc.Ticks % TimeSpan.TicksPerSecond));

        // Zones of old had offsets with seconds, which neither CAP nor DateTimeOffset can say.
        TimeSpan offset = TimeSpan.FromMinutes(Math.Round(zone.GetUtcOffset(utc).TotalMinutes));
        long local = utc.Ticks + offset.Ticks;
        return local < DateTime.MinValue.Ticks || local > DateTime.MaxValue.Ticks ? utc : utc.ToOffset(offset);
    }

    /// <summary>For example <c>2026-01-27T17:00:00+08:00</c>.</summary>
    public static string Text(DateTimeOffset time) =>
        time.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture)
        + (time.Offset == TimeSpan.Zero ? "-00:00" : time.ToString("zzz", CultureInfo.InvariantCulture));

    /// <summary>Reads what <see cref="Text"/> writes; false for anything else.</summary>
    public static bool TryParse(string text, out DateTimeOffset time)
    {
        time = default;
        return Pattern().IsMatch(text)
            && DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
    }

    [GeneratedRegex(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[-+][0-9]{2}:[0-9]{2}\z")]
    private static partial Regex Pattern();
}
