using System.Globalization;
using System.Text;

namespace Gateway.Host.Ingest;

/// <summary>
/// A text that a client chose, as it may stand in a line of the log: without what ends a line, moves a terminal's cursor or turns the
/// direction of writing. Made when it is written.
/// </summary>
internal readonly struct PlainText(string? text)
{
    private const int LimitChars = 128;

    /// <inheritdoc />
    public override string ToString()
    {
        StringBuilder plain = new();
        foreach (Rune rune in (text ?? "").EnumerateRunes())
        {
            if (plain.Length >= LimitChars)
            {
                return plain.Append("...").ToString();
            }

            bool isSeen = Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
            _ = isSeen ? plain.Append(rune.ToString()) : plain.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
        }

        return plain.ToString();
    }
}
