using System.Globalization;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Api;

/// <summary>Query parameters to values; each says what it would have taken.</summary>
internal static class QueryText
{
    /// <summary>A time: RFC 3339 or Unix milliseconds; absent is null.</summary>
    public static bool TryTime(string name, string? text, out EventTime? time, out string error)
    {
        time = null;
        error = "";
        if (string.IsNullOrEmpty(text))
        {
            return true;
        }

        if (EventTime.TryParse(text, out EventTime parsed))
        {
            time = parsed;
            return true;
        }

        error = $"{name} is a time like 2026-01-27T09:00:00Z, or Unix milliseconds";
        return false;
    }

    /// <summary>A count within limits; absent is the default.</summary>
    public static bool TryLimit(string? text, int byDefault, int maximum, out int limit, out string error)
    {
        limit = byDefault;
        error = "";
        if (string.IsNullOrEmpty(text) || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit >= 1 && limit <= maximum))
        {
            return true;
        }

        error = string.Create(CultureInfo.InvariantCulture, $"limit is a number from 1 to {maximum}");
        return false;
    }
}
