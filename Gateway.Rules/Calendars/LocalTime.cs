using Gateway.Protocols.Readings;

namespace Gateway.Rules.Calendars;

/// <summary>Times of a city's clock on the log's time line.</summary>
public static class LocalTime
{
    /// <summary>
    /// The instant a clock in <paramref name="zone"/> shows <paramref name="local"/>. Where the clock is put back the earlier of the two is meant,
    /// and a time it passes over is taken with the offset before.
    /// </summary>
    public static EventTime Instant(DateTime local, TimeZoneInfo zone)
    {
        TimeSpan offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return EventTime.From(new DateTimeOffset(local, offset));
    }
}
