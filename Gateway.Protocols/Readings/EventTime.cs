using System.Buffers;
using System.Globalization;
using System.Text;

namespace Gateway.Protocols.Readings;

/// <summary>
/// An instant on the log's time line: Unix time in whole milliseconds. Immutable; the default value is the Unix epoch.
/// Range: years 0001 to 9999, as <see cref="DateTimeOffset"/>.
/// </summary>
/// <param name="UnixMilliseconds">Milliseconds since 1970-01-01T00:00:00Z.</param>
public readonly record struct EventTime(long UnixMilliseconds) : IComparable<EventTime>
{
    /// <summary>The earliest instant this type can print.</summary>
    public static readonly EventTime MinValue = new(-62_135_596_800_000);

    /// <summary>The latest instant this type can print; used as "never".</summary>
    public static readonly EventTime MaxValue = new(253_402_300_799_999);

    /// <summary>Converts from a date with an offset; fractions of a millisecond are cut.</summary>
    public static EventTime From(DateTimeOffset value) => new(value.ToUnixTimeMilliseconds());

    /// <summary>The same instant as a UTC <see cref="DateTimeOffset"/>.</summary>
    public DateTimeOffset ToDateTimeOffset() => DateTimeOffset.FromUnixTimeMilliseconds(UnixMilliseconds);

    /// <inheritdoc />
    public int CompareTo(EventTime other) => UnixMilliseconds.CompareTo(other.UnixMilliseconds);

    /// <summary>The instant <paramref name="duration"/> later; saturates at <see cref="MaxValue"/> and <see cref="MinValue"/>.</summary>
    public static EventTime operator +(EventTime time, TimeSpan duration)
    {
        long sum = time.UnixMilliseconds + (duration.Ticks / TimeSpan.TicksPerMillisecond);
        return new EventTime(Math.Clamp(sum, MinValue.UnixMilliseconds, MaxValue.UnixMilliseconds));
    }

    /// <summary>The instant <paramref name="duration"/> earlier; saturates.</summary>
    public static EventTime operator -(EventTime time, TimeSpan duration)
    {
        long difference = time.UnixMilliseconds - (duration.Ticks / TimeSpan.TicksPerMillisecond); // Negate() would throw on TimeSpan.MinValue
        return new EventTime(Math.Clamp(difference, MinValue.UnixMilliseconds, MaxValue.UnixMilliseconds));
    }

    /// <summary>The time from <paramref name="right"/> to <paramref name="left"/>.</summary>
    public static TimeSpan operator -(EventTime left, EventTime right) =>
        TimeSpan.FromMilliseconds(left.UnixMilliseconds - right.UnixMilliseconds);

    /// <summary>Orders by time.</summary>
    public static bool operator <(EventTime left, EventTime right) => left.UnixMilliseconds < right.UnixMilliseconds;

    /// <summary>Orders by time.</summary>
    public static bool operator >(EventTime left, EventTime right) => left.UnixMilliseconds > right.UnixMilliseconds;

    /// <summary>Orders by time.</summary>
    public static bool operator <=(EventTime left, EventTime right) => left.UnixMilliseconds <= right.UnixMilliseconds;

    /// <summary>Orders by time.</summary>
    public static bool operator >=(EventTime left, EventTime right) => left.UnixMilliseconds >= right.UnixMilliseconds;

    /// <summary>The later of two instants.</summary>
    public static EventTime Max(EventTime left, EventTime right) => left >= right ? left : right;

    /// <summary>The earlier of two instants.</summary>
    public static EventTime Min(EventTime left, EventTime right) => left <= right ? left : right;

    /// <summary>RFC 3339 in UTC with milliseconds, for example <c>2026-01-27T09:00:00.000Z</c>.</summary>
    public override string ToString() =>
        ToDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>
    /// Reads RFC 3339 (an offset is required unless the text is a bare date, which is midnight UTC) or a whole number of Unix milliseconds.
    /// False for anything else, also for an instant outside <see cref="MinValue"/> to <see cref="MaxValue"/>.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out EventTime time)
    {
        const int LengthLimit = 64; // no form needs more: a longer fraction of a second says nothing
        Span<byte> ascii = stackalloc byte[LengthLimit];
        time = default;
        return text.Length <= LengthLimit
            && Ascii.FromUtf16(text, ascii, out int length) == OperationStatus.Done
            && TryParse(ascii[..length], out time);
    }

    /// <summary>The same, of a text in ASCII.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out EventTime time)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long milliseconds))
        {
            time = new EventTime(milliseconds);
            return time >= MinValue && time <= MaxValue;
        }

        return Rfc3339.TryParse(text, out time) || Rfc3339.TryParseDate(text, out time);
    }
}
