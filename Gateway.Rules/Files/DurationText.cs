using System.Globalization;
using System.Text;

namespace Gateway.Rules.Files;

/// <summary>
/// Durations as operators write them: whole numbers with units, largest first, each unit once: <c>30s</c>, <c>5m</c>, <c>1h30m</c>,
/// <c>2d</c>, <c>500ms</c>; <c>0</c> needs no unit.
/// </summary>
public static class DurationText
{
    /// <summary>What <see cref="TryParse"/> takes, but for the limit of 10 000 days, as a regular expression that JSON Schema understands.</summary>
    public const string Pattern = "^(0|(?=[0-9])([0-9]{1,9}d)?([0-9]{1,9}h)?([0-9]{1,9}m)?([0-9]{1,9}s)?([0-9]{1,9}ms)?)$";

    private const long LimitMilliseconds = 10_000L * 86_400_000;

    private static readonly (string Unit, long Milliseconds)[] Units =
        [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

    /// <summary>Reads a duration of 0 to 10 000 days; false for anything else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text is "0")
        {
            return true;
        }

        long total = 0;
        int nextUnit = 0;
        while (text.Length > 0)
        {
            int digits = text.IndexOfAnyExceptInRange('0', '9');
            if (digits is < 1 or > 9)
            {
                return false;
            }

            long number = long.Parse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture);
            text = text[digits..];
            int letters = text.IndexOfAnyInRange('0', '9');
            ReadOnlySpan<char> unit = letters < 0 ? text : text[..letters];
            int found = FindUnit(unit, nextUnit);
            if (found < 0)
            {
                return false;
            }

            total += number * Units[found].Milliseconds;
            nextUnit = found + 1;
            text = text[unit.Length..];
        }

        if (nextUnit == 0 || total > LimitMilliseconds)
        {
            return false;
        }

        duration = TimeSpan.FromMilliseconds(total);
        return true;
    }

    /// <summary>The shortest text that reads back as <paramref name="duration"/> (whole milliseconds, not negative).</summary>
    public static string Format(TimeSpan duration)
    {
        long rest = duration.Ticks / TimeSpan.TicksPerMillisecond;
        if (rest <= 0)
        {
            return "0s";
        }

        StringBuilder text = new();
        foreach ((string unit, long milliseconds) in Units)
        {
            (long whole, rest) = Math.DivRem(rest, milliseconds);
            if (whole > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"{whole}{unit}");
            }
        }

        return text.ToString();
    }

    private static int FindUnit(ReadOnlySpan<char> unit, int from)
    {
        for (int i = from; i < Units.Length; i++)
        {
            if (unit.SequenceEqual(Units[i].Unit))
            {
                return i;
            }
        }

        return -1;
    }
}
