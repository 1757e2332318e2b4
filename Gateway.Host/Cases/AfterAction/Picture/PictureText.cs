using System.Globalization;
using System.Text;

namespace Gateway.Host.Cases.AfterAction.Picture;

/// <summary>Text as a picture may show it: nothing in it is markup, turns the direction of what follows or is longer than there is room. Pure.</summary>
internal static class PictureText
{
    /// <summary>Longest text of a tooltip, characters.</summary>
    public const int LengthLimit = 400;

    private const char Replacement = '\uFFFD';
    private const double WideWidth = 1.0;
    private const double NarrowWidth = 0.56;

    /// <summary>The text without what is no text: control characters, line and direction marks and halves of characters become U+FFFD; cut at a length.</summary>
    public static string Clean(string text, int limit = LengthLimit)
    {
        StringBuilder clean = new(Math.Min(text.Length, limit) + 1);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (clean.Length >= limit)
            {
                return clean.Append('…').ToString();
            }

            clean.Append(IsShown(rune) ? rune.ToString() : Replacement.ToString());
        }

        return clean.ToString();
    }

    /// <summary>The text with everything that XML could take for markup escaped.</summary>
    public static string Escape(string text) => Clean(text, int.MaxValue)
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("\"", "&quot;", StringComparison.Ordinal)
        .Replace("'", "&#39;", StringComparison.Ordinal);

    /// <summary>About how wide it is, pixels: nothing here can ask the font.</summary>
    public static double Width(string text, double size)
    {
        double width = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            width += rune.Value < 0x1100 ? NarrowWidth : WideWidth;
        }

        return width * size;
    }

    /// <summary>As much of it as fits, with an ellipsis where that is not all; empty where not even three characters do.</summary>
    public static string Fit(string text, double width, double size)
    {
        string clean = Clean(text);
        if (Width(clean, size) <= width)
        {
            return clean;
        }

        StringBuilder fitting = new();
        double left = width - (WideWidth * size);
        int count = 0;
        foreach (Rune rune in clean.EnumerateRunes())
        {
            left -= Width(rune.ToString(), size);
            if (left < 0)
            {
                break;
            }

            fitting.Append(rune.ToString());
            count++;
        }

        return count < 3 ? "" : fitting.Append('…').ToString();
    }

    /// <summary>A duration for people: its two largest units.</summary>
    public static string Duration(TimeSpan time)
    {
        TimeSpan whole = time < TimeSpan.FromMinutes(1) ? time : TimeSpan.FromMinutes(Math.Round(time.TotalMinutes));
        return whole switch
        {
            { TotalSeconds: < 60 } => $"{Math.Round(whole.TotalSeconds).ToString(CultureInfo.InvariantCulture)} s",
            { TotalHours: < 1 } => $"{Number(whole.Minutes)} min",
            { TotalDays: < 1 } => $"{Number(whole.Hours)} h{(whole.Minutes > 0 ? $" {Number(whole.Minutes)} min" : "")}",
            _ => $"{Number(whole.Days)} d{(whole.Hours > 0 ? $" {Number(whole.Hours)} h" : "")}",
        };
    }

    /// <summary>A number for people.</summary>
    public static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    // Categories Cc, Cf (direction marks, joiners, tags), Zl, Zp, Cs, Co and Cn; U+FFFE and U+FFFF are no XML at all and are Cn.
    private static bool IsShown(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
