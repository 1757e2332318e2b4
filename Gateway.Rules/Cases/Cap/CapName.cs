using System.Text;

namespace Gateway.Rules.Cases.Cap;

/// <summary>Identifiers and senders: what CAP 1.2, 3.2.1 lets them hold, and texts made fit for XML 1.0.</summary>
public static class CapName
{
    /// <summary>Longest identifier or sender, characters.</summary>
    public const int LengthLimit = 256;

    /// <summary>Whether a text may be a sender or identifier: no white space, comma, &lt; or &amp;, and nothing that is not printed.</summary>
    public static bool IsValid(string text) =>
        text.Length is > 0 and <= LengthLimit && !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || char.IsSurrogate(c) || c is ',' or '<' or '&' or '\uFFFE' or '\uFFFF');

    /// <summary>An identifier of a text: what an identifier cannot hold becomes <c>_</c>.</summary>
    internal static string From(string text)
    {
        string fit = string.Concat(text.Take(LengthLimit).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' ? c : '_'));
        return fit.Length == 0 ? "_" : fit;
    }

    /// <summary>
    /// A text on one line, of at most so many characters, that any XML 1.0 parser takes. White space that breaks lines becomes a space; what
    /// XML cannot hold, other control characters, and those that turn the direction of reading around become U+FFFD. Markup is left as
    /// it is: the writer escapes it.
    /// </summary>
    public static string Line(string text, int lengthLimit)
    {
        var line = new StringBuilder(Math.Min(text.Length, lengthLimit));
        bool isCut = false;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (line.Length + rune.Utf16SequenceLength > lengthLimit)
            {
                isCut = true;
                break;
            }

            line.Append(Shown(rune));
        }

        if (isCut)
        {
            // Room for the mark that it was cut; half of a pair of surrogates must not stay behind.
            int end = Math.Min(line.Length, lengthLimit - 1);
            line.Length = end > 0 && char.IsHighSurrogate(line[end - 1]) ? end - 1 : end;
            line.Append('…');
        }

        return line.ToString().Trim();
    }

    private static string Shown(Rune rune) => rune.Value switch
    {
        '\t' or '\n' or '\r' or 0x85 or 0x2028 or 0x2029 => " ",
        0xFFFE or 0xFFFF or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) => "\uFFFD",
        _ when Rune.IsControl(rune) => "\uFFFD",
        _ => rune.ToString(),
    };
}
