using System.Buffers;

namespace Gateway.Rules.Files.Readers;

/// <summary>The shapes of the names that operators choose. Spans in, so that device lists are checked without allocating.</summary>
internal static class NameShape
{
    public const int DeviceIdLengthLimit = 64;

    private static readonly SearchValues<char> Kebab = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");
    private static readonly SearchValues<char> Snake = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");
    private static readonly SearchValues<char> Word = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-");
    private static readonly SearchValues<char> DeviceId =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:");

    /// <summary>Lower-case letters, digits, hyphens; a letter first: rules, units, calendars.</summary>
    public static bool IsKebab(ReadOnlySpan<char> name) => BeginsWithLetter(name) && !name.ContainsAnyExcept(Kebab);

    /// <summary>Lower-case letters, digits, underscores; a letter first: kinds, fields, labels, tags.</summary>
    public static bool IsSnake(ReadOnlySpan<char> name) => BeginsWithLetter(name) && !name.ContainsAnyExcept(Snake);

    /// <summary>1 to 64 of letters, digits, <c>- _ . :</c>.</summary>
    public static bool IsDeviceId(ReadOnlySpan<char> id) => id.Length is > 0 and <= DeviceIdLengthLimit && !id.ContainsAnyExcept(DeviceId);

    /// <summary>Dotted words, from general to special: <c>flood.underpass</c>.</summary>
    public static bool IsEventKind(ReadOnlySpan<char> name)
    {
        while (true)
        {
            int dot = name.IndexOf('.');
            ReadOnlySpan<char> word = dot < 0 ? name : name[..dot];
            if (!BeginsWithLetter(word) || word.ContainsAnyExcept(Word))
            {
                return false;
            }

            if (dot < 0)
            {
                return true;
            }

            name = name[(dot + 1)..];
        }
    }

    /// <summary>An event kind, a family (<c>flood.*</c>) or all (<c>*</c>).</summary>
    public static bool IsEventPattern(ReadOnlySpan<char> pattern) =>
        pattern is "*" || IsEventKind(pattern.EndsWith(".*") ? pattern[..^2] : pattern);

    private static bool BeginsWithLetter(ReadOnlySpan<char> name) => name.Length > 0 && name[0] is >= 'a' and <= 'z';
}
