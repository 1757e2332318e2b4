using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Gateway.Rules.Cases;

/// <summary>
/// Strikes numbers that point at a person out of what people write: mobile telephone numbers and identity card numbers of mainland China,
/// also in full-width digits, and where blanks, hyphens, dots or brackets part them as people part such numbers. Everything else stays; numbers
/// of cases and places are shorter or longer. Numbers of access cards have no form of their own and are not found. Pure.
/// </summary>
public static partial class PersonNumbers
{
    /// <summary>What stands in the place of a number.</summary>
    public const string Struck = "***";

    private const char FullWidthFirst = '\uFF01';
    private const char FullWidthLast = '\uFF5E';
    private const int FullWidthDistance = FullWidthFirst - '!';

    // What parts the groups of a number, once the text is plain.
    private const string Gap = "[ .()-]{0,3}";

    /// <summary>Eighteen characters: area of six, date of birth of eight, three digits and a check; whole, by its parts, or by fours.</summary>
    private const string Identity =
        $"[1-9][0-9]{{5}}{Gap}(?:19|20)[0-9]{{2}}{Gap}(?:0[1-9]|1[0-2]){Gap}(?:0[1-9]|[12][0-9]|3[01]){Gap}[0-9]{{3}}[0-9Xx]"
        + $"|[1-9][0-9]{{3}}{Gap}[0-9]{{2}}(?:19|20){Gap}[0-9]{{2}}(?:0[1-9]|1[0-2]){Gap}(?:0[1-9]|[12][0-9]|3[01])[0-9]{{2}}{Gap}[0-9][0-9Xx]";

    /// <summary>Eleven digits from 13 to 19, with or without the country code or a nought before them; whole, or by threes and fours.</summary>
    private const string Mobile =
        $"(?:(?:\\+|00)?86{Gap}|0)?1[3-9](?:[0-9]{Gap}[0-9]{{4}}{Gap}[0-9]{{4}}|[0-9]{{2}}{Gap}[0-9]{{3}}{Gap}[0-9]{{4}}|[0-9]{{2}}{Gap}[0-9]{{4}}{Gap}[0-9]{{3}})";

    /// <summary>The text without such numbers.</summary>
    public static string Strike(string text)
    {
        StringBuilder? struck = null;
        int kept = 0;
        foreach (ValueMatch match in Number().EnumerateMatches(Plain(text)))
        {
            struck = (struck ?? new StringBuilder()).Append(text, kept, match.Index - kept).Append(Struck);
            kept = match.Index + match.Length;
        }

        return struck is null ? text : struck.Append(text, kept, text.Length - kept).ToString();
    }

    /// <summary>Whether there is such a number in a text.</summary>
    public static bool IsIn(string text) => Number().IsMatch(Plain(text));

    /// <summary>The text with full-width characters, blanks, dashes and what is not seen as their plain ones: of the same length.</summary>
    private static string Plain(string text) => string.Create(text.Length, text, static (plain, given) =>
    {
        for (int i = 0; i < plain.Length; i++)
        {
            plain[i] = given[i] switch
            {
                >= FullWidthFirst and <= FullWidthLast => (char)(given[i] - FullWidthDistance),
                '\u00B7' or '\u30FB' => '.',
                _ => char.GetUnicodeCategory(given[i]) switch
                {
                    UnicodeCategory.SpaceSeparator => ' ',
                    UnicodeCategory.DashPunctuation or UnicodeCategory.Format => '-',
                    _ => given[i],
                },
            };
        }
    });

    [GeneratedRegex($"(?<![0-9])(?:{Identity}|{Mobile})(?![0-9])")]
    private static partial Regex Number();
}
