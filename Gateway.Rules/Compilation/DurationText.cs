using System.Globalization;

namespace Gateway.Rules.Compilation;

/// <summary>Durations as operators write them.</summary>
public static class DurationText
{
    private static readonly (long Milliseconds, string Unit)[] Units =
        [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s"), (1, "ms")];

    /// <summary>For example <c>1h30m</c>, <c>45s</c>, <c>250ms</c>; <c>0s</c> for none; parts below a millisecond are cut.</summary>
    public static string Format(TimeSpan duration)
    {
        long rest = (long)Math.Abs(duration.TotalMilliseconds);
        string text = "";
        foreach ((long milliseconds, string unit) in Units)
        {
            if (rest >= milliseconds)
            {
                text += (rest / milliseconds).ToString(CultureInfo.InvariantCulture) + unit;
                rest %= milliseconds;
            }
        }

        return text.Length == 0 ? "0s" : duration < TimeSpan.Zero ? "-" + text : text;
    }
}
