using System.Globalization;
using System.Text;

namespace Gateway.Rules.Files;

/// <summary>How much a finding matters: errors refuse the snapshot, warnings do not.</summary>
public enum FindingLevel
{
    /// <summary>The snapshot is refused.</summary>
    Error,

    /// <summary>The snapshot is taken; someone should look.</summary>
    Warning,
}

/// <summary>
/// One thing wrong in the city folder: where, what, and how to mend it. Message and fix may quote files, which are untrusted, and go to
/// terminals and logs: they are made one line without control characters and direction marks, of at most 2,000 characters.
/// </summary>
/// <param name="Level">Error or warning.</param>
/// <param name="Code">Stable code, one letter for the kind of file and three digits, for example <c>R012</c>.</param>
/// <param name="Location">Where it stands.</param>
/// <param name="Message">What is wrong, one line.</param>
/// <param name="Fix">What to do about it, one line; empty when the message says it.</param>
public sealed record Finding(FindingLevel Level, string Code, SourceLocation Location, string Message, string Fix = "")
{
    private const int LengthLimit = 2_000;

    /// <summary>What is wrong, one line.</summary>
    public string Message { get; init; } = OneLine(Message);

    /// <summary>What to do about it, one line; empty when the message says it.</summary>
    public string Fix { get; init; } = OneLine(Fix);

    /// <summary><c>file:line:column: error CODE: message (fix)</c>.</summary>
    public override string ToString()
    {
        string level = Level == FindingLevel.Error ? "error" : "warning";
        return Fix.Length == 0 ? $"{Location}: {level} {Code}: {Message}" : $"{Location}: {level} {Code}: {Message} ({Fix})";
    }

    private static string OneLine(string text)
    {
        string cut = text.Length <= LengthLimit ? text : text[..LengthLimit] + "...";
        if (cut.EnumerateRunes().All(IsShown))
        {
            return cut;
        }

        StringBuilder line = new(cut.Length);
        foreach (Rune rune in cut.EnumerateRunes())
        {
            line.Append(IsShown(rune) ? rune.ToString() : Rune.IsWhiteSpace(rune) ? " " : "?");
        }

        return line.ToString();
    }

    private static bool IsShown(Rune rune) => rune != Rune.ReplacementChar
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
