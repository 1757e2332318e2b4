using System.Globalization;
using System.Text.RegularExpressions;
using Gateway.Protocols.Readings;
using Gateway.Rules.Files;

namespace Gateway.Host.Api;

/// <summary>Query parameters to values; each says what it would have taken.</summary>
internal static partial class QueryText
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

    /// <summary>A duration within limits, ISO 8601 (<c>PT1H30M</c>) or as the city's files have it (<c>1h30m</c>); absent is the default.</summary>
    public static bool TryDuration(string name, string? text, TimeSpan byDefault, TimeSpan maximum, out TimeSpan duration, out string error)
    {
        duration = byDefault;
        error = "";
        if (string.IsNullOrEmpty(text) || (TryDuration(text, out duration) && duration <= maximum))
        {
            return true;
        }

        error = $"{name} is a duration from nothing to {DurationText.Format(maximum)}, such as PT1H30M or 1h30m";
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

    // Days, hours, minutes and seconds: how long a month or a year is depends on which.
    private static bool TryDuration(string text, out TimeSpan duration)
    {
        if (Iso8601().Match(text) is not { Success: true } match)
        {
            return DurationText.TryParse(text, out duration);
        }

        double Part(string unit) => match.Groups[unit] is { Success: true } found ? double.Parse(found.Value, NumberStyles.None, CultureInfo.InvariantCulture) : 0;
        duration = TimeSpan.FromSeconds((((((Part("d") * 24) + Part("h")) * 60) + Part("m")) * 60) + Part("s"));
        return true;
    }

    [GeneratedRegex("^P(?=[0-9T])(?:(?<d>[0-9]{1,5})D)?(?:T(?=[0-9])(?:(?<h>[0-9]{1,6})H)?(?:(?<m>[0-9]{1,8})M)?(?:(?<s>[0-9]{1,9})S)?)?\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Iso8601();
}
