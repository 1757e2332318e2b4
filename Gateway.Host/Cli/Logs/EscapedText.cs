using System.Buffers;
using System.Globalization;
using System.Text;

namespace Gateway.Host.Cli.Logs;

/// <summary>
/// Bytes of a device as text for a terminal: what people read stays, everything that a terminal would obey, hide or turn around is written
/// out, as is what is no UTF-8.
/// </summary>
internal static class EscapedText
{
    /// <summary>
    /// The text: <c>\\</c> for a backslash, <c>\xNN</c> for a byte that is no UTF-8, <c>\u{N}</c> for a control, a format or any other
    /// character without a shape of its own, and a blank as it is.
    /// </summary>
    /// <param name="utf8">The bytes.</param>
    /// <param name="limitBytes">Bytes shown at most; how many are left out is said behind them.</param>
    public static string Of(ReadOnlySpan<byte> utf8, int limitBytes = int.MaxValue)
    {
        StringBuilder text = new();
        ReadOnlySpan<byte> rest = utf8[..Math.Min(utf8.Length, limitBytes)];
        int leftOut = utf8.Length - rest.Length;
        while (rest.Length > 0)
        {
            OperationStatus status = Rune.DecodeFromUtf8(rest, out Rune rune, out int length);
            if (status == OperationStatus.NeedMoreData && leftOut > 0)
            {
                leftOut += rest.Length; // cut in the middle of a character
                break;
            }

            if (status != OperationStatus.Done)
            {
                foreach (byte b in rest[..length])
                {
                    text.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}");
                }
            }
            else if (rune.Value == '\\')
            {
                text.Append("\\\\");
            }
            else if (rune.Value == ' ' || IsVisible(rune))
            {
                text.Append(rune);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
            }

            rest = rest[length..];
        }

        return leftOut == 0 ? text.ToString() : text.Append(CultureInfo.InvariantCulture, $" (+{leftOut} bytes)").ToString();
    }

    private static bool IsVisible(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);
}
