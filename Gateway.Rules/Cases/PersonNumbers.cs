using System.Text.RegularExpressions;

namespace Gateway.Rules.Cases;

/// <summary>
/// Strikes numbers that point at a person out of what people write: mobile telephone numbers and identity card numbers of mainland China,
/// also where blanks or hyphens part them. Everything else stays; numbers of cases and places are shorter or longer. Pure.
/// </summary>
public static partial class PersonNumbers
{
    /// <summary>What stands in the place of a number.</summary>
    public const string Struck = "***";

    /// <summary>The text without such numbers.</summary>
    public static string Strike(string text) => Mobile().Replace(Identity().Replace(text, Struck), Struck);

    /// <summary>Eighteen characters: area of six, date of birth of eight, three digits and a check.</summary>
    [GeneratedRegex(@"(?<![0-9])[1-9][0-9]{5}[ -]?(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[ -]?[0-9]{3}[0-9Xx](?![0-9])")]
    private static partial Regex Identity();

    /// <summary>Eleven digits from 13 to 19, with or without the country code.</summary>
    [GeneratedRegex(@"(?<![0-9])(?:\+?86[ -]?)?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}(?![0-9])")]
    private static partial Regex Mobile();
}
