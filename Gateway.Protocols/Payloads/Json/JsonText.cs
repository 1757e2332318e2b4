using System.Buffers;
using System.Text;

namespace Gateway.Protocols.Payloads.Json;

/// <summary>JSON string escapes (RFC 8259 section 7). Pure.</summary>
public static class JsonText
{
    /// <summary>
    /// Resolves the escapes of a string the scanner has passed. The result is never longer than the text, so a buffer of its length is
    /// always enough. False when a <c>\u</c> escape is half a surrogate pair, which no UTF-8 can hold.
    /// </summary>
    /// <param name="text">What stands between the quotes.</param>
    /// <param name="buffer">At least as long as <paramref name="text"/>.</param>
    /// <param name="length">Bytes written.</param>
    public static bool TryUnescape(ReadOnlySpan<byte> text, Span<byte> buffer, out int length)
    {
        length = 0;
        while (!text.IsEmpty)
        {
            int backslash = text.IndexOf((byte)'\\');
            int plain = backslash < 0 ? text.Length : backslash;
            text[..plain].CopyTo(buffer[length..]);
            length += plain;
            text = text[plain..];
            if (text.IsEmpty)
            {
                break;
            }

            if (text[1] != (byte)'u')
            {
                buffer[length++] = Simple(text[1]);
                text = text[2..];
                continue;
            }

            if (!TryReadRune(ref text, out Rune rune))
            {
                return false;
            }

            length += rune.EncodeToUtf8(buffer[length..]);
        }

        return true;
    }

    /// <summary>The length of the escape at the start of <paramref name="text"/>, from its backslash; 0 when it is none.</summary>
    internal static int MeasureEscape(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2)
        {
            return 0;
        }

        if (text[1] != (byte)'u')
        {
            return Simple(text[1]) == 0 ? 0 : 2;
        }

        return text.Length >= 6 && ReadHex(text.Slice(2, 4)) >= 0 ? 6 : 0;
    }

    private static bool TryReadRune(ref ReadOnlySpan<byte> text, out Rune rune)
    {
        char first = (char)ReadHex(text.Slice(2, 4));
        text = text[6..];
        if (!char.IsSurrogate(first))
        {
            rune = new Rune(first);
            return true;
        }

        rune = default;
        if (MeasureEscape(text) != 6)
        {
            return false;
        }

        char second = (char)ReadHex(text.Slice(2, 4));
        text = text[6..];
        return Rune.TryCreate(first, second, out rune);
    }

    private static byte Simple(byte letter) => letter switch
    {
        (byte)'"' or (byte)'\\' or (byte)'/' => letter,
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        _ => 0,
    };

    private static int ReadHex(ReadOnlySpan<byte> digits)
    {
        Span<byte> value = stackalloc byte[2];
        return Convert.FromHexString(digits, value, out _, out _) == OperationStatus.Done ? (value[0] << 8) | value[1] : -1;
    }
}
