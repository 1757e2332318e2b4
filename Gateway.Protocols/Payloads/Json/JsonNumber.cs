using System.Globalization;

namespace Gateway.Protocols.Payloads.Json;

/// <summary>JSON numbers (RFC 8259 section 6). Pure.</summary>
public static class JsonNumber
{
    // 10^22 is the largest power of ten a double holds exactly.
    private static readonly double[] PowersOfTen =
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    /// <summary>The double nearest to a number; an infinity when it is beyond the range of doubles.</summary>
    /// <param name="text">A number as the scanner passed it.</param>
    public static double Read(ReadOnlySpan<byte> text)
    {
        // A mantissa below 2^53 and a power of ten up to 10^22 are both exact, so one division rounds correctly (Clinger's fast path).
        int at = text[0] == (byte)'-' ? 1 : 0;
        bool negative = at == 1;
        ulong mantissa = 0;
        int point = -1;
        bool simple = text.Length <= 17;
        for (; simple && at < text.Length; at++)
        {
            int digit = text[at] - '0';
            if ((uint)digit <= 9)
            {
                mantissa = (mantissa * 10) + (uint)digit;
            }
            else if (text[at] == (byte)'.')
            {
                point = at;
            }
            else
            {
                simple = false;
            }
        }

        if (!simple || mantissa >= 1UL << 53)
        {
            return double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        }

        int decimals = point < 0 ? 0 : text.Length - 1 - point;
        double value = mantissa / PowersOfTen[decimals];
        return negative ? -value : value;
    }

    /// <summary>The length of the number at the start of <paramref name="text"/>; 0 when there is none, or when it breaks off.</summary>
    internal static int Measure(ReadOnlySpan<byte> text)
    {
        int at = text.Length > 0 && text[0] == (byte)'-' ? 1 : 0;
        int whole = CountDigits(text[at..]);
        if (whole == 0 || (whole > 1 && text[at] == (byte)'0'))
        {
            return 0;
        }

        at += whole;
        if (at < text.Length && text[at] == (byte)'.')
        {
            int fraction = CountDigits(text[(at + 1)..]);
            if (fraction == 0)
            {
                return 0;
            }

            at += 1 + fraction;
        }

        if (at < text.Length && text[at] is (byte)'e' or (byte)'E')
        {
            at++;
            at += at < text.Length && text[at] is (byte)'+' or (byte)'-' ? 1 : 0;
            int exponent = CountDigits(text[at..]);
            if (exponent == 0)
            {
                return 0;
            }

            at += exponent;
        }

        return at;
    }

    private static int CountDigits(ReadOnlySpan<byte> text)
    {
        int count = 0;
        while (count < text.Length && (uint)(text[count] - '0') <= 9)
        {
            count++;
        }

        return count;
    }
}
