namespace Gateway.Protocols.Readings;

/// <summary>
/// Reads RFC 3339 date-times (section 5.6) by hand: no culture, no allocation, and nothing a general date parser would also let pass.
/// </summary>
internal static class Rfc3339
{
    private const long MillisecondsPerMinute = 60_000;

    /// <summary>
    /// Reads <c>2026-01-27T09:00:00.123+08:00</c>. <c>T</c> and <c>Z</c> may be small, a space may stand for <c>T</c>, digits beyond the
    /// millisecond are cut, second 60 (a leap second) is the first of the next minute. An offset is required.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out EventTime time)
    {
        time = default;
        const int SecondsEnd = 19; // yyyy-MM-ddTHH:mm:ss
        if (text.Length <= SecondsEnd || !TryParseDate(text[..10], out EventTime day) || text[10] is not ((byte)'T' or (byte)'t' or (byte)' ')
            || text[13] != (byte)':' || text[16] != (byte)':'
            || !TryReadDigits(text.Slice(11, 2), 23, out int hour) || !TryReadDigits(text.Slice(14, 2), 59, out int minute) || !TryReadDigits(text.Slice(17, 2), 60, out int second))
        {
            return false;
        }

        int at = SecondsEnd;
        if (!TryReadFraction(text, ref at, out int milliseconds) || !TryReadOffset(text[at..], out int offsetMinutes))
        {
            return false;
        }

        time = new EventTime(day.UnixMilliseconds + ((((hour * 60) + minute - offsetMinutes) * MillisecondsPerMinute) + (second * 1000) + milliseconds));
        return time >= EventTime.MinValue && time <= EventTime.MaxValue;
    }

    /// <summary>Reads a bare date, <c>2026-01-27</c>: midnight UTC.</summary>
    public static bool TryParseDate(ReadOnlySpan<byte> text, out EventTime time)
    {
        time = default;
        if (text.Length != 10 || text[4] != (byte)'-' || text[7] != (byte)'-'
            || !TryReadDigits(text[..4], 9999, out int year) || !TryReadDigits(text.Slice(5, 2), 12, out int month) || !TryReadDigits(text.Slice(8, 2), 31, out int day)
            || year == 0 || month == 0 || day == 0 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        time = new EventTime((new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond);
        return true;
    }

    private static bool TryReadFraction(ReadOnlySpan<byte> text, ref int at, out int milliseconds)
    {
        milliseconds = 0;
        if (at >= text.Length || text[at] != (byte)'.')
        {
            return true;
        }

        int first = ++at;
        for (int weight = 100; at < text.Length && (uint)(text[at] - '0') <= 9; at++, weight /= 10)
        {
            milliseconds += (text[at] - '0') * weight;
        }

        return at > first;
    }

    private static bool TryReadOffset(ReadOnlySpan<byte> text, out int minutes)
    {
        minutes = 0;
        if (text.Length == 1)
        {
            return text[0] is (byte)'Z' or (byte)'z';
        }

        if (text.Length != 6 || text[0] is not ((byte)'+' or (byte)'-') || text[3] != (byte)':'
            || !TryReadDigits(text.Slice(1, 2), 23, out int hour) || !TryReadDigits(text.Slice(4, 2), 59, out int minute))
        {
            return false;
        }

        minutes = ((hour * 60) + minute) * (text[0] == (byte)'-' ? -1 : 1);
        return true;
    }

    private static bool TryReadDigits(ReadOnlySpan<byte> digits, int largest, out int value)
    {
        value = 0;
        foreach (byte b in digits)
        {
            uint digit = (uint)(b - '0');
            if (digit > 9)
            {
                return false;
            }

            value = (value * 10) + (int)digit;
        }

        return value <= largest;
    }
}
