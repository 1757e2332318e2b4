using System.Buffers;
using System.Text;
using Gateway.Protocols.Devices;

namespace Gateway.Protocols.Payloads.Pseudonyms;

/// <summary>
/// Finds what may point at a person in a payload that is not JSON: what stands behind the name of a pseudonym field and a colon, an equals
/// sign or the end of a tag, long runs of digits, also in UTF-16, and hex digits as cards have them. It reads a payload once, however it is made. Pure.
/// </summary>
public static class BrokenPayload
{
    /// <summary>A run of at least this many decimal digits is taken for a number that points at a person.</summary>
    public const int RunLengthLimit = 4;

    /// <summary>A run of at least this many hex digits, decimal ones among them, is taken for the number of a card: four bytes.</summary>
    public const int HexRunLengthLimit = 8;

    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789"u8);
    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);
    private static readonly SearchValues<byte> BeforeValue = SearchValues.Create("\"'\\:=> \t\r\n"u8);
    private static readonly SearchValues<byte> BehindValue = SearchValues.Create("\"'\\,;&|<>}])\r\n\0"u8);
    private static readonly SearchValues<byte> BehindList = SearchValues.Create("]}"u8);

    /// <summary>The next bytes that may point at a person.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="profile">The profile of the device that sent it.</param>
    /// <param name="from">Where to look from: the end of what was found before.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="length">Its bytes.</param>
    /// <returns>False when there is nothing more.</returns>
    public static bool TryFindNext(ReadOnlySpan<byte> payload, DeviceProfile profile, int from, out int start, out int length)
    {
        for (int at = from; at < payload.Length; at++)
        {
            bool beginsRun = HexDigits.Contains(payload[at]) && (at == from || !HexDigits.Contains(payload[at - 1]));
            if ((beginsRun && IsInRun(payload, at, out start, out length))
                || ((at == 0 || !IsOfName(payload[at - 1])) && IsNamed(payload, at, profile, out start, out length)))
            {
                return true;
            }
        }

        (start, length) = (payload.Length, 0);
        return false;
    }

    private static bool IsInRun(ReadOnlySpan<byte> payload, int at, out int start, out int length)
    {
        ReadOnlySpan<byte> run = RunOf(payload[at..], HexDigits);
        (start, length) = (at, run.Length);
        if (run.Length >= HexRunLengthLimit && run.ContainsAny(Digits))
        {
            return true;
        }

        // UTF-16 of digits: each with a nought beside it.
        (start, length) = (at, 1);
        while (Digits.Contains(payload[at + length - 1]) && at + length + 1 < payload.Length && payload[at + length] == 0 && Digits.Contains(payload[at + length + 1]))
        {
            length += 2;
        }

        if (length >= (2 * RunLengthLimit) - 1)
        {
            return true;
        }

        for (int i = 0; i < run.Length; i += Math.Max(1, length))
        {
            (start, length) = (at + i, RunOf(run[i..], Digits).Length);
            if (length >= RunLengthLimit)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsNamed(ReadOnlySpan<byte> payload, int at, DeviceProfile profile, out int start, out int length)
    {
        (start, length) = (at, 0);
        foreach (FieldDefinition field in profile.Fields)
        {
            int end = at + field.Name.Length;
            if (field.Type != FieldType.Pseudonym || end >= payload.Length || !Ascii.EqualsIgnoreCase(payload[at..end], field.Name))
            {
                continue;
            }

            ReadOnlySpan<byte> between = RunOf(payload[end..], BeforeValue);
            start = end + between.Length;
            if (start < payload.Length && between.IndexOfAny((byte)':', (byte)'=', (byte)'>') >= 0)
            {
                ReadOnlySpan<byte> rest = payload[start..];
                int behind = rest.IndexOfAny(rest[0] is (byte)'[' or (byte)'{' ? BehindList : BehindValue);
                length = behind < 0 ? rest.Length : behind;
                return length > 0;
            }
        }

        return false;
    }

    private static ReadOnlySpan<byte> RunOf(ReadOnlySpan<byte> bytes, SearchValues<byte> of) => bytes.IndexOfAnyExcept(of) is >= 0 and int end ? bytes[..end] : bytes;

    private static bool IsOfName(byte one) => char.IsAsciiLetterOrDigit((char)one) || one == (byte)'_';
}
