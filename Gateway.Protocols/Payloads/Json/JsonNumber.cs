using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace Gateway.Protocols.Payloads.Json;

/// <summary>JSON numbers (RFC 8259 section 6). Pure.</summary>
public static class JsonNumber
{
    private static ReadOnlySpan<double> PowersOfTen => [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18];

    private static ReadOnlySpan<ulong> Tens => [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

    private const int MostDigits = 18; // so many never overflow 64 bits

    /// <summary>The double nearest to a number; an infinity when it is beyond the range of doubles.</summary>
    /// <param name="text">A number as the scanner passed it.</param>
    public static double Read(ReadOnlySpan<byte> text) =>
        Measure(text, out double value) == text.Length && !double.IsNaN(value) ? value : double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>The length of the number at the start of <paramref name="text"/>; 0 when there is none, or when it breaks off.</summary>
    /// <param name="text">What may begin with a number.</param>
    /// <param name="value">The double nearest to it where that takes no more than its digits; NaN where <see cref="Read"/> must be asked.</param>
    internal static int Measure(ReadOnlySpan<byte> text, out double value)
    {
        value = double.NaN;
        ulong mantissa = 0;
        int at = text.Length > 0 && text[0] == (byte)'-' ? 1 : 0;
        bool negative = at == 1;
        int whole = AddDigits(text[at..], ref mantissa);
        if (whole == 0 || (whole > 1 && text[at] == (byte)'0'))
        {
            return 0;
        }

        at += whole;
        int decimals = 0;
        if (at < text.Length && text[at] == (byte)'.')
        {
            decimals = AddDigits(text[(at + 1)..], ref mantissa);
            if (decimals == 0)
            {
                return 0;
            }

            at += 1 + decimals;
        }

        if (at < text.Length && text[at] is (byte)'e' or (byte)'E')
        {
            at++;
            at += at < text.Length && text[at] is (byte)'+' or (byte)'-' ? 1 : 0;
            ulong ignored = 0;
            int exponent = AddDigits(text[at..], ref ignored);
            return exponent == 0 ? 0 : at + exponent;
        }

        // A mantissa below 2^53 and a power of ten up to 10^22 are both exact, so one division rounds correctly (Clinger's fast path).
        if (whole + decimals <= MostDigits && mantissa < 1UL << 53)
        {
            value = decimals == 0 ? mantissa : mantissa / PowersOfTen[decimals];
            value = negative ? -value : value;
        }

        return at;
    }

    /// <summary>Appends the digits at the start of <paramref name="text"/> to a number, eight at a time; returns how many there are.</summary>
    private static int AddDigits(ReadOnlySpan<byte> text, ref ulong mantissa)
    {
        ulong sum = mantissa;
        int count = 0;
        while (text.Length - count >= sizeof(ulong))
        {
            // Digits become 0 to 9, whatever else gets its high bit set; the first byte is the lowest. A carry goes only to bytes behind one that
            // is no digit.
            ulong bytes = BinaryPrimitives.ReadUInt64LittleEndian(text[count..]) ^ 0x3030303030303030;
            ulong others = ((bytes + 0x7676767676767676) | bytes) & 0x8080808080808080;
            int run = BitOperations.TrailingZeroCount(others) >> 3;
            sum = run == 0 ? sum : (sum * Tens[run]) + EightDigits(bytes << (64 - (8 * run)));
            count += run;
            if (run < sizeof(ulong))
            {
                mantissa = sum;
                return count;
            }
        }

        while (count < text.Length && (uint)(text[count] - '0') is var digit and <= 9)
        {
            sum = (sum * 10) + digit;
            count++;
        }

        mantissa = sum;
        return count;
    }

    /// <summary>The number that eight digits make, the first in the lowest byte: pairs, then fours, then all.</summary>
    private static ulong EightDigits(ulong digits)
    {
        digits = (digits * 10) + (digits >> 8);
        ulong outer = (digits & 0x000000FF000000FF) * (100 + (1_000_000UL << 32));
        ulong inner = ((digits >> 16) & 0x000000FF000000FF) * (1 + (10_000UL << 32));
        return (outer + inner) >> 32;
    }
}
